// One try: authorized anew, in its slot, timed, and logged in one line.

import { type AttemptOptions, createAttempt } from "./attempt";
import { AxiosError, type AxiosResponse } from "./axios";
import { Call } from "./call";
import type { Pacing } from "./pacing";
import type { RawResponse } from "./request";

let time: number;
let events: string[];
let lines: string[];
let failures: string[];
beforeEach(() => {
  time = 1_000_000;
  events = [];
  lines = [];
  failures = [];
});

const url = "https://evs.example/v5/p/key?name=secret";

function call(deadlineMs = 1000): Call {
  let count = 0;
  const authorize = async () => {
    events.push("authorize");
    return { headers: { "X-Auth-Token": `T${++count}` }, secrets: [] };
  };
  return new Call({ method: "GET", url, authorize, context: { action: "reading", region: "r" } }, deadlineMs, 0);
}

/** Waiting for a slot takes this long, in milliseconds. */
const pacing = (waits: number[] = []): Pacing => ({
  async slot(first = false) {
    time += waits.shift() ?? 0;
    events.push(first ? "first turn" : "turn");
    return () => events.push("end");
  },
  answered: () => void events.push("answered"),
  failed: (why, last) => void failures.push(last === undefined ? why : `${why} (${last})`),
  throttled: () => 0,
});

const response = (status: number, headers: Record<string, string> = {}) =>
  ({ status, data: "", headers }) as unknown as AxiosResponse;

async function tryOnce(made: Call, send: AttemptOptions["send"], turns = pacing()) {
  const asked: string[] = [];
  const attempt = createAttempt({
    pacing: (to) => {
      asked.push(to);
      return turns;
    },
    log: (line) => lines.push(line),
    now: () => time,
    send: (sent) => {
      events.push(`send ${(sent.headers as Record<string, string>)["X-Auth-Token"]}`);
      return send(sent);
    },
  });
  const ended = await attempt(made).then(
    (value) => ({ value }),
    (error: Error) => ({ error }),
  );
  expect(asked).toEqual([url]);
  return ended as { value?: RawResponse; error?: Error };
}

it("sends in its turn, and tells it in one line without the query", async () => {
  const made = call();
  const { value } = await tryOnce(made, async () => {
    time += 40;
    return response(200, { "x-request-id": "id" });
  });
  expect(value?.status).toBe(200);
  expect(events).toEqual(["authorize", "turn", "send T1", "answered", "end"]);
  expect(lines).toEqual(["GET https://evs.example/v5/p/key 200 40 ms, try 1, request ID id"]);
  expect([made.tries, made.spentMs]).toEqual([1, 40]);
});

it("counts tries and time over both of two", async () => {
  const made = call();
  for (const ms of [30, 50]) {
    await tryOnce(made, async () => {
      time += ms;
      return response(200);
    });
  }
  expect([made.tries, made.spentMs]).toEqual([2, 80]);
  expect(lines[1]).toBe("GET https://evs.example/v5/p/key 200 50 ms, try 2");
});

it("does not count what it waited for its turn", async () => {
  const made = call();
  await tryOnce(made, async () => response(200), pacing([60_000]));
  expect([made.tries, made.spentMs]).toEqual([1, 0]);
  expect(events).toEqual(["authorize", "turn", "send T1", "answered", "end"]);
});

it("is authorized again, and is the first in the queue, where it has waited for more than a minute", async () => {
  await tryOnce(call(), async () => response(200), pacing([60_001]));
  expect(events).toEqual(["authorize", "turn", "end", "authorize", "first turn", "send T2", "answered", "end"]);
});

const refused = (status: number, headers: Record<string, string> = {}) =>
  new AxiosError("refused", "ERR_BAD_REQUEST", undefined, undefined, response(status, headers));

