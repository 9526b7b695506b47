// How often a secret is sent that may be wrong.
import { failureOf } from "../../../tests/fixtures/failureOf";
import { ApiError, NetworkError } from "../transport/errors";
import { guardSecret } from "./guardSecret";

const refusal = () =>
  new ApiError("wrong secret in one", "X.1", 401, "id", "GET", "/", "it is wrong", 5, { outcome: "unknown" });
const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && error.code === "X.1";

/** Uses of one secret, each at a host in a region of the same name. Answers are given by the test, one after the other. */
function uses(options?: Parameters<typeof guardSecret>[2]) {
  const through = guardSecret("secret key", isRefusal, options);
  const sent: string[] = [];
  const answers: ((answer: Error | undefined) => void)[] = [];
  const use = (host: string, region = host) =>
    through({
      host,
      context: { action: "reading", region, credentials: "a key" },
      work: () => {
        sent.push(host);
        return new Promise<string>((resolve, reject) => {
          answers.push((answer) => (answer ? reject(answer) : resolve("done")));
        });
      },
    });
  const answer = async (error?: Error) => {
    answers.shift()?.(error);
    await new Promise(setImmediate);
  };
  return { use, sent, answer };
}

it("is sent once at first, and then once to each host at first", async () => {
  const { use, sent, answer } = uses();
  const done = Promise.all([use("a"), use("a"), use("b"), use("b"), use("b")]);
  await new Promise(setImmediate);
  expect(sent).toEqual(["a"]);
  await answer();
  expect(sent).toEqual(["a", "a", "b"]);
  await answer();
  expect(sent).toEqual(["a", "a", "b"]);
  await answer();
  expect(sent).toEqual(["a", "a", "b", "b", "b"]);
  await answer();
  await answer();
  expect(await done).toEqual(["done", "done", "done", "done", "done"]);
});

it("is not sent again to the host that has refused it; each error is about its own region", async () => {
  const { use, sent, answer } = uses();
  const failures = Promise.all([failureOf(use("a")), failureOf(use("a")), failureOf(use("a", "a2"))]);
  await new Promise(setImmediate);
  await answer(refusal());
  const [first, same, other] = await failures;
  expect(sent).toEqual(["a"]);
  expect(first).toMatchObject({ message: "wrong secret in one", outcome: "unknown" });
  expect(same).toMatchObject({ message: "wrong secret in one", outcome: "refused" });
  expect(other).toMatchObject({
    message:
      "reading (a2): not sent, because the same secret key was refused in a: it is wrong (X.1). The credentials used: a key.",
    name: "ApiError",
    code: "X.1",
    status: 401,
    outcome: "refused",
  });
});

it("is sent to three hosts, one after the other, and to no other if all have refused it", async () => {
  const { use, sent, answer } = uses();
  const failures = Promise.all(["a", "b", "c", "d", "e"].map((host) => failureOf(use(host))));
  await new Promise(setImmediate);
  expect(sent).toEqual(["a"]);
  await answer(refusal());
  expect(sent).toEqual(["a", "b"]);
  await answer(refusal());
  expect(sent).toEqual(["a", "b", "c"]);
  await answer(refusal());
  expect(sent).toEqual(["a", "b", "c"]);
  expect((await failures).map(({ message }) => message)).toEqual([
    ...["a", "b", "c"].map(() => "wrong secret in one"),
    ...["d", "e"].map(
      (host) =>
        `reading (${host}): not sent, because the same secret key was refused in a, b, c: it is wrong (X.1). ` +
        "The credentials used: a key.",
    ),
  ]);
  // A host that has refused it is named alone.
  expect((await failureOf(use("b", "b2"))).message).toMatch(/^reading \(b2\): not sent, .* was refused in b: it is/);
});

