// What a credential source must provide. One file a source lies beside this one; chain.ts says which source wins.
import type { Caller, ProjectScope, RegionContext } from "../services/context";

/**
 * How far the clocks of hosts are ahead of this machine's, in milliseconds by origin. A host is in it once it has refused a
 * signature for its time, and accepted one with its own.
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
  /** Tells the user one line that is no error. */
  warn: (line: string) => void;
}

/** Credentials bound to one project. */
export interface Authorization extends Caller {
  /** ID of the project in scope, by its name: asked for only where the scope has none. */
  projectId(): Promise<string>;
  /** Where the service calls the credentials stale and others can be had, sends once more. */
  send: Caller["send"];
}

export interface Credentials {
  /** What they are and where they came from, without any secret: `token (HW_AUTH_TOKEN)`. */
  source: string;
  /** Whether they sign, which some calls of STS demand. */
  signs: boolean;
  bind(scope: ProjectScope, context: CredentialContext): Authorization;
}
