// How far an audit is, on standard error: a bar on a terminal, and one line every ten seconds in a log.
import { SingleBar } from "cli-progress";
import type { Progress } from "./audit/audit";

/** A stream that may be a terminal. */
export type Output = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

export interface ProgressLine extends Progress {
  /** A service throttles: nothing is sent to its host for so many milliseconds. */
  throttled(delayMs: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** In a log the first line comes after this time too: a short audit says nothing. */
const logEveryMs = 10_000;

export function createProgress(stream: Output, now: () => number = Date.now): ProgressLine {
  const startedAt = now();
  let total = 0;
  let done = 0;
  let waitedMs = 0;
  let pausedUntil = 0;
  let started = false;
  const bar = new SingleBar({
    stream,
    format: "{bar} {value} of {total} projects, {rate} a second{waits}",
    barsize: 24,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
    clearOnComplete: true,
    gracefulExit: false,
    noTTYOutput: true,
    notTTYSchedule: logEveryMs,
  });
  const payload = () => ({
    rate: (done / Math.max((now() - startedAt) / 1000, 1)).toFixed(1),
    waits: waitedMs > 0 ? `, throttled for ${(waitedMs / 1000).toFixed(1)} s` : "",
  });
  const start = () => {
    started = true;
    bar.start(total, done, payload());
  };
  const timer = stream.isTTY ? undefined : setTimeout(start, logEveryMs);
  timer?.unref();
  if (stream.isTTY) start();
  const update = () => {
    if (!started) return;
    bar.setTotal(total);
    bar.update(done, payload());
  };
  return {
    found(projects) {
      total += projects;
      update();
    },
    done() {
      done += 1;
      update();
    },
    throttled(delayMs) {
      // Requests that are refused together wait together.
      const until = now() + delayMs;
      waitedMs += Math.max(0, until - Math.max(now(), pausedUntil));
      pausedUntil = Math.max(pausedUntil, until);
      update();
    },
    end() {
      clearTimeout(timer);
      if (started) bar.stop();
    },
  };
}
