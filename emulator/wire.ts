// What goes over the wire: an answer or an error as bytes, changed by a fault if there is one.

import { CloudError, gatewayErrorNamed, type Service, shapeOf, toErrorBody } from "./errors";
import type { FaultAction } from "./faults";
import type { Answer } from "./operation";
import { errorOfStatus, staleTokenError } from "./scriptedErrors";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** How the reply leaves: whole, half and then cut, not at all and cut, or never. */
export type Delivery = { type: "send" | "half"; reply: Reply } | { type: "cut" } | { type: "hang" };

const json = { "Content-Type": "application/json" };
const html = { "Content-Type": "text/html" };
const otherKeyId = "00000000-0000-4000-8000-000000000000";
const defaultHugeBytes = 64 * 1024 * 1024;

export function toReply({ status = 200, headers = {}, body }: Answer): Reply {
  if (typeof body === "string")
    return { status, headers: { "Content-Type": "text/plain", ...headers }, body: Buffer.from(body) };
  return { status, headers: { ...json, ...headers }, body: Buffer.from(JSON.stringify(body)) };
}

export function toErrorReply(error: CloudError, requestId: string): Reply {
  return toReply({ status: error.status, headers: error.headers, body: toErrorBody(error, requestId) });
}

export interface FaultContext {
  service: Service | undefined;
  path: string;
  requestId: string;
  now: number;
  /** Applies the operation and returns its reply. */
  apply(): Reply;
  revokeToken(): void;
}

export function deliver(action: FaultAction | undefined, context: FaultContext): Delivery {
  const { service, path, requestId, now } = context;
  const send = (reply: Reply): Delivery => ({ type: "send", reply });
  const fail = (error: CloudError): Delivery => send(toErrorReply(error, requestId));
  /** Applies the operation if the rule or, without a wish of the rule, the action's default says so. */
  const applyIf = (wish: boolean | undefined, usual: boolean): void => {
    if (wish ?? usual) context.apply();
  };

  switch (action?.type) {
    case undefined:
    case "latency":
    case "clockSkew":
      return send(context.apply());
    case "status":
      applyIf(action.applied, false);
      return fail(errorOfStatus(action, service, path, now));
    case "gateway":
      return fail(gatewayErrorNamed(action.code, action.detail));
    case "error": {
      applyIf(action.applied, false);
      return fail(new CloudError(action.shape ?? shapeOf(service, path), action.status, action.code, action.message));
    }
    case "staleToken":
      context.revokeToken();
      return fail(staleTokenError(service, path));
    case "resetBefore":
      return { type: "cut" };
    case "resetAfter":
      context.apply();
      return { type: "cut" };
    case "hang":
      applyIf(action.applied, false);
      return { type: "hang" };
    case "halfBody":
      return { type: "half", reply: context.apply() };
    case "garbage":
      applyIf(action.applied, true);
      return send({ status: 200, headers: json, body: Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x22, 0x80, 0x0a]) });
    case "html":
      applyIf(action.applied, false);
      return send({ status: action.status ?? 502, headers: html, body: Buffer.from(proxyPage) });
    case "empty":
      applyIf(action.applied, true);
      return send({ status: 200, headers: json, body: Buffer.alloc(0) });
    case "wrongContentType": {
      const reply = context.apply();
      return send({ ...reply, headers: { ...reply.headers, ...html } });
    }
    case "wrongKey": {
      const reply = context.apply();
      const body = Buffer.from(JSON.stringify({ kms_key_id: action.keyId ?? otherKeyId }));
      return send(reply.status === 200 ? { ...reply, body } : reply);
    }
    case "redirect":
      return send({ status: action.status ?? 302, headers: { Location: action.location }, body: Buffer.alloc(0) });
    case "hugeBody":
      applyIf(action.applied, true);
      return send({ status: 200, headers: json, body: Buffer.alloc(action.bytes ?? defaultHugeBytes, 0x20) });
  }
}

const proxyPage = `<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><h1>Bad Gateway</h1><p>The proxy server received an invalid response from an upstream server.</p></body></html>
`;