it("that two hosts refuse and the third accepts is sent to all others at once", async () => {
  const { use, sent, answer } = uses();
  const ended = Promise.allSettled(["a", "b", "c", "d", "e"].map((host) => use(host)));
  await new Promise(setImmediate);
  await answer(refusal());
  await answer(refusal());
  await answer();
  expect(sent).toEqual(["a", "b", "c", "d", "e"]);
  await answer(refusal());
  await answer();
  expect((await ended).map(({ status }) => status)).toEqual([
    "rejected",
    "rejected",
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect((await failureOf(use("d", "d2"))).message).toMatch(/was refused in d: /);
  // Three have refused it by now, but it is right.
  const next = use("f");
  await answer();
  expect(await next).toBe("done");
});

it("that one host has accepted is refused by another for that host alone", async () => {
  const { use, sent, answer } = uses();
  const first = use("a");
  await new Promise(setImmediate);
  await answer();
  await first;
  const refused = failureOf(use("b"));
  await new Promise(setImmediate);
  await answer(refusal());
  expect((await refused).message).toBe("wrong secret in one");
  expect((await failureOf(use("b", "b2"))).message).toMatch(/^reading \(b2\): not sent, .* refused in b/);
  const last = use("c");
  await new Promise(setImmediate);
  expect(sent).toEqual(["a", "b", "c"]);
  await answer();
  await last;
});

const down = () => new NetworkError("down");

describe("without a verdict", () => {
  it("lets one go next, and not all: a wrong one is sent to three hosts all the same", async () => {
    const { use, sent, answer } = uses();
    const failures = Promise.all(["a", "b", "c", "d", "e", "f", "g"].map((host) => failureOf(use(host))));
    await new Promise(setImmediate);
    await answer(down());
    expect(sent).toEqual(["a", "b"]);
    await answer(refusal());
    await answer(refusal());
    await answer(refusal());
    expect(sent).toEqual(["a", "b", "c", "d"]);
    expect((await failures).map(({ message }) => message)).toEqual([
      "down",
      ...["b", "c", "d"].map(() => "wrong secret in one"),
      ...["e", "f", "g"].map((host) => expect.stringMatching(`^reading .${host}.: not sent, .* in b, c, d: `)),
    ]);
  });

  it("does not count a refusal as a lack of one", async () => {
    const { use, sent, answer } = uses();
    const ended = Promise.allSettled([..."abcdefg"].map((host) => use(host)));
    await new Promise(setImmediate);
    for (let count = 0; count < 3; count += 1) await answer(down());
    await answer(refusal());
    expect(sent).toEqual(["a", "b", "c", "d", "e"]);
    await answer();
    await answer();
    await answer();
    await ended;
  });

  it("goes to one host one at a time, and to more and more of them after the third", async () => {
    const { use, sent, answer } = uses();
    const failures = Promise.all(Array.from({ length: 20 }, () => failureOf(use("a"))));
    await new Promise(setImmediate);
    const counts = [sent.length];
    for (let count = 0; count < 7; count += 1) {
      await answer(down());
      counts.push(sent.length);
    }
    // What is under way: 1, 1, 1, 1, 2, 3, 4, 5.
    expect(counts).toEqual([1, 2, 3, 4, 6, 8, 10, 12]);
    for (let count = 0; count < 13; count += 1) await answer(down());
    expect((await failures).map(({ message }) => message)).toEqual(Array.from({ length: 20 }, () => "down"));
  });

  it("is sent to more and more hosts after the third", async () => {
    const { use, sent, answer } = uses();
    const failures = Promise.all([..."abcdefghij"].map((host) => failureOf(use(host))));
    await new Promise(setImmediate);
    const counts = [sent.length];
    for (let count = 0; count < 5; count += 1) {
      await answer(down());
      counts.push(sent.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 6, 8]);
    for (let count = 0; count < 5; count += 1) await answer(down());
    await failures;
  });

  it("from one host for the third time, the others no longer wait for it, nor it for them", async () => {
    const { use, sent, answer } = uses();
    const failures = Promise.all([..."aaabaac"].map((host) => failureOf(use(host))));
    await new Promise(setImmediate);
    await answer(down());
    await answer(down());
    expect(sent).toEqual(["a", "a", "a"]);
    await answer(down());
    expect(sent).toEqual(["a", "a", "a", "b", "a"]);
    await answer(down());
    expect(sent).toEqual(["a", "a", "a", "b", "a", "c"]);
    await answer(down());
    expect(sent).toEqual(["a", "a", "a", "b", "a", "c", "a"]);
    await answer(down());
    await answer(down());
    await failures;
  });

  it("holds up the next for five seconds only", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    const { use, sent, answer } = uses();
    const done = Promise.allSettled([..."abcdef"].map((host) => use(host)));
    await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(4999);
    expect(sent).toEqual(["a"]);
    await jest.advanceTimersByTimeAsync(1);
    expect(sent).toEqual(["a", "b"]);
    // It was counted when it was late, and is not counted again.
    await answer(down());
    expect(sent).toEqual(["a", "b"]);
    await answer();
    expect(sent).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(jest.getTimerCount()).toBe(4);
    for (let count = 0; count < 4; count += 1) await answer();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
    expect((await done).filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  });

  it("may still be accepted late: then all go", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    const { use, sent, answer } = uses();
    const done = Promise.all([..."aaaa"].map((host) => use(host)));
    await new Promise(setImmediate);
    await jest.advanceTimersByTimeAsync(5000);
    await answer();
    await answer();
    expect(sent).toEqual(["a", "a", "a", "a"]);
    await answer();
    await answer();
    jest.useRealTimers();
    expect(await done).toEqual(["done", "done", "done", "done"]);
  });
});

it("judges each host by its own answers, if set so", async () => {
  const { use, sent, answer } = uses({ eachHostForItself: true });
  const failures = Promise.all([..."abcdea"].map((host) => failureOf(use(host))));
  await new Promise(setImmediate);
  expect(sent).toEqual(["a", "b", "c", "d", "e"]);
  for (let count = 0; count < 5; count += 1) await answer(refusal());
  expect(sent).toHaveLength(5);
  expect((await failures).map(({ message }) => message)).toEqual(
    Array.from({ length: 6 }, () => "wrong secret in one"),
  );
});
