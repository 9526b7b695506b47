// What a credential source must provide. One file a source lies beside this one; chain.ts says which source wins.
import type { RequestContext } from "../errors";
import type { Send } from "../http";

/** The project that requests are for. The name defaults to the region: each region has a project of that name. */
export interface ProjectScope {
  region: string;
  projectId?: string | undefined;
  projectName: string;
}

/** What a source needs to do its work: the transport, and IAM's address in the scope's region. */
export interface CredentialContext {
  send: Send;
  iamEndpoint: string;
  now: () => number;
}

/** Credentials bound to one project. */
export interface Authorization {
  /** ID of the project in scope, by its name: asked for only where the scope has none. */
  projectId(): Promise<string>;
  /** Headers that authorize this very request. */
  headers(request: { method: string; url: string; body: string }): Promise<Record<string, string>>;
  /**
   * Called with the headers that the service called stale. Answers whether others can be had, so that one more try
   * makes sense.
   */
  renew(used: Record<string, string>): boolean;
}

export interface Credentials {
  /** What they are and where they came from, without any secret: `token (HW_AUTH_TOKEN)`. */
  source: string;
  bind(scope: ProjectScope, context: CredentialContext): Authorization;
}

export function contextOf(scope: ProjectScope, action: string): RequestContext {
  return { action, region: scope.region, project: scope.projectId ?? scope.projectName };
}
