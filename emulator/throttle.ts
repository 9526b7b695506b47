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
  limit: Throttle | undefined;

  constructor(limit: Throttle | undefined) {
    this.limit = limit;
  }

  /** The refusal, if this call is one too many. A service's second begins with its first call. */
  refuse(service: Service, now: number): CloudError | undefined {
    if (this.limit === undefined) return undefined;
    const { perSecond, retryAfter = false } = this.limit;
    const open = this.#windows.get(service);
    const window = open !== undefined && now - open.start < windowMs ? open : { start: now, count: 0 };
    this.#windows.set(service, window);
    window.count += 1;
    if (window.count <= perSecond) return undefined;
    const detail = `policy user over ratelimit,limit:${perSecond},time:1 second`;
    return gatewayError("APIGW.0308", detail, retryAfter ? { "Retry-After": "1" } : {});
  }
}
