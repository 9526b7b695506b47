// What a request passes on its way in: the throttle, the scripted faults, the log, the holds; then the operation.

import { type Authentication, authKindOf } from "./authentication";
import { randomHex } from "./cloud/ids";
import { type Arrival, dispatch } from "./dispatch";
import { CloudError, gatewayError, type Service } from "./errors";
import type { FaultAction, Faults } from "./faults";
import type { Holds } from "./holds";
import type { RequestLog } from "./requestLog";
import { findOperation, type Match } from "./services/registry";
import type { SignedRequest } from "./signature";
import { type Delivery, deliver, type Reply, toErrorReply, toReply } from "./wire";

export interface Throttle {
  perSecond: number;
  /** Whether the refusal has a `Retry-After`. Default false, as on the documented gateway. */
  retryAfter?: boolean;
}

/** What can be changed while the emulator runs. */
export interface Settings {
  /** Added before every answer. */
  latencyMs: number;
  throttle: Throttle | undefined;
  /** How far the server's clock is ahead of the true time. */
  clockSkewMs: number;
  /** Values of the Host header to accept besides the emulator's own, such as that of a proxy before it. */
  alsoHosts: string[];
}

export interface RawRequest extends SignedRequest {
  path: string;
}

const maxBodyBytes = 12 * 1024 * 1024;
const windowMs = 1000;

export class Gateway {
  readonly #throttling = new Throttling();

  constructor(
    readonly authentication: Authentication,
    readonly faults: Faults,
    readonly holds: Holds,
    readonly log: RequestLog,
    readonly settings: Settings,
  ) {}

  async handle(request: RawRequest): Promise<{ headers: Record<string, string>; delivery: Delivery }> {
    const { method, path } = request;
    const { cloud } = this.authentication;
    const match = findOperation(method, path, safeJson(request.body));
    const { service, name: operation } = match?.operation ?? {};
    const projectId = match?.params.project_id;
    const requestId = randomHex(16);

    const refusal = this.#throttling.refuse(service, this.settings.throttle, cloud.clock.now());
    const matchable = { service, operation, method, path, projectId };
    const actions = refusal ? [] : this.faults.take(matchable);
    const action = actions.at(-1);
    const record = this.log.add({
      time: new Date(cloud.clock.now()).toISOString(),
      service: service ?? "unknown",
      operation: operation ?? "unknown",
      method,
      path,
      query: query(request),
      projectId,
      requestId,
      userAgent: request.headers["user-agent"],
      authKind: authKindOf(request.headers),
      bodyBytes: request.body.length,
      ...(action === undefined ? {} : { fault: action.type }),
    });

    await pause(this.settings.latencyMs + sum(actions, "latency"));
    await this.holds.pass("apply", matchable);
    const now = cloud.clock.now() + this.settings.clockSkewMs + sum(actions, "clockSkew");
    const delivery: Delivery = refusal
      ? { type: "send", reply: toErrorReply(refusal, requestId) }
      : deliver(action, {
          service,
          path,
          requestId,
          now,
          apply: () => this.#apply(request, match, requestId, now),
          revokeToken: () => cloud.sessions.revokeToken(request.headers["x-auth-token"] ?? ""),
        });
    await this.holds.pass("answer", matchable);
    if (delivery.type === "send" || delivery.type === "half") record.status = delivery.reply.status;
    const trace = service === "iam" ? { "X-IAM-Trace-Id": `token_null_null_${requestId}` } : {};
    return { delivery, headers: { Date: new Date(now).toUTCString(), "X-Request-Id": requestId, ...trace } };
  }

  #apply(request: RawRequest, match: Match | undefined, requestId: string, now: number): Reply {
    try {
      if (request.body.length > maxBodyBytes)
        throw new CloudError("gateway", 413, "APIGW.0201", "Request entity too large.");
      if (match === undefined) throw unknownRoute(request);
      const { service } = match.operation;
      const arrival: Arrival = { ...request, service, now, query: new URLSearchParams(query(request)) };
      return toReply(dispatch(this.authentication, match, arrival));
    } catch (error) {
      if (error instanceof CloudError) return toErrorReply(error, requestId);
      throw error;
    }
  }
}

/** The gateway's limit: so many calls a second to each service. */
export class Throttling {
  readonly #windows = new Map<Service, { start: number; count: number }>();

  /** Returns the refusal, or `undefined` if this call is within the limit. A service's second begins with its first call. */
  refuse(service: Service | undefined, limit: Throttle | undefined, now: number): CloudError | undefined {
    // Instance metadata is not behind the gateway.
    if (limit === undefined || service === undefined || service === "metadata") return undefined;
    const { perSecond, retryAfter = false } = limit;
    const open = this.#windows.get(service);
    const window = open !== undefined && now - open.start < windowMs ? open : { start: now, count: 0 };
    this.#windows.set(service, window);
    window.count += 1;
    if (window.count <= perSecond) return undefined;
    const detail = `policy user over ratelimit,limit:${perSecond},time:1 second`;
    return gatewayError("APIGW.0308", detail, retryAfter ? { "Retry-After": "1" } : {});
  }
}

function unknownRoute({ method, path }: RawRequest): CloudError {
  // Node takes paths of printable ASCII only; but one can be of some kilobytes.
  const operation = `${method} ${path.slice(0, 500)}`;
  process.stderr.write(`emulator: no such operation: ${operation}\n`);
  return gatewayError("APIGW.0101", `the emulator does not have ${operation}`);
}

function query({ target }: RawRequest): string {
  return target.split("?").slice(1).join("?");
}

/** Only to distinguish operations that share a path. The service decides later whether the body is valid. */
function safeJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function sum(actions: FaultAction[], type: "latency" | "clockSkew"): number {
  return actions.reduce((total, action) => total + (action.type === type ? action.ms : 0), 0);
}

function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
