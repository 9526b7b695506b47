// What a credential source must provide. One file a source lies beside this one; chain.ts says which source wins.
import type { Caller, ProjectScope, RegionContext } from "../services/context";

/**
 * How far the clocks of hosts are ahead of this machine's, in milliseconds by origin. A host is listed once it has refused a
 * signature for its time and accepted one that was signed with its own time.
 */
export interface ServiceClock {
  skews?: Map<string, number>;
}

/** What a source needs to do its work in one region. */
export interface CredentialContext extends RegionContext {
  /** Milliseconds since 1970. */
  now: () => number;
  /** Shared by all credentials of a run. */
  clock: ServiceClock;
  /** Shows the user a warning of one line. */
  warn: (line: string) => void;
}

/** Credentials bound to one project. */
export interface Authorization extends Caller {
  /** ID of the project in scope, by its name: asked for only where the scope has none. */
  projectId(): Promise<string>;
  /** Sends once more with new credentials if the service says that they expired and others can be obtained. */
  send: Caller["send"];
}

export interface Credentials {
  /** Kind and origin, without any secret: `token (HW_AUTH_TOKEN)`. */
  source: string;
  /** Whether they sign requests, which some calls of STS require. */
  signs: boolean;
  bind(scope: ProjectScope, context: CredentialContext): Authorization;
}
