// How many requests an audit sends to a service of a region in each second: in one place. The transport limits
// concurrent requests only, and an audit of thousands of projects would exceed the gateway's rate limit.
import { setTimeout as sleep } from "node:timers/promises";

/** The gateway's documented default is 200 calls a second for each API. */
const maxPerSecond = 190;
/** Longer than the gateway's second: requests do not arrive exactly as they were sent. */
const windowMs = 1020;
/** Never fewer a second. */
const minPerSecond = 2;

export class Pace {
  readonly #hosts = new Map<string, Window>();

  constructor(
    private readonly now: () => number = Date.now,
    private readonly wait: (ms: number) => Promise<unknown> = sleep,
  ) {}

  /** Resolves when the next request may be sent to this service of this host. */
  async turn(host: string): Promise<void> {
    const waitMs = this.#window(host).reserve(this.now());
    if (waitMs > 0) await this.wait(waitMs);
  }

  /** A service has throttled: half as many are sent to all services of its origin. */
  throttled(url: string): void {
    const { origin } = new URL(url);
    for (const [host, window] of this.#hosts) if (host.startsWith(`${origin} `)) window.slowDown(this.now());
  }

  #window(host: string): Window {
    const window = this.#hosts.get(host) ?? new Window();
    this.#hosts.set(host, window);
    return window;
  }
}

/** At most so many times in any span of `windowMs`. */
class Window {
  #limit = maxPerSecond;
  /** When the last requests were allowed, in order: as many as the limit can ever be. */
  #times: number[] = [];
  #sinceChange = 0;
  #slowedAt = Number.NEGATIVE_INFINITY;

  /** Reserves the next time, and returns how long to wait for it, in milliseconds. */
  reserve(now: number): number {
    const before = this.#times.at(-this.#limit) ?? Number.NEGATIVE_INFINITY;
    const time = Math.max(now, before + windowMs, this.#times.at(-1) ?? now);
    this.#times.push(time);
    if (this.#times.length > 2 * maxPerSecond) this.#times = this.#times.slice(-maxPerSecond);
    this.#speedUp();
    return time - now;
  }

  /** Those that were on their way together are refused together: that is one sign, not many. */
  slowDown(now: number): void {
    if (now - this.#slowedAt < windowMs) return;
    this.#slowedAt = now;
    this.#sinceChange = 0;
    this.#limit = Math.max(minPerSecond, Math.floor(this.#limit / 2));
  }

  /** A twentieth more for each second's worth that was not throttled. */
  #speedUp(): void {
    this.#sinceChange += 1;
    if (this.#sinceChange < this.#limit) return;
    this.#sinceChange = 0;
    this.#limit = Math.min(maxPerSecond, Math.ceil(this.#limit * 1.05));
  }
}
