// The end of the plugin: on the engine's signal, on its order, and when it is gone. What is on the wire is given a moment to be
// answered, so that what was applied is recorded; then it is given up, and recorded as not known.

/** How long a call may still take after the end was ordered, in milliseconds: the engine waits for it. */
const graceMs = 1000;
/** How long answers may take to get to the engine after that, in milliseconds. */
const farewellMs = 500;
/** How often the parent is looked for, in milliseconds. */
const watchMs = 1000;

/** The calls of one provider instance, which can be given up without those of another in the same process. */
export interface Calls {
  /** Aborted when what is on the wire is given up. */
  readonly cancelled: AbortSignal;
  /** Called by Cancel: nothing more is sent after a moment. Answers are still given. */
  cancel(): void;
  /** Called when nobody uses the instance any more. */
  forget(): void;
}

export interface Lifetime {
  /** The calls of a new instance. */
  startCalls(): Calls;
  /** Counts a call as running until it is through. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing runs any more, at the latest when what ran was given up. */
  end(): Promise<void>;
}

export function createLifetime(): Lifetime {
  const controllers = new Set<AbortController>();
  const running = new Set<Promise<unknown>>();
  const soon = (work: () => void) => void setTimeout(work, graceMs).unref();
  return {
    startCalls() {
      const controller = new AbortController();
      controllers.add(controller);
      return {
        cancelled: controller.signal,
        cancel: () => soon(() => controller.abort()),
        forget: () => void controllers.delete(controller),
      };
    },
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
      soon(() => {
        for (const controller of controllers) controller.abort();
      });
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
