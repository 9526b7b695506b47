// How many requests are on their way to a host at a time, and when none is sent at all: so that many resources do not
// throttle themselves.

/** Enough for the engine's own parallelism; more would only provoke throttling. */
const mostAtATime = 16;
/** After so many answers without throttling, one request more at a time. Slow, for each attempt at more costs refusals. */
const answersBeforeMore = 20;

/** Nothing more is sent to a host that has been of no help for this long. */
export class GivenUp extends Error {
  override readonly name = "GivenUp";
  constructor(
    readonly why: Unhelpful,
    readonly afterMs: number,
    /** What the last request ended with, such as `ECONNREFUSED`: those that failed before have said the same. */
    readonly last?: string,
  ) {
    super(`given up: ${why}`);
  }
}

/** No answer in time, no connection that lasts for an answer, an answer of 500 to 504, or "too many requests". */
export type Unhelpful = "silent" | "unreachable" | "failing" | "throttling";

export interface Pacing {
  /**
   * Resolves when it is this request's turn; the function it resolves to ends the turn. Only what is on the wire may be
   * between: nothing that waits for other requests, for those may wait for a turn. `first` jumps the queue. Rejects with
   * `GivenUp` if the host was given up.
   */
  turn(first?: boolean): Promise<() => void>;
  /** A request was not throttled. */
  answered(): void;
  /** A request was of no use, for this reason. If no other was answered for `giveUpAfterMs` either, the host is given up. */
  unhelpful(why: Unhelpful, last?: string): void;
  /**
   * The service throttles: nothing is sent for a while, and only half as many at a time afterwards. `delay` says for how long
   * (milliseconds) by how often that has happened since the service last let a request through. Returns the time to wait.
   */
  throttled(delay: (strikes: number) => number): number;
}

export function createPacing(now: () => number = Date.now, giveUpAfterMs = Number.POSITIVE_INFINITY): Pacing {
  const waiting: { begin: () => void; giveUp: (error: GivenUp) => void }[] = [];
  let limit = mostAtATime;
  let answers = 0;
  let running = 0;
  let strikes = 0;
  let resumeAt = 0;
  let pausing = false;
  /** When the first request after the last answer was sent, and when the last one was. */
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
      // A host that nobody has asked for so long may be well again: what it did before is no reason to give it up.
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
    turn(first = false) {
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
      if (answers < answersBeforeMore) return;
      answers = 0;
      limit = Math.min(mostAtATime, limit + 1);
    },
    unhelpful(why, last) {
      if (givenUp || quietSince === undefined) return;
      const quietMs = now() - quietSince;
      if (quietMs < giveUpAfterMs) return;
      givenUp = new GivenUp(why, quietMs, last);
      for (const { giveUp } of waiting.splice(0)) giveUp(givenUp);
    },
    throttled(delay) {
      const time = now();
      // Those that were on their way together are refused together: that is one sign, not many.
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
