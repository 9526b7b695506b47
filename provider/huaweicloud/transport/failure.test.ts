// What a user reads when axios fails, in each of its ways.
import { AxiosError, type AxiosResponse } from "./axios";
import { Call } from "./call";
import { ApiError, ConfigurationError, NetworkError, ResponseError, TimeoutError } from "./errors";
import { mayHaveBeenApplied, neverLeft, toHuaweiCloudError } from "./failure";
import { GivenUp } from "./pacing";

const keyOf = (name: string) => `front:${name}`;
const family = (error: unknown, made: Call) => toHuaweiCloudError(error, made, { keyOf });

const start = "reading the key (project p in r): ";

function call({ tries = 1, tooLongDelayMs }: { tries?: number; tooLongDelayMs?: number } = {}): Call {
  const made = new Call(
    {
      method: "GET",
      url: "https://evs.example/v5/p?query=1",
      context: { action: "reading the key", region: "r", project: "p" },
    },
    60_000,
    5,
  );
  return Object.assign(made, { tries, spentMs: 1500, tooLongDelayMs });
}

const answered = (status: number, data: unknown, headers: Record<string, string> = {}) =>
  new AxiosError("aborted", "ERR_BAD_RESPONSE", undefined, undefined, { status, data, headers } as AxiosResponse);

const checks = "Check region, endpoint, network and proxy (HTTPS_PROXY).";
const untrusted =
  "The server's certificate is not trusted. If a proxy or a private cloud uses its own certificate authority, set front:cacertFile (OS_CACERT) to it.";
const wantsCertificate =
  "The server requires a client certificate that it trusts: set front:cert and front:key (OS_CERT, OS_KEY).";

it.each<[string, AxiosError, new (message: string) => Error, string]>([
  [
    "no answer",
    new AxiosError("timeout", "ECONNABORTED"),
    TimeoutError,
    "no answer from https://evs.example within 60 s. Check the network and any proxy; front:requestTimeout changes the limit.",
  ],
  [
    "too much of one",
    new AxiosError("maxContentLength size of 4194304 exceeded", "ERR_BAD_RESPONSE"),
    ResponseError,
    "the answer of https://evs.example is too large to be one of this API. Check the endpoint, and whether a proxy answers in its place.",
  ],
  ["half of one", answered(200, "{"), NetworkError, `the answer of https://evs.example broke off: aborted. ${checks}`],
  ...[300, 301, 302, 399].map((status): [string, AxiosError, typeof NetworkError, string] => [
    `HTTP ${status}`,
    answered(status, "secret"),
    NetworkError,
    `https://evs.example answered with a redirect (HTTP ${status}), which is not followed so that no credential goes to another host. Check the endpoint.`,
  ]),
  [
    "a refused connection",
    new AxiosError("connect ECONNREFUSED 127.0.0.1:9", "ECONNREFUSED"),
    NetworkError,
    `cannot reach https://evs.example: connect ECONNREFUSED 127.0.0.1:9. ${checks}`,
  ],
  ["no words", new AxiosError("", "EPIPE"), NetworkError, `cannot reach https://evs.example: EPIPE. ${checks}`],
  ["nothing at all", new AxiosError(""), NetworkError, `cannot reach https://evs.example: no reason given. ${checks}`],
  ...["CERT_HAS_EXPIRED", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID", "ERR_SSL_X"].map(
    (code): [string, AxiosError, typeof NetworkError, string] => [
      code,
      new AxiosError("no trust", code),
      NetworkError,
      `cannot reach https://evs.example: no trust. ${untrusted}`,
    ],
  ),
  ...["certificate required", "bad certificate", "unknown ca", "handshake failure"].map(
    (words): [string, AxiosError, typeof NetworkError, string] => [
      words,
      new AxiosError(`ssl alert ${words}`, "ERR_SSL_X"),
      NetworkError,
      `cannot reach https://evs.example: ssl alert ${words}. ${wantsCertificate}`,
    ],
  ),
])("%s", (_, error, kind, happened) => {
  const made = family(error, call());
  expect(made).toBeInstanceOf(kind);
  expect(made.message).toBe(start + happened);
  // That of the call, over all its tries.
  expect(made).toMatchObject({ outcome: "refused" });
  expect(family(error, Object.assign(call(), { outcome: "unknown" }))).toMatchObject({ outcome: "unknown" });
});

it("an error of the service has its words, its request ID, and how often it was tried", () => {
  const error = answered(500, '{"code":"TEST.1","message":"no"}', { "X-Request-Id": "id" });
  const made = family(error, call({ tries: 3 }));
  expect(made).toBeInstanceOf(ApiError);
  expect(made.message).toBe(`${start}no (TEST.1, HTTP 500, request ID id) after 3 tries in 1.5 s.`);
  expect((family(answered(500, undefined), call()) as ApiError).reason).toBe("the answer has no body");
});

it("says why there was no further try", () => {
  const error = answered(429, '{"code":"TEST.1","message":"no"}');
  expect(family(error, call({ tooLongDelayMs: 90_001 })).message).toBe(
    `${start}no (TEST.1, HTTP 429). The next try would be in 91 s, and a call may take 60 s in all (front:requestTimeout).`,
  );
});

