// The end of the plugin: on the engine's signal, on its order, and when it is gone. What is on the wire is given a moment to be
// answered, so that what was applied is recorded; then it is given up, and recorded as not known.

/** How long a call may still take after the end was ordered, in milliseconds: the engine waits for it. */
const graceMs = 1000;
/** How long answers may take to get to the engine after that, in milliseconds. */
const farewellMs = 500;
/** How often the parent is looked for, in milliseconds. */
const watchMs = 1000;

export interface Lifetime {
  /** Aborted when what is on the wire is given up. */
  readonly cancelled: AbortSignal;
  /** Called by Cancel: nothing more is sent after a moment. Answers are still given. */
  cancel(): void;
  /** Counts a call as running until it is through. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs any more, at the latest when what ran was given up. */
  end(): Promise<void>;
}

export function createLifetime(): Lifetime {
  const controller = new AbortController();
  const running = new Set<Promise<unknown>>();
  const cancel = () => void setTimeout(() => controller.abort(), graceMs).unref();
  return {
    cancelled: controller.signal,
    cancel,
    async during(work) {
      const call = work();
      running.add(call);
      try {
        return await call;
      } finally {
        running.delete(call);
      }
    },
    async end() {
      cancel();
      if (running.size === 0) return;
      const late = new Promise((resolve) => setTimeout(resolve, graceMs + farewellMs));
      await Promise.race([Promise.allSettled(running), late]);
    },
  };
}

/** Calls `onGone` once when the parent process has ended: the engine was killed and could not cancel. */
export function watchParent(onGone: () => void, parent: () => number = () => process.ppid): void {
  const first = parent();
  const timer = setInterval(() => {
    if (parent() === first) return;
    clearInterval(timer);
    onGone();
  }, watchMs);
  timer.unref();
}
