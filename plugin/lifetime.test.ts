// The end of the plugin: what runs has a moment to be answered, then it is given up; and the parent that is gone.
import { createLifetime, watchParent } from "./lifetime";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it("gives up what is on the wire a second after it was cancelled, and not before", () => {
  const lifetime = createLifetime();
  lifetime.cancel();
  jest.advanceTimersByTime(999);
  expect(lifetime.cancelled.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect(lifetime.cancelled.aborted).toBe(true);
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
});

it("ends as soon as the last call is through", async () => {
  const lifetime = createLifetime();
  const finish: (() => void)[] = [];
  const calls = [0, 1].map(() => lifetime.during(() => new Promise<void>((resolve) => finish.push(resolve))));
  const ended = lifetime.end();
  finish[0]?.();
  expect(await isThrough(ended)).toBe(false);
  finish[1]?.();
  expect(await isThrough(ended)).toBe(true);
  await Promise.all(calls);
  expect(lifetime.cancelled.aborted).toBe(false);
});

it("ends half a second after what runs was given up, whatever becomes of it", async () => {
  const lifetime = createLifetime();
  void lifetime.during(() => new Promise(() => {}));
  const ended = lifetime.end();
  await jest.advanceTimersByTimeAsync(1499);
  expect(lifetime.cancelled.aborted).toBe(true);
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
