// What an operation of the cloud is: its route, whom it serves, and the function that answers; and how it reads its body.

import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import type { Cloud } from "./cloud/cloud";
import type { Permission } from "./cloud/permissions";
import type { Principal, Project, Scope } from "./cloud/state";
import type { CloudError, Service } from "./errors";

export interface Call {
  cloud: Cloud;
  /** The server's time, in milliseconds since the epoch. */
  now: number;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** Parsed JSON; `undefined` if nothing was sent. */
  body: unknown;
  /** Authenticates by the headers, for operations that need it only with some bodies. */
  authenticate(): Caller;
  /** Returns the holder of a token that came in the body. */
  callerOfToken(token: string): Caller;
}

export interface Caller {
  principal: Principal;
  kind: "token" | "aksk";
  /** The caller holds a temporary access key. */
  temporary: boolean;
  /** What the token is for; a signed request has no scope of its own. */
  scope?: Scope;
}

export interface CallerCall extends Call {
  caller: Caller;
}

export interface ProjectCall extends CallerCall {
  project: Project;
}

export interface Answer {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Sent as JSON; a string goes as plain text. */
  body: unknown;
}

interface Route {
  service: Service;
  /** The vendor's name of the operation. */
  name: string;
  method: "GET" | "POST" | "PUT";
  path: string;
  /** Distinguishes operations that share a path: `auth.identity.methods` of the body. */
  identityMethod?: "password" | "token" | "assume_role";
  /** Needs the account to be admitted to the beta of default encryption. */
  beta?: boolean;
}

export type Operation = Route &
  (
    | { auth: "none"; handle: (call: Call) => Answer }
    | { auth: "caller"; permission?: Permission; handle: (call: CallerCall) => Answer }
    | { auth: "project"; permission: Permission; handle: (call: ProjectCall) => Answer }
  );

/** Throws what `refuse` makes, an error in the service's own shape, if the body does not fit the schema. */
export function readBody<T>(schema: z.ZodType<T>, body: unknown, refuse: (error: z.ZodError) => CloudError): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw refuse(result.error);
}
