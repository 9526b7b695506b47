// Which failures are tried again, and after how long.
import { AxiosError, type AxiosResponse } from "./axios";
import { delayBefore, isRetryable, isThrottling, isTooLarge } from "./retry";

const answered = (status: number, body: unknown = "", headers: Record<string, string> = {}) =>
  new AxiosError("refused", "ERR_BAD_RESPONSE", undefined, undefined, {
    status,
    headers,
    data: typeof body === "string" ? body : JSON.stringify(body),
  } as AxiosResponse);
const failed = (code: string | undefined, message = "failed") => new AxiosError(message, code);

describe("a failure is tried again", () => {
  it.each([408, 429, 500, 502, 503, 504])("with status %i", (status) => {
    expect(isRetryable(answered(status))).toBe(true);
  });

  it.each([300, 302, 400, 401, 403, 404, 405, 407, 409, 413, 415, 501])("not with status %i", (status) => {
    expect(isRetryable(answered(status))).toBe(false);
  });

  it.each([
    ["EVS.2044, for which the service's own table says so", { error: { code: "EVS.2044", message: "m" } }, true],
    ["EVS.2040", { error: { code: "EVS.2040", message: "m" } }, false],
    ["no code", "<html>", false],
  ])("by the code in a 404: %s", (_, body, expected) => {
    expect(isRetryable(answered(404, body), new Set(["EVS.2044"]))).toBe(expected);
    expect(isRetryable(answered(404, body))).toBe(false);
  });

  it.each([
    "ECONNRESET",
    "ECONNREFUSED",
    "ETIMEDOUT",
    "ECONNABORTED",
    "EPIPE",
    "EAI_AGAIN",
    "ENETUNREACH",
    "EHOSTUNREACH",
    "ERR_NETWORK",
    "ERR_BAD_RESPONSE",
    "XCERT_NOT",
  ])("after %s", (code) => {
    expect(isRetryable(failed(code))).toBe(true);
  });

  it.each([
    "ENOTFOUND",
    "CERT_HAS_EXPIRED",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "SELF_SIGNED_CERT_IN_CHAIN",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
    "ERR_OSSL_X509_KEY_VALUES_MISMATCH",
    "HPE_INVALID_CONSTANT",
    "ERR_INVALID_URL",
    "ERR_BAD_REQUEST",
    "ERR_BAD_OPTION",
    "ERR_BAD_OPTION_VALUE",
    "ERR_CANCELED",
    "ERR_FR_TOO_MANY_REDIRECTS",
    undefined,
  ])("not after %s", (code) => {
    expect(isRetryable(failed(code))).toBe(false);
  });

  it("not where the answer is too large", () => {
    const error = failed("ERR_BAD_RESPONSE", "maxContentLength size of 10 exceeded");
    expect(isTooLarge(error)).toBe(true);
    expect(isRetryable(error)).toBe(false);
    expect(isTooLarge(failed("ERR_BAD_RESPONSE", "stream has been aborted"))).toBe(false);
  });

  it("not where it is a failure of this program", () => {
    expect(isRetryable(new TypeError("x is not a function") as AxiosError)).toBe(false);
  });
});

describe("the delay", () => {
  const random = () => 0.5;

  it.each([
    [1, 375],
    [2, 750],
    [3, 1500],
    [6, 12_000],
    [7, 15_000],
    [20, 15_000],
  ])("before try %i + 1 is %i ms: it doubles, up to 20 s, and a part of it is by chance", (count, expected) => {
    expect(delayBefore(count, answered(500), { random })).toBe(expected);
  });

  it.each([
    [0, 250],
    [1, 500],
  ])("is between half and all of it: chance %f, %i ms", (chance, expected) => {
    expect(delayBefore(1, answered(500), { random: () => chance })).toBe(expected);
  });

  it.each([
    [1, 0, 1000],
    [1, 1, 1500],
    [2, 0, 2000],
  ])("after throttling is a second at least: try %i, chance %f, %i ms", (count, chance, expected) => {
    expect(delayBefore(count, answered(429), { random: () => chance })).toBe(expected);
  });

  it.each([
    ["seconds", "7", 7000],
    ["a time", new Date(Date.UTC(2030, 0, 1, 0, 0, 9)).toUTCString(), 9000],
  ])("is what the service asks for, in %s, and a little more by chance", (_, asked, expected) => {
    jest.useFakeTimers({ now: Date.UTC(2030, 0, 1) });
    const error = answered(429, "", { "retry-after": asked });
    expect(delayBefore(3, error, { random: () => 0 })).toBe(expected);
    expect(delayBefore(3, error, { random: () => 1 })).toBe(expected + 200);
    expect(delayBefore(3, error, { random: () => 1, baseDelayMs: 1 })).toBe(expected + 1);
    jest.useRealTimers();
  });

  it.each([["0"], ["soon"], [new Date(Date.UTC(2020, 0, 1)).toUTCString()]])(
    "is ours where the service asks for none: %s",
    (asked) => {
      expect(delayBefore(1, answered(503, "", { "retry-after": asked }), { random })).toBe(375);
    },
  );

  it("is by chance where no chance is given", () => {
    const delay = delayBefore(1, answered(500), {});
    expect(delay).toBeGreaterThanOrEqual(250);
    expect(delay).toBeLessThanOrEqual(500);
  });
});

it.each([
  ["status 429", answered(429), true],
  ["a Retry-After", answered(503, "", { "retry-after": "2" }), true],
  ["neither", answered(503), false],
  ["no answer", failed("ECONNRESET"), false],
])("takes %s for throttling: %#", (_, error, expected) => {
  expect(isThrottling(error)).toBe(expected);
});

it("is about errors of axios only, and about whole messages and headers", () => {
  expect(isRetryable(Object.assign(new Error("a mistake"), { code: "ECONNRESET" }))).toBe(false);
  expect(isTooLarge(failed("ERR_BAD_RESPONSE", "no maxContentLength size"))).toBe(false);
  const asking = (asked: unknown) => isThrottling(answered(503, "", { "retry-after": asked as string }));
  expect(["1".padStart(64, "0"), "1".padStart(65, "0"), 1, ["1"], "x1", "1x", undefined].map(asking)).toEqual([
    true,
    ...Array.from({ length: 6 }, () => false),
  ]);
});
