// The requests that an audit may send, in one table. All others are refused, so an audit cannot write.
import { ConfigurationError } from "../../provider/huaweicloud/transport/errors";
import type { OutgoingRequest, Send } from "../../provider/huaweicloud/transport/request";

interface Permitted {
  /** Requests to one service of one host share a pace. */
  service: string;
  method: OutgoingRequest["method"];
  /** The end of the path: an endpoint may have a path of its own before it. */
  path: RegExp;
}

/** Of the POSTs the first four log in, and the last asks: KMS has no GET. */
export const permitted: readonly Permitted[] = [
  { service: "iam", method: "POST", path: /\/v3\/auth\/tokens$/ },
  { service: "iam", method: "POST", path: /\/v3\.0\/OS-AUTH\/id-token\/tokens$/ },
  { service: "iam", method: "POST", path: /\/v3\.0\/OS-CREDENTIAL\/securitytokens$/ },
  { service: "sts", method: "POST", path: /\/v5\/agencies\/assume(-with-oidc)?$/ },
  { service: "iam", method: "GET", path: /\/v3\/(auth\/projects|auth\/domains|projects|regions)$/ },
  { service: "organizations", method: "GET", path: /\/v1\/organizations\/(accounts|organizational-units)$/ },
  { service: "evs", method: "GET", path: /\/v5\/\w+\/default-encryption\/(key|status)$/ },
  { service: "evs", method: "GET", path: /\/v2\/\w+\/cloudvolumes\/detail$/ },
  { service: "kms", method: "POST", path: /\/v1\.0\/\w+\/kms\/(describe-key|list-keys|get-key-rotation-status)$/ },
];

/** The service that a request is for, if an audit may send it. */
export function serviceOf({ method, url }: Pick<OutgoingRequest, "method" | "url">): string | undefined {
  const { pathname } = new URL(url);
  return permitted.find((entry) => entry.method === method && entry.path.test(pathname))?.service;
}

/** A `Send` for permitted requests only, limited by `turn`. Requests to this machine for credentials do not wait. */
export function onlyPermitted(send: Send, turn: (host: string) => Promise<void>): Send {
  return async (request) => {
    if (request.instanceLocal) return send(request);
    const service = serviceOf(request);
    if (service === undefined) {
      const { pathname } = new URL(request.url);
      throw new ConfigurationError(`An audit only reads: ${request.method} ${pathname} is not sent.`);
    }
    await turn(`${new URL(request.url).origin} ${service}`);
    return send(request);
  };
}
