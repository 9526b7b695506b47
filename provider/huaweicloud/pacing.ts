// How many requests are on their way to a host at a time, and when none is sent at all: so that many resources do not
// throttle themselves.

/** Enough for the engine's own parallelism; more would only provoke throttling. */
const mostAtATime = 16;
/** Once a service has throttled: few enough that hardly any request is sent in vain. */
const throttledAtATime = 3;

export interface Pacing {
  /** Runs `exchange` when the host's turn has come. Only what is on the wire may be in it: nothing that waits for others. */
  run<T>(exchange: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** The service throttles: nobody sends before then (milliseconds since 1970), and fewer at a time afterwards. */
  pauseUntil(time: number): void;
}

export function createPacing(now: () => number = Date.now): Pacing {
  const waiting: (() => void)[] = [];
  let limit = mostAtATime;
  let running = 0;
  let resumeAt = 0;
  let pausing = false;

  function admit(): void {
    const pause = resumeAt - now();
    if (pause > 0) {
      if (!pausing) setTimeout(resume, pause);
      pausing = true;
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

  return {
    async run(exchange, signal) {
      await new Promise<void>((resolve) => {
        // Whoever is out of time need not wait for a turn: the exchange itself then fails at once.
        const abort = () => {
          const place = waiting.indexOf(turn);
          if (place < 0) return;
          waiting.splice(place, 1);
          running += 1;
          resolve();
        };
        const turn = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        signal?.addEventListener("abort", abort, { once: true });
        waiting.push(turn);
        admit();
      });
      try {
        return await exchange();
      } finally {
        running -= 1;
        admit();
      }
    },
    pauseUntil(time) {
      resumeAt = Math.max(resumeAt, time);
      limit = throttledAtATime;
    },
  };
}