it.each<[string, AxiosError, string, string[], string[]]>([
  ["a refusal", refused(400, { "x-request-id": "id" }), "400 0 ms, try 1, request ID id", ["answered"], []],
  ["throttling", refused(429), "429 0 ms, try 1", [], ["throttling"]],
  ["a request for time", refused(503, { "retry-after": "5" }), "503 0 ms, try 1", [], ["throttling"]],
  ["an error of the service's own", refused(500), "500 0 ms, try 1", [], ["failing (HTTP 500)"]],
  ["a gateway that waits in vain", refused(504), "504 0 ms, try 1", [], ["failing (HTTP 504)"]],
  ["what is not implemented", refused(505), "505 0 ms, try 1", ["answered"], []],
  ["a missing page", refused(499), "499 0 ms, try 1", ["answered"], []],
  [
    "a broken connection",
    new AxiosError("broken", "ECONNRESET"),
    "ECONNRESET 0 ms, try 1",
    [],
    ["unreachable (ECONNRESET)"],
  ],
  ["an answer that breaks off", refused(200), "200 0 ms, try 1", [], ["unreachable (ERR_BAD_REQUEST)"]],
  [
    "an answer that is too large",
    new AxiosError("maxContentLength size of 1 exceeded", "ERR_BAD_RESPONSE"),
    "ERR_BAD_RESPONSE 0 ms, try 1",
    ["answered"],
    [],
  ],
  ...["ECONNREFUSED", "EAI_AGAIN", "ENOTFOUND", "CERT_HAS_EXPIRED"].map(
    (code): [string, AxiosError, string, string[], string[]] => [
      code,
      new AxiosError("no", code),
      `${code} 0 ms, try 1`,
      [],
      [`unreachable (${code})`],
    ],
  ),
  ["no code", new AxiosError("broken"), "failed 0 ms, try 1", [], ["unreachable"]],
])("hands on %s", async (_, error, line, paced, said) => {
  const outcome = await tryOnce(call(), () => Promise.reject(error));
  expect(outcome.error).toBe(error);
  expect(events).toEqual(["authorize", "turn", "send T1", ...paced, "end"]);
  expect(lines).toEqual([`GET https://evs.example/v5/p/key ${line}`]);
  expect(failures).toEqual(said);
});

it("ends a try whose time is over, as no answer", async () => {
  const hang: AttemptOptions["send"] = ({ signal }) =>
    new Promise((_, reject) => {
      (signal as AbortSignal).addEventListener("abort", () => reject(new AxiosError("canceled", "ERR_CANCELED")));
    });
  const { error } = await tryOnce(call(20), hang);
  expect(error).toMatchObject({ code: "ECONNABORTED", message: "no answer in time" });
  expect(lines).toEqual(["GET https://evs.example/v5/p/key no answer 0 ms, try 1"]);
  expect(failures).toEqual(["silent"]);
  expect(events.at(-1)).toBe("end");
});

it("leaves a mistake of ours as it is, and ends the turn", async () => {
  const mistake = new TypeError("oops");
  expect((await tryOnce(call(), () => Promise.reject(mistake))).error).toBe(mistake);
  expect(failures).toEqual([]);
  expect(events.at(-1)).toBe("end");
});

it.each([
  ["https://evs.example/v5", false, undefined],
  ["https://evs.example/http:", false, undefined],
  ["http://127.0.0.1:9/v5", false, false],
  ["https://127.0.0.1:9/v5", true, false],
])(
  "leaves the proxy of %s (of this machine: %s) as axios finds it, or uses none: %s",
  async (to, instanceLocal, proxy) => {
    const send = jest.fn(async () => response(200));
    const made = new Call(
      { method: "GET", url: to, instanceLocal, context: { action: "reading", region: "r" } },
      1000,
      0,
    );
    await createAttempt({ pacing: () => pacing(), send })(made);
    expect(send.mock.calls).toEqual([[expect.objectContaining({ method: "GET", url: to })]]);
    const [sent] = send.mock.calls[0] as unknown as [{ proxy?: boolean }];
    expect(sent.proxy).toBe(proxy);
  },
);

it("shows of an answer's headers, in errors about it, no secret that was sent", async () => {
  const made = call();
  made.carries("T0p-secret");
  const quoted = { "x-request-id": "T0p-secret", "content-type": `text/T0p-secret${"x".repeat(200)}`, date: "today" };
  const { value } = await tryOnce(made, async () => response(200, quoted));
  expect(value?.headers).toEqual({
    "x-request-id": "***",
    "content-type": `text/***${"x".repeat(119)}…`,
    date: "today",
  });
  expect((await tryOnce(call(), async () => response(200))).value?.headers).toEqual({});
});

it("has an empty body where there is none", async () => {
  const answer = { status: 204, headers: {} } as unknown as AxiosResponse;
  expect((await tryOnce(call(), async () => answer)).value?.body).toBe("");
});

it("aborts what is on the wire when the run is cancelled", async () => {
  const cancelling = new AbortController();
  const hang: AttemptOptions["send"] = ({ signal }) =>
    new Promise((_, reject) => {
      (signal as AbortSignal).addEventListener("abort", () => reject(new AxiosError("canceled", "ERR_CANCELED")));
      cancelling.abort();
    });
  const attempt = createAttempt({ pacing: () => pacing(), send: hang, cancelled: cancelling.signal });
  await expect(attempt(call(600_000))).rejects.toMatchObject({
    code: "ERR_CANCELED",
    message: "the run is being cancelled",
  });
});
