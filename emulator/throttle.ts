// The gateway's limit: so many calls a second to each service.

import { type CloudError, gatewayError, type Service } from "./errors";

export interface Throttle {
  perSecond: number;
  /** Whether the refusal names the seconds to wait. Default false, as on the documented gateway. */
  retryAfter?: boolean;
}

const windowMs = 1000;

export class Throttling {
  readonly #windows = new Map<Service, { start: number; count: number }>();

  /** The refusal, if this call is one too many. A service's second begins with its first call. */
  refuse(service: Service | undefined, limit: Throttle | undefined, now: number): CloudError | undefined {
    // Instance metadata is no service behind the gateway.
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