it.each([new AxiosError("token T1 refused", "EPIPE"), answered(500, '{"code":"TEST.1","message":"token T1 refused"}')])(
  "quotes no secret",
  (error) => {
    const made = call();
    made.secrets.add("T1");
    expect(family(error, made).message).toMatch(/token \*\*\* refused/);
  },
);

it("keeps the cause of a broken connection", () => {
  const cause = new Error("because");
  const error = Object.assign(new AxiosError("broken", "ECONNRESET"), { cause });
  expect(family(error, call()).cause).toBe(cause);
});

it.each([new ConfigurationError("ours"), new TypeError("a mistake")])("leaves %s as it is", (error) => {
  expect(family(error, call())).toBe(error);
});

it.each<[string, unknown, string]>([
  ["no answer", new AxiosError("timeout", "ECONNABORTED"), "no answer from https://evs.example"],
  ["a host that was given up", new GivenUp("silent", 60_000), "no answer from https://evs.example"],
  ["a host that breaks", new GivenUp("unreachable", 60_000, "ECONNRESET"), "ECONNRESET at https://evs.example"],
  ["a host without a code", new GivenUp("unreachable", 60_000), "no connection at https://evs.example"],
  ["a host that fails", new GivenUp("failing", 60_000, "HTTP 503"), "HTTP 503 at https://evs.example"],
  ["an error of a gateway", answered(503, ""), "HTTP 503 at https://evs.example"],
  ["a host that throttles", new GivenUp("throttling", 60_000), "too many requests at https://evs.example"],
  ["a redirect", answered(302, ""), "a redirect from https://evs.example"],
  [
    "too much",
    new AxiosError("maxContentLength size of 4194304 exceeded", "ERR_BAD_RESPONSE"),
    "too large an answer from https://evs.example",
  ],
  ["a refused connection", new AxiosError("no", "ECONNREFUSED"), "ECONNREFUSED at https://evs.example"],
  ["no code", new AxiosError("no"), "no connection at https://evs.example"],
])("tells what is the same for all calls: %s", (_, error, commonCause) => {
  expect(family(error, call())).toMatchObject({ commonCause });
  expect(family(error, call({ tries: 3 }))).toMatchObject({ commonCause });
});

it.each<[GivenUp, string]>([
  [new GivenUp("silent", 60_000), "has not answered"],
  [new GivenUp("unreachable", 60_000, "ECONNREFUSED"), "could not be reached (ECONNREFUSED)"],
  [new GivenUp("failing", 60_000, "HTTP 503"), "has answered every request with an error (HTTP 503)"],
  [new GivenUp("throttling", 60_000), "has throttled every request"],
])("says why a host was given up: %s", (error, what) => {
  const made = family(error, call());
  expect(made).toBeInstanceOf(TimeoutError);
  expect(made.message).toBe(
    `${start}https://evs.example ${what} for 60 s, so nothing more is sent to it in this run. ` +
      "Check the network and any proxy, or run again later; front:requestTimeout changes the limit.",
  );
});

it.each([400, 500, 501, 505])("does not say of an error of status %d that it is about the host", (status) => {
  expect((family(answered(status, ""), call()) as ApiError).commonCause).toBeUndefined();
});

describe("whether anything was sent", () => {
  const connecting = (code: string) => Object.assign(new Error(code), { syscall: "connect", code });
  const reading = (code: string) => Object.assign(new Error(code), { syscall: "read", code });
  const failed = (code: string | undefined, cause?: unknown) =>
    Object.assign(new AxiosError("failed", code), cause === undefined ? {} : { cause });

  it.each<[string, () => AxiosError, boolean]>([
    ["a name that does not resolve", () => failed("ENOTFOUND"), true],
    ["a name that does not resolve now", () => failed("EAI_AGAIN"), true],
    ["a refused connection", () => failed("ECONNREFUSED"), true],
    ["a server that is not trusted", () => failed("CERT_HAS_EXPIRED"), true],
    ["a connection that takes too long", () => failed("ETIMEDOUT", connecting("ETIMEDOUT")), true],
    ["a connection that breaks", () => failed("ECONNRESET", reading("ECONNRESET")), false],
    ["a cause that is no call of the system", () => failed("ECONNRESET", new Error("socket hang up")), false],
    ["a cause that is no error", () => failed("ECONNRESET", "connect"), false],
    ["no cause", () => failed("ECONNRESET"), false],
    ["no code", () => failed(undefined), false],
    ["a code that ends so", () => failed("NOT_EAI_"), false],
    [
      "several addresses, none of which answers",
      () => failed("ETIMEDOUT", new AggregateError([connecting("ETIMEDOUT"), connecting("ENETUNREACH")])),
      true,
    ],
    [
      "several addresses, of which one has answered",
      () => failed("ECONNRESET", new AggregateError([connecting("ETIMEDOUT"), reading("ECONNRESET")])),
      false,
    ],
  ])("%s", (_, make, isTrue) => {
    expect(neverLeft(make())).toBe(isTrue);
    expect(mayHaveBeenApplied(make())).toBe(!isTrue);
  });

  it("there was an answer", () => {
    expect(neverLeft(Object.assign(answered(503, ""), { code: "ECONNREFUSED" }))).toBe(false);
    expect([200, 408, 503, 400, 429].map((status) => mayHaveBeenApplied(answered(status, "")))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(mayHaveBeenApplied(new TypeError("a mistake"))).toBe(false);
  });
});
