// All failures of a preview: the first is held back while calls come, the others are shown at once.
import { ConfigurationError } from "../provider/huaweicloud/transport/errors";
import { failureOf } from "../tests/fixtures/failureOf";
import { PreviewFailures } from "./previewFailures";

function start() {
  const shown: [string, string | undefined][] = [];
  const waits: (() => void)[] = [];
  const failures = new PreviewFailures(
    (line, urn) => shown.push([line, urn]),
    () => new Promise((resolve) => waits.push(resolve)),
  );
  /** A quiet moment passes. */
  const pass = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    waits.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** A preview that fails at once. */
  const fail = (message: string, urn: string) =>
    failures.preview(urn, () => Promise.reject(new ConfigurationError(message)));
  return { failures, shown, waits, pass, fail };
}

it("throws the only one after a quiet moment", async () => {
  const { shown, pass, fail } = start();
  const first = failureOf(fail("wrong", "urn:a"));
  await pass();
  expect(await first).toMatchObject({ message: "wrong" });
  expect(shown).toEqual([]);
});

it("holds the first back for as long as calls come, shows the others, and lets their calls succeed", async () => {
  const { failures, shown, waits, pass, fail } = start();
  const first = failureOf(fail("one", "urn:a"));
  failures.noteCall();
  await fail("two", "urn:b");
  await pass();
  expect(waits).toHaveLength(1); // the call came in between: another moment
  await fail("three", "urn:c");
  await pass();
  await pass();
  expect(await first).toMatchObject({ message: "one" });
  expect(shown).toEqual([
    ["two", "urn:b"],
    ["three", "urn:c"],
  ]);
});

it("holds the next one back, once the first is out", async () => {
  const { shown, pass, fail } = start();
  const first = failureOf(fail("one", "urn:a"));
  await pass();
  await first;
  const next = failureOf(fail("two", "urn:b"));
  await pass();
  expect(await next).toMatchObject({ message: "two" });
  expect(shown).toEqual([]);
});

describe("previews that still run", () => {
  /** One that runs until its outcome is told. */
  const run = (failures: PreviewFailures) => {
    let settle: (error?: Error) => void = () => {};
    const through = failures.preview(
      "urn:slow",
      () => new Promise<string>((resolve, reject) => (settle = (error) => (error ? reject(error) : resolve("done")))),
    );
    return { through, settle: (error?: Error) => settle(error) };
  };

  it("are waited for, and theirs are shown too", async () => {
    const { failures, shown, waits, pass, fail } = start();
    const slow = run(failures);
    const first = failureOf(fail("one", "urn:a"));
    for (let moment = 0; moment < 10; moment++) await pass();
    expect(waits).toHaveLength(1);
    slow.settle(new ConfigurationError("two"));
    expect(await slow.through).toBeUndefined();
    await pass(); // its end was noted: the engine may ask for more
    expect(waits).toHaveLength(1);
    await pass();
    expect(await first).toMatchObject({ message: "one" });
    expect(shown).toEqual([["two", "urn:slow"]]);
  });

  it("are waited for a minute, counted from the last call", async () => {
    const { failures, waits, pass, fail } = start();
    const slow = run(failures);
    const first = failureOf(fail("one", "urn:a"));
    for (let moment = 0; moment < 100; moment++) await pass();
    failures.noteCall();
    for (let moment = 0; moment < 120; moment++) await pass();
    expect(waits).toHaveLength(1);
    await pass();
    expect(waits).toEqual([]);
    expect(await first).toMatchObject({ message: "one" });
    slow.settle();
    expect(await slow.through).toBe("done");
  });

  it("that are through are not waited for, and faults are thrown as they are", async () => {
    const { failures, pass, fail } = start();
    const slow = run(failures);
    slow.settle(new TypeError("a fault"));
    expect(await failureOf(slow.through)).toBeInstanceOf(TypeError);
    const first = failureOf(fail("one", "urn:a"));
    await pass();
    expect(await first).toMatchObject({ message: "one" });
  });
});

describe("components that are being made", () => {
  it("are told before the failure is given back, which waits until they are through and the engine knows", async () => {
    const { failures, waits, pass, fail } = start();
    let finish = () => {};
    const component = failures.make(
      (failing) => new Promise<string>((resolve) => (finish = () => resolve(failing.aborted ? "told" : "not told"))),
    );
    const first = failureOf(fail("wrong", "urn:a"));
    await pass();
    finish();
    expect(await component).toBe("told");
    await new Promise((resolve) => setImmediate(resolve));
    expect(waits).toHaveLength(2); // how long a component may take, and the moment for its answer
    waits.pop()?.();
    expect(await first).toMatchObject({ message: "wrong" });
  });

  it("are not waited for if they take too long", async () => {
    const { failures, pass, fail } = start();
    void failures.make(() => new Promise(() => {}));
    const first = failureOf(fail("wrong", "urn:a"));
    await pass();
    await pass();
    await pass();
    expect(await first).toMatchObject({ message: "wrong" });
  });

  it("that are through hold nothing back, whether they have failed or not", async () => {
    const { failures, waits, pass, fail } = start();
    expect(await failures.make(async ({ aborted }) => aborted)).toBe(false);
    expect(await failureOf(failures.make(() => Promise.reject(new Error("no projects"))))).toMatchObject({
      message: "no projects",
    });
    const first = failureOf(fail("wrong", "urn:a"));
    await pass();
    expect(await first).toMatchObject({ message: "wrong" });
    expect(waits).toEqual([]);
  });
});
