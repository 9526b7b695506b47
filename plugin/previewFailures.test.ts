// All failures of a preview: the first is held back while calls come, the others are shown at once.
import { failureOf } from "../tests/fixtures/failureOf";
import { PreviewFailures } from "./previewFailures";

function start() {
  const shown: [string, string][] = [];
  const waits: (() => void)[] = [];
  const failures = new PreviewFailures(
    (line, urn) => shown.push([line, urn]),
    () => new Promise((resolve) => waits.push(resolve)),
  );
  /** A quiet moment passes. */
  const pass = async () => {
    waits.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { failures, shown, waits, pass };
}

it("throws the only one after a quiet moment", async () => {
  const { failures, shown, pass } = start();
  const first = failureOf(failures.report(new Error("wrong"), "urn:a"));
  await pass();
  expect(await first).toMatchObject({ message: "wrong" });
  expect(shown).toEqual([]);
});

it("holds the first back for as long as calls come, shows the others, and lets their calls succeed", async () => {
  const { failures, shown, waits, pass } = start();
  const first = failureOf(failures.report(new Error("one"), "urn:a"));
  failures.noteCall();
  await failures.report(new Error("two"), "urn:b");
  await pass();
  expect(waits).toHaveLength(1); // the call came in between: another moment
  await failures.report(new Error("three"), "urn:c");
  await pass();
  expect(await first).toMatchObject({ message: "one" });
  expect(shown).toEqual([
    ["two", "urn:b"],
    ["three", "urn:c"],
  ]);
});

it("holds the next one back, once the first is out", async () => {
  const { failures, shown, pass } = start();
  const first = failureOf(failures.report(new Error("one"), "urn:a"));
  await pass();
  await first;
  const next = failureOf(failures.report(new Error("two"), "urn:b"));
  await pass();
  expect(await next).toMatchObject({ message: "two" });
  expect(shown).toEqual([]);
});

describe("components that are being made", () => {
  it("are told before the failure is given back, which waits until they are through and the engine knows", async () => {
    const { failures, waits, pass } = start();
    let finish = () => {};
    const component = failures.make(
      (failing) => new Promise<string>((resolve) => (finish = () => resolve(failing.aborted ? "told" : "not told"))),
    );
    const first = failureOf(failures.report(new Error("wrong"), "urn:a"));
    await pass();
    finish();
    expect(await component).toBe("told");
    await new Promise((resolve) => setImmediate(resolve));
    expect(waits).toHaveLength(2); // how long a component may take, and the moment for its answer
    waits.pop()?.();
    expect(await first).toMatchObject({ message: "wrong" });
  });

  it("are not waited for if they take too long", async () => {
    const { failures, pass } = start();
    void failures.make(() => new Promise(() => {}));
    const first = failureOf(failures.report(new Error("wrong"), "urn:a"));
    await pass();
    await pass();
    await pass();
    expect(await first).toMatchObject({ message: "wrong" });
  });

  it("that are through hold nothing back, whether they have failed or not", async () => {
    const { failures, waits, pass } = start();
    expect(await failures.make(async ({ aborted }) => aborted)).toBe(false);
    expect(await failureOf(failures.make(() => Promise.reject(new Error("no projects"))))).toMatchObject({
      message: "no projects",
    });
    const first = failureOf(failures.report(new Error("wrong"), "urn:a"));
    await pass();
    expect(await first).toMatchObject({ message: "wrong" });
    expect(waits).toEqual([]);
  });
});
