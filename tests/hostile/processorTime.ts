// Whether work on a text takes time in proportion to its length, whatever the text holds: judged by processor time.
import process from "node:process";

/** The most for a megabyte, in milliseconds. */
const tooLong = 50;
/** A slow machine takes longer for what is linear: less than this many times of what a quarter takes; quadratic time is 16 times. */
const mostTimes = 6;
const megabyte = 1024 * 1024;

/**
 * Returns whether a megabyte takes less than 50 ms, or on a slow machine little more than four times of what a quarter takes.
 * Of some runs the quickest counts: in the others there may have been a garbage collection.
 */
export function isLinear(textOf: (length: number) => string, work: (text: string) => unknown): boolean {
  const [part, whole] = [textOf(megabyte / 4), textOf(megabyte)];
  work(part); // compiled before it is measured
  let partMs = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 20; run += 1) {
    partMs = Math.min(
      partMs,
      msOf(() => work(part)),
    );
    // The first runs may be slow for the part alone.
    if (msOf(() => work(whole)) < (run < 3 ? tooLong : Math.max(tooLong, mostTimes * partMs))) return true;
  }
  return false;
}

/** Returns the processor time of the work in milliseconds. */
export function msOf(work: () => unknown): number {
  const startedAt = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1000;
}
