// What a credential source must provide. One file a source lies beside this one; chain.ts says which source wins.
import type { Service } from "../endpoints";
import type { RawResponse, RequestContext } from "../errors";
import type { OutgoingRequest, Send } from "../http";

/** The project that requests are for. The name defaults to the region: each region has a project of that name. */
export interface ProjectScope {
  region: string;
  projectId?: string | undefined;
  projectName: string;
}

/** How far the services' clock is ahead of this machine's, in milliseconds; nothing until a refusal has told. */
export interface ServiceClock {
  skewMs?: number;
}

/** What a source needs to do its work in one region. */
export interface CredentialContext {
  region: string;
  send: Send;
  endpoint: (service: Service) => string;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Shared by all credentials of a run. */
  clock: ServiceClock;
  /** Tells the user one line that is no error. */
  warn: (line: string) => void;
}

/** Credentials bound to one project. */
export interface Authorization {
  /** ID of the project in scope, by its name: asked for only where the scope has none. */
  projectId(): Promise<string>;
  /** Sends a request with these credentials. Where the service calls them stale and others can be had, once more. */
  send(request: AuthorizedRequest): Promise<RawResponse>;
}

/** A request to be authorized: `projectId` where it is for one. */
export type AuthorizedRequest = Omit<OutgoingRequest, "authorize"> & { projectId?: string | undefined };

export interface Credentials {
  /** What they are and where they came from, without any secret: `token (HW_AUTH_TOKEN)`. */
  source: string;
  /** Whether they sign, which some calls of STS demand. */
  signs: boolean;
  bind(scope: ProjectScope, context: CredentialContext): Authorization;
}

/** For errors of the calls that get or use credentials. */
export function contextOf(scope: ProjectScope, source: string, action: string): RequestContext {
  return { action, region: scope.region, project: scope.projectId ?? scope.projectName, credentials: source };
}
