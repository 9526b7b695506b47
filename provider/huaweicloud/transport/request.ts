// Requests and responses of the transport.
import type { Outcome } from "./errors";
import type { RequestContext } from "./sentence";

/** Headers that authorize a try, and the texts in them that no error may quote. */
export interface Authorized {
  headers: Record<string, string>;
  secrets: readonly string[];
}

export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT";
  url: string;
  /** Sent as it is, byte for byte, because a signature covers it. */
  body?: string;
  /** Authorizes the request; called for each try. */
  authorize?: (request: { method: string; url: string; body: string }) => Promise<Authorized>;
  /** Secrets in the body, which no error may quote. */
  secrets?: readonly string[];
  /** Outcome of earlier tries of the same request; default `refused`. */
  outcomeSoFar?: Outcome;
  /** A request to this machine: without a proxy, and with a short deadline. */
  instanceLocal?: boolean;
  context: RequestContext;
}

/** Sends a request. Returns the response of a success; throws a `HuaweiCloudError` otherwise. */
export type Send = (request: OutgoingRequest) => Promise<RawResponse>;

/** A response: header names in lower case, body as text. */
export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Headers as an object of its own, with names in lower case. */
export function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** The gateway's header with the request ID; IAM has another one. */
export const requestIdHeader = "x-request-id";
export const traceIdHeader = "x-iam-trace-id";
