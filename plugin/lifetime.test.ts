// The end of the plugin: what runs has a moment to be answered, then it is given up; and the parent that is gone.
import { createLifetime, watchParent } from "./lifetime";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it("gives up what is on the wire a second after it was cancelled, and not before, and nothing of another instance", () => {
  const lifetime = createLifetime();
  const [calls, others] = [lifetime.startCalls(), lifetime.startCalls()];
  calls.cancel();
  jest.advanceTimersByTime(999);
  expect(calls.cancelled.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect([calls.cancelled.aborted, others.cancelled.aborted]).toEqual([true, false]);
  expect(lifetime.startCalls().cancelled.aborted).toBe(false);
});

it("gives up the calls of all instances in the end, but for those that are forgotten", async () => {
  const lifetime = createLifetime();
  const [calls, others, gone] = [lifetime.startCalls(), lifetime.startCalls(), lifetime.startCalls()];
  gone.forget();
  await lifetime.end();
  jest.advanceTimersByTime(999);
  expect([calls, others, gone].map(({ cancelled }) => cancelled.aborted)).toEqual([false, false, false]);
  jest.advanceTimersByTime(1);
  expect([calls, others, gone].map(({ cancelled }) => cancelled.aborted)).toEqual([true, true, false]);
});

/** Whether it is settled by now. */
async function isThrough(work: Promise<unknown>): Promise<boolean> {
  let through = false;
  void work.then(() => (through = true));
  await jest.advanceTimersByTimeAsync(0);
  return through;
}

it("ends at once if nothing runs, or what ran is through, well or not", async () => {
  const lifetime = createLifetime();
  expect(await lifetime.during(async () => "done")).toBe("done");
  await expect(lifetime.during(() => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
  expect(await isThrough(lifetime.end())).toBe(true);
  // Only that which gives up calls is left: nothing is waited for.
  expect(jest.getTimerCount()).toBe(1);
});

it("ends as soon as the last call is through", async () => {
  const lifetime = createLifetime();
  const { cancelled } = lifetime.startCalls();
  const finish: (() => void)[] = [];
  const calls = [0, 1].map(() => lifetime.during(() => new Promise<void>((resolve) => finish.push(resolve))));
  const ended = lifetime.end();
  finish[0]?.();
  expect(await isThrough(ended)).toBe(false);
  finish[1]?.();
  expect(await isThrough(ended)).toBe(true);
  await Promise.all(calls);
  expect(cancelled.aborted).toBe(false);
});

it("ends half a second after what runs was given up, whatever becomes of it", async () => {
  const lifetime = createLifetime();
  const { cancelled } = lifetime.startCalls();
  void lifetime.during(() => new Promise(() => {}));
  const ended = lifetime.end();
  await jest.advanceTimersByTimeAsync(1499);
  expect(cancelled.aborted).toBe(true);
  expect(await isThrough(ended)).toBe(false);
  await jest.advanceTimersByTimeAsync(1);
  expect(await isThrough(ended)).toBe(true);
});

it("sees within a second that the parent is gone, says so once, and keeps no process alive", () => {
  let parent = 7;
  let gone = 0;
  watchParent(
    () => (gone += 1),
    () => parent,
  );
  jest.advanceTimersByTime(5000);
  expect(gone).toBe(0);
  parent = 1;
  jest.advanceTimersByTime(1000);
  expect(gone).toBe(1);
  jest.advanceTimersByTime(5000);
  expect(gone).toBe(1);
  expect(jest.getTimerCount()).toBe(0);
});

it("looks for the parent of this process", () => {
  const parent = jest.replaceProperty(process, "ppid", 7);
  const onGone = jest.fn();
  watchParent(onGone);
  jest.advanceTimersByTime(1000);
  expect(onGone).not.toHaveBeenCalled();
  parent.replaceValue(1);
  jest.advanceTimersByTime(1000);
  expect(onGone).toHaveBeenCalledTimes(1);
  parent.restore();
});
