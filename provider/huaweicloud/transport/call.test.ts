// One call over its tries: what is left of its time, and which texts are secret.
import { Call } from "./call";
import type { OutgoingRequest } from "./request";

const request: OutgoingRequest = {
  method: "GET",
  url: "https://evs.example/v5",
  context: { action: "reading", region: "r" },
};

describe("the time for a try", () => {
  it.each([
    ["half of it at first, so that a lost request leaves time for another", 5, 0, 30_000],
    ["what is left, once that is less than half", 5, 40_000, 20_000],
    ["all of it, where there is no other try", 0, 0, 60_000],
    ["what is left, where there is no other try", 0, 40_000, 20_000],
    ["in whole milliseconds", 0, 0.6, 59_999],
    ["never nothing", 5, 60_000, 1],
    ["never less than nothing", 5, 70_000, 1],
  ])("is %s", (_, maxRetries, spentMs, expected) => {
    const call = new Call(request, 60_000, maxRetries);
    call.spentMs = spentMs;
    expect(call.tryLimitMs()).toBe(expected);
  });
});

it("can wait for as long as there is time for a try afterwards, and remembers what is too long", () => {
  const call = new Call(request, 1000, 5);
  expect([call.canWait(999), call.tooLongDelayMs]).toEqual([true, undefined]);
  expect([call.canWait(1000), call.tooLongDelayMs]).toEqual([false, 1000]);
  call.spentMs = 500;
  expect([call.canWait(500), call.tooLongDelayMs]).toEqual([false, 500]);
  expect([call.canWait(499), call.tooLongDelayMs]).toEqual([true, undefined]);
});

describe("authorizing", () => {
  it("is asked for with what is sent, and may be nothing", async () => {
    const asked: unknown[] = [];
    const authorize = async (sent: unknown) => {
      asked.push(sent);
      return { headers: { "X-Auth-Token": "T" }, secrets: ["T"] };
    };
    const put = { ...request, method: "PUT" as const, body: "{}", authorize };
    expect(await new Call(put, 1, 0).authorize()).toEqual({ headers: { "X-Auth-Token": "T" }, secrets: ["T"] });
    await new Call({ ...request, authorize }, 1, 0).authorize();
    expect(await new Call(request, 1, 0).authorize()).toEqual({ headers: {}, secrets: [] });
    expect(asked).toEqual([
      { method: "PUT", url: request.url, body: "{}" },
      { method: "GET", url: request.url, body: "" },
    ]);
  });

  it("keeps the secrets of every try", async () => {
    let tries = 0;
    const authorize = async () => ({ headers: {}, secrets: [`T${++tries}`] });
    const call = new Call({ ...request, secrets: ["in the body"], authorize }, 1, 1);
    await call.authorize();
    await call.authorize();
    expect([...call.secrets]).toEqual(["in the body", "T1", "T2"]);
  });
});
