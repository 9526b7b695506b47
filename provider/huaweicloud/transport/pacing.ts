// Limits the concurrent requests to a host, and pauses after throttling, so that many resources do not cause throttling.

/** Enough for the engine's own parallelism; more would only provoke throttling. */
const maxConcurrent = 16;
/** After so many answers without throttling the limit is raised by one. Slow, because each refusal costs time. */
const answersBeforeRaise = 20;

/** Thrown for a host that was silent, failing or only throttling for this long. */
export class GivenUp extends Error {
  override readonly name = "GivenUp";
  constructor(
    readonly why: FailureKind,
    readonly afterMs: number,
    /** Result of the last request, such as `ECONNREFUSED`. */
    readonly last?: string,
  ) {
    super(`given up: ${why}`);
  }
}

/** No answer in time, no connection that lasts for an answer, an answer of 500 to 504, or "too many requests". */
export type FailureKind = "silent" | "unreachable" | "failing" | "throttling";

export interface Pacing {
  /**
   * Waits for a slot; call the returned function to release it. Hold it for network time only: a holder that waits for another
   * request can deadlock. `first` jumps the queue. Rejects with `GivenUp` if the host was given up.
   */
  slot(first?: boolean): Promise<() => void>;
  /** A request was not throttled. */
  answered(): void;
  /** A request failed, for this reason. If none was answered for `giveUpAfterMs`, the host is given up. */
  failed(why: FailureKind, last?: string): void;
  /**
   * The service throttles: nothing is sent for a while, and only half as many at a time afterwards. `delay` gives the
   * milliseconds by the number of throttlings since the last accepted request. Returns the time to wait.
   */
  throttled(delay: (strikes: number) => number): number;
}

export function createPacing(now: () => number = Date.now, giveUpAfterMs = Number.POSITIVE_INFINITY): Pacing {
  const waiting: { begin: () => void; giveUp: (error: GivenUp) => void }[] = [];
  let limit = maxConcurrent;
  let answers = 0;
  let running = 0;
  let strikes = 0;
  let resumeAt = 0;
  let pausing = false;
  /** When the first request after the last answer was sent, and when the last request was sent. */
  let quietSince: number | undefined;
  let askedAt = 0;
  let givenUp: GivenUp | undefined;

  function admit(): void {
    if (pausing) return;
    const pauseMs = resumeAt - now();
    if (pauseMs > 0) {
      pausing = true;
      setTimeout(resume, pauseMs);
      return;
    }
    while (running < limit && waiting.length > 0) {
      // After such a long time without requests the host may have recovered: earlier failures no longer count.
      if (running === 0 && now() - askedAt >= giveUpAfterMs) quietSince = undefined;
      running += 1;
      askedAt = now();
      quietSince ??= askedAt;
      waiting.shift()?.begin();
    }
  }

  function resume(): void {
    pausing = false;
    admit();
  }

  function leave(): void {
    running -= 1;
    admit();
  }

  return {
    slot(first = false) {
      return new Promise((resolve, reject) => {
        if (givenUp) return reject(givenUp);
        const waiter = { begin: () => resolve(leave), giveUp: reject };
        if (first) waiting.unshift(waiter);
        else waiting.push(waiter);
        admit();
      });
    },
    answered() {
      strikes = 0;
      quietSince = undefined;
      answers += 1;
      if (answers < answersBeforeRaise) return;
      answers = 0;
      limit = Math.min(maxConcurrent, limit + 1);
    },
    failed(why, last) {
      if (givenUp || quietSince === undefined) return;
      const quietMs = now() - quietSince;
      if (quietMs < giveUpAfterMs) return;
      givenUp = new GivenUp(why, quietMs, last);
      for (const { giveUp } of waiting.splice(0)) giveUp(givenUp);
    },
    throttled(delay) {
      const time = now();
      // Concurrent refusals count once.
      if (time >= resumeAt) {
        strikes += 1;
        limit = Math.max(1, Math.floor(limit / 2));
        resumeAt = time + delay(strikes);
      }
      answers = 0;
      return resumeAt - time;
    },
  };
}

/** One pacing for each host. */
export function pacingByHost(giveUpAfterMs?: number): (url: string) => Pacing {
  const hosts = new Map<string, Pacing>();
  return (url) => {
    const { origin } = new URL(url);
    const pacing = hosts.get(origin) ?? createPacing(Date.now, giveUpAfterMs);
    hosts.set(origin, pacing);
    return pacing;
  };
}
