// How often a secret is sent that may be wrong.
import { failureOf } from "../../../tests/fixtures/failureOf";
import { ApiError, NetworkError } from "../transport/errors";
import { guardSecret } from "./guardSecret";

const refusal = () =>
  new ApiError("wrong secret in one", "X.1", 401, "id", "GET", "/", "it is wrong", 5, { outcome: "unknown" });
const isRefusal = (error: unknown): error is ApiError => error instanceof ApiError && error.code === "X.1";

/** Uses of one secret, each at a host in a region of the same name. Answers are given by the test, one after the other. */
function uses() {
  const through = guardSecret("secret key", isRefusal);
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

it("is not sent again after it was refused; each error is about its own region", async () => {
  const { use, sent, answer } = uses();
  const failures = Promise.all([failureOf(use("a")), failureOf(use("a")), failureOf(use("b"))]);
  await new Promise(setImmediate);
  await answer(refusal());
  const [first, same, other] = await failures;
  expect(sent).toEqual(["a"]);
  expect(first).toMatchObject({ message: "wrong secret in one", outcome: "unknown" });
  expect(same).toMatchObject({ message: "wrong secret in one", outcome: "refused" });
  expect(other).toMatchObject({
    message:
      "reading (b): not sent, because the same secret key was refused in a: it is wrong (X.1). The credentials used: a key.",
    name: "ApiError",
    code: "X.1",
    status: 401,
    outcome: "refused",
  });
  expect((await failureOf(use("c"))).message).toMatch(/^reading \(c\): not sent/);
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

it("does not wait for others if the first one gets no verdict", async () => {
  const { use, sent, answer } = uses();
  const failed = failureOf(use("a"));
  const refused = failureOf(use("b"));
  const accepted = use("c");
  await new Promise(setImmediate);
  await answer(new NetworkError("down"));
  expect((await failed).message).toBe("down");
  expect(sent).toEqual(["a", "b", "c"]);
  await answer(refusal());
  // Nobody has accepted it: no more is sent anywhere.
  expect((await failureOf(use("d"))).message).toMatch(/not sent/);
  expect((await refused).message).toBe("wrong secret in one");
  await answer();
  expect(await accepted).toBe("done");
  // It was about one host.
  const last = use("d");
  await new Promise(setImmediate);
  await answer();
  expect(await last).toBe("done");
});
