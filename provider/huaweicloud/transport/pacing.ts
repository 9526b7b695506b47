// How many requests are on their way to a host at a time, and when none is sent at all: so that many resources do not
// throttle themselves.

/** Enough for the engine's own parallelism; more would only provoke throttling. */
const mostAtATime = 16;
/** After so many answers without throttling, one request more at a time. Slow, for each attempt at more costs refusals. */
const answersBeforeMore = 20;

export interface Pacing {
  /**
   * Resolves when it is this request's turn; the function it resolves to ends the turn. Only what is on the wire may be
   * between: nothing that waits for other requests, for those may wait for a turn. `first` jumps the queue.
   */
  turn(first?: boolean): Promise<() => void>;
  /** A request was not throttled. */
  answered(): void;
  /**
   * The service throttles: nobody sends for a while, and only half as many at a time afterwards. `delay` says for how long
   * (milliseconds) by how often that has happened since the service last let a request through. Returns the time to wait.
   */
  throttled(delay: (strikes: number) => number): number;
}

export function createPacing(now: () => number = Date.now): Pacing {
  const waiting: (() => void)[] = [];
  let limit = mostAtATime;
  let answers = 0;
  let running = 0;
  let strikes = 0;
  let resumeAt = 0;
  let pausing = false;

  function admit(): void {
    if (pausing) return;
    const pauseMs = resumeAt - now();
    if (pauseMs > 0) {
      pausing = true;
      setTimeout(resume, pauseMs);
      return;
    }
    while (running < limit && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
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
      return new Promise((resolve) => {
        const begin = () => resolve(leave);
        if (first) waiting.unshift(begin);
        else waiting.push(begin);
        admit();
      });
    },
    answered() {
      strikes = 0;
      answers += 1;
      if (answers < answersBeforeMore) return;
      answers = 0;
      limit = Math.min(mostAtATime, limit + 1);
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
export function pacingByHost(): (url: string) => Pacing {
  const hosts = new Map<string, Pacing>();
  return (url) => {
    const { origin } = new URL(url);
    const pacing = hosts.get(origin) ?? createPacing();
    hosts.set(origin, pacing);
    return pacing;
  };
}
