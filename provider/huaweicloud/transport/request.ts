// What goes into the transport, and what comes out of it.
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
  /** What authorizes the request. Asked for anew at each try. */
  authorize?: (request: { method: string; url: string; body: string }) => Promise<Authorized>;
  /** Secrets in the body, which no error may quote. */
  secrets?: readonly string[];
  /** What an earlier sending of the same request may have done; default `refused`. */
  outcomeSoFar?: Outcome;
  /** Asks this very machine: not by a proxy, and not for long. */
  instanceLocal?: boolean;
  context: RequestContext;
}

/** Sends a request; answers with the response if it is a success, else throws an error of the family. */
export type Send = (request: OutgoingRequest) => Promise<RawResponse>;

/** A response as the transport hands it over: headers in lower case, body as text. */
export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Headers as an object of its own, with names in lower case. */
export function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** Where the gateway names a request; IAM has a name of its own. */
export const requestIdHeader = "x-request-id";
export const traceIdHeader = "x-iam-trace-id";
