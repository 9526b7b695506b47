// Whether work on a text takes time in proportion to its length, whatever the text holds: judged by processor time.
import process from "node:process";

/** The most for a megabyte, in milliseconds. */
const tooLong = 50;
/** A slow machine takes longer for what is linear: less than this many times of a yardstick. */
const mostTimes = 6;
const runs = 20;

/**
 * Returns whether the work takes less than 50 ms, or on a slow machine little more than the yardstick, which is measured in turns
 * with it: work that is linear on a text of the same length, or the same work on a quarter of the text, where quadratic time
 * is 16 times. Of some runs the quickest counts: in the others there may have been a garbage collection.
 */
export function isLinear(work: () => unknown, yardstick: () => unknown): boolean {
  yardstick(); // compiled before it is measured
  let [ms, yardstickMs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let run = 0; run < runs; run += 1) {
    ms = Math.min(ms, msOf(work));
    if (ms < tooLong) return true;
    yardstickMs = Math.min(yardstickMs, msOf(yardstick));
    if (ms < mostTimes * yardstickMs) return true;
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
