// How far an audit is: a bar on a terminal, a line every ten seconds in a log.
import { PassThrough } from "node:stream";
import { createProgress } from "./progress";

beforeEach(() => void jest.useFakeTimers({ now: 0 }));
afterEach(() => void jest.useRealTimers());

function start(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100, cursorTo: () => true, clearLine: () => true });
  let text = "";
  stream.on("data", (chunk) => {
    text += String(chunk);
  });
  const shown = () => {
    const now = text;
    text = "";
    return now;
  };
  return { progress: createProgress(stream), shown };
}

it("is a line every ten seconds in a log, and nothing of a short audit", async () => {
  const { progress, shown } = start(false);
  progress.found(40);
  for (let done = 0; done < 20; done += 1) progress.done();
  await jest.advanceTimersByTimeAsync(9999);
  expect(shown()).toBe("");
  await jest.advanceTimersByTimeAsync(1);
  expect(shown()).toMatch(/^[█░]{24} 20 of 40 projects, 2\.0 a second\n$/);
  progress.throttled(1000);
  progress.done();
  await jest.advanceTimersByTimeAsync(9999);
  expect(shown()).toBe("");
  await jest.advanceTimersByTimeAsync(1);
  expect(shown()).toMatch(/ 21 of 40 projects, 2\.\d a second, throttled for 1\.0 s\n$/);
  progress.end();
  progress.end();
  shown();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(shown()).toBe("");
});

it("ends before its first line", async () => {
  const { progress, shown } = start(false);
  progress.found(1);
  progress.end();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(shown()).toBe("");
});

it("is a bar on a terminal at once, and is taken away", async () => {
  const { progress, shown } = start(true);
  expect(shown()).toContain("0 of 0 projects, 0.0 a second");
  progress.found(2);
  progress.found(2);
  progress.done();
  await jest.advanceTimersByTimeAsync(500);
  expect(shown()).toContain(" 1 of 4 projects, 1.0 a second");
  progress.end();
  expect(shown()).toContain("\u001b[?25h");
  await jest.advanceTimersByTimeAsync(1000);
  expect(shown()).toBe("");
});

it("counts what is waited for together once", async () => {
  const { progress, shown } = start(true);
  progress.throttled(2000);
  progress.throttled(1500);
  await jest.advanceTimersByTimeAsync(1000);
  progress.throttled(2000);
  await jest.advanceTimersByTimeAsync(5000);
  progress.throttled(500);
  await jest.advanceTimersByTimeAsync(500);
  expect(shown().split("projects").at(-1)).toContain(", throttled for 3.5 s");
  progress.end();
});
