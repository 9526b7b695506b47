// What a caller of a service provides.

import type { OutgoingRequest, RawResponse, Send } from "../transport/request";
import type { KeyOf, RequestContext } from "../transport/sentence";
import type { ZodType } from "../transport/zod";
import type { Service } from "./endpoints";
import type { ProjectId } from "./identifiers";

/** Calls the services of one account that are not about a project, from one region: IAM and Organizations. */
export interface AccountConnection {
  region: string;
  /** The deadline of one call with all its tries, in milliseconds; default: a minute. */
  deadlineMs?: number | undefined;
  /** Calls a service. `action` is for errors: "setting the default encryption key". */
  call<T>(service: Service, action: string, request: CallRequest, answer: ZodType<T>): Promise<T>;
}

/** Calls the services of one project of one region. */
export interface Connection extends AccountConnection {
  projectId: ProjectId;
}

export interface CallRequest {
  method: OutgoingRequest["method"];
  path: string;
  body?: object;
}

/** One region, for the calls that come before a connection: logins and look-ups. */
export interface RegionContext {
  region: string;
  send: Send;
  endpoint: (service: Service) => string;
  /** What messages call a setting. */
  keyOf: KeyOf;
}

/** The project that requests are for. The name defaults to the region: each region has a project of that name. */
export interface ProjectScope {
  region: string;
  projectId?: string | undefined;
  projectName: string;
}

/** A request to be authorized; with the `projectId` if it is about a project. */
export type AuthorizedRequest = Omit<OutgoingRequest, "authorize"> & { projectId?: string | undefined };

/** Sends a request with the caller's credentials. */
export interface Caller {
  send(request: AuthorizedRequest): Promise<RawResponse>;
}

/** For errors of the calls that get or use credentials. */
export function contextOf(scope: ProjectScope, source: string, action: string): RequestContext {
  return { action, region: scope.region, project: scope.projectId ?? scope.projectName, credentials: source };
}
