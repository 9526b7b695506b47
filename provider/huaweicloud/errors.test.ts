// How a response becomes an error: every shape of body in use, and a next step for every code that a user can meet.
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  HuaweiCloudError,
  mayHaveBeenApplied,
  NetworkError,
  parseErrorBody,
  plainHeaders,
  ResponseError,
  sentence,
  TimeoutError,
  toApiError,
} from "./errors";
import { remedies, remedyFor } from "./remedies";

const context = { action: "reading the default encryption key", region: "cn-north-4", project: "a-project" };
const request = { method: "GET", url: "https://evs.cn-north-4.myhuaweicloud.com/v5/a-project/default-encryption/key" };
const once = { count: 1, elapsedMs: 10 };
const errorOf = (status: number, body: unknown, headers: Record<string, string> = {}, more = {}): ApiError =>
  toApiError(
    { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) },
    request,
    { ...context, ...more },
    once,
  );

describe("the body of an error", () => {
  it.each<[string, unknown, object]>([
    [
      "the gateway's",
      { error_code: "APIGW.0308", error_msg: "m", request_id: "r" },
      { code: "APIGW.0308", reason: "m", bodyRequestId: "r" },
    ],
    ["camel case", { errorCode: "X.1", errorMsg: "m" }, { code: "X.1", reason: "m" }],
    ["plain", { code: "X.1", message: "m" }, { code: "X.1", reason: "m" }],
    ["EVS's", { error: { code: "EVS.2040", message: "m" } }, { code: "EVS.2040", reason: "m" }],
    ["EVS's, by its kind", { badRequest: { message: "m", code: "EVS.2040" } }, { code: "EVS.2040", reason: "m" }],
    ["KMS's", { error: { error_code: "KMS.0207", error_msg: "m" } }, { code: "KMS.0207", reason: "m" }],
    ["IAM's, whose code is the status", { error: { code: 401, message: "m", title: "Unauthorized" } }, { reason: "m" }],
    [
      "STS's",
      { error_code: "STS5.1106", error_msg: "m", encoded_authorization_message: "e" },
      { code: "STS5.1106", reason: "m" },
    ],
    [
      "first match wins",
      { code: "outer", message: "m", error: { code: "inner", message: "n" } },
      { code: "outer", reason: "m" },
    ],
    ["words without a code", { error_msg: "m" }, {}],
    ["a code without words", { error_code: "X.1" }, {}],
    ["words that are no text", { error_code: "X.1", error_msg: 1 }, {}],
    ["a code that is neither text nor number", { error_code: true, error_msg: "m" }, {}],
    [
      "one of two nested objects",
      { first: { hello: "world" }, error: { code: "X.1", message: "m" } },
      { code: "X.1", reason: "m" },
    ],
    ["a request ID that is no text", { request_id: 1, code: "X.1", message: "m" }, { code: "X.1", reason: "m" }],
    ["a request ID alone", { request_id: "r" }, { bodyRequestId: "r" }],
    ["no error at all", { hello: "world" }, {}],
    ["a list", [], {}],
    ["null", null, {}],
    ["not JSON", "<html>", {}],
    ["empty", "", {}],
  ])("%s", (_, body, expected) => {
    expect(parseErrorBody(typeof body === "string" ? body : JSON.stringify(body))).toEqual(expected);
  });
});

describe("the message", () => {
  it("says what was done where, the service's words, code, status, request ID, and what to do", () => {
    const body = { error: { code: "EVS.2040", message: "The status of encrypt Key is not enable!" } };
    const error = errorOf(400, body, { "x-request-id": "an-id", date: "Fri, 02 Jan 2026 03:04:05 GMT" });
    expect(error.message).toBe(
      "reading the default encryption key (project a-project in cn-north-4): The status of encrypt Key is not enable " +
        "(EVS.2040, HTTP 400, request ID an-id). Check the key in DEW > Key Management: it must be in this project and region, enabled, symmetric, and for encryption.",
    );
    expect(error).toMatchObject({
      name: "ApiError",
      code: "EVS.2040",
      status: 400,
      requestId: "an-id",
      method: "GET",
      path: "/v5/a-project/default-encryption/key",
      reason: "The status of encrypt Key is not enable!",
      serverTime: Date.UTC(2026, 0, 2, 3, 4, 5),
      stack: error.message,
    });
    expect(String(error)).toBe("ApiError");
    expect(error).toBeInstanceOf(HuaweiCloudError);
  });

  it("tells how many tries there were, and for how long", () => {
    const response = { status: 500, headers: {}, body: "" };
    const error = toApiError(response, request, { action: "x", region: "r" }, { count: 4, elapsedMs: 12_340 });
    expect(error.message).toBe("x (r): the answer has no body (HTTP 500) after 4 tries in 12.3 s.");
    expect(error.code).toBe("HTTP 500");
    expect(error.serverTime).toBeUndefined();
  });

  it.each([
    [
      "the gateway's header",
      { "x-request-id": "a", "x-iam-trace-id": "c" },
      { request_id: "b", error_code: "X", error_msg: "m" },
      "a",
    ],
    ["the body", { "x-iam-trace-id": "c" }, { request_id: "b", error_code: "X", error_msg: "m" }, "b"],
    ["IAM's header", { "x-iam-trace-id": "c" }, { error_code: "X", error_msg: "m" }, "c"],
    ["nowhere", {}, { error_code: "X", error_msg: "m" }, undefined],
  ])("takes the request ID from %s", (_, headers, body, expected) => {
    const error = errorOf(400, body, headers as unknown as Record<string, string>);
    expect(error.requestId).toBe(expected);
    expect(error.message.includes("request ID")).toBe(expected !== undefined);
  });

  it.each([
    ["", "the answer has no body"],
    ["  \n ", "the answer has no body"],
    [
      "<!DOCTYPE html><html><head><title> Bad  Gateway </title>",
      'the answer is an HTML page titled "Bad Gateway", probably from a proxy',
    ],
    [
      "<html><title>  \n Not\n Found \n</title>",
      'the answer is an HTML page titled "Not Found", probably from a proxy',
    ],
    ["<html><title>Down</title>", 'the answer is an HTML page titled "Down", probably from a proxy'],
    ["no <html>", "the answer is not an error of the service's form (text/plain): no <html>"],
    ["<html><body>no title", "the answer is an HTML page, probably from a proxy"],
    ["upstream down", "the answer is not an error of the service's form (text/plain): upstream down"],
    ["no ".repeat(90), `the answer is not an error of the service's form (text/plain): ${"no ".repeat(40)}`],
    [`token: ${"x".repeat(32)}`, "the answer is not an error of the service's form (text/plain): token: ***"],
    ['{"token":"x","id":1}', "the answer is not an error of the service's form (text/plain): JSON with token, id"],
    ["{}", "the answer is not an error of the service's form (text/plain): JSON with nothing"],
  ])("describes a body that is no error: %j", (body, expected) => {
    expect(errorOf(502, body, { "content-type": "text/plain" }).reason).toBe(expected);
  });

  it("says where a body without a type comes from", () => {
    expect(errorOf(502, "x").reason).toBe("the answer is not an error of the service's form (no content type): x");
  });

  it.each([
    ["no full stop twice.", "no full stop twice"],
    ["none!!  .", "none"],
    ["  some  ", "some"],
    ["v1.2 is gone", "v1.2 is gone"],
  ])("ends the service's words %j with its own full stop", (words, expected) => {
    const { message } = errorOf(400, { code: "TEST.1", message: words });
    expect(message).toBe(
      `reading the default encryption key (project a-project in cn-north-4): ${expected} (TEST.1, HTTP 400).`,
    );
  });

  it.each([
    ["verify aksk signature fail, canonical request: PUT|/v5/p|", "verify aksk signature fail"],
    ["verify aksk signature fail, canonicalRequest:PUT|/v5/p||host:x\nx-sdk-date:y", "verify aksk signature fail"],
    ["fail,canonicalRequest=POST |/v5/p|", "fail"],
    ["fail; a; request is GET|/v5/p|", "fail; a"],
    ["GET|/v5/p|host:x", ""],
    ["canonical request: GET|/v5/p|host:x", ""],
    ["GET it | now", "GET it | now"],
    ["BUDGET|2026", "BUDGET|2026"],
    ["DELETE|/v5", "DELETE|/v5"],
  ])("leaves out the request that the gateway quotes: %j", (words, expected) => {
    expect(errorOf(401, { code: "TEST.1", message: words }).reason).toBe(expected);
  });

  it("quotes no secret, and nothing else is taken for one", () => {
    const body = { code: "TEST.1", message: "Stryker was here: secret" };
    const response = { status: 400, headers: {}, body: JSON.stringify(body) };
    expect(toApiError(response, request, context, once, ["secret"]).reason).toBe("Stryker was here: ***");
    expect(toApiError(response, request, context, once).reason).toBe("Stryker was here: secret");
  });

  it("names the credentials where they are not accepted, and only there", () => {
    const more = { credentials: "token (HW_AUTH_TOKEN)" };
    const body = { error_code: "APIGW.0307", error_msg: "The token must be updated." };
    expect(errorOf(401, body, {}, more).message).toMatch(/ The credentials used: token \(HW_AUTH_TOKEN\)\.$/);
    expect(errorOf(401, body).message).not.toContain("credentials used");
    expect(errorOf(403, body, {}, more).message).toMatch(/ The credentials used: token \(HW_AUTH_TOKEN\)\.$/);
    expect(errorOf(404, body, {}, more).message).not.toContain("credentials used");
  });
});

describe("the family", () => {
  const apiError = (status: number) => new ApiError("m", "c", status, undefined, "GET", "/", "r");

  it.each<[string, HuaweiCloudError]>([
    ["ApiError", apiError(400)],
    ["NetworkError", new NetworkError("m")],
    ["TimeoutError", new TimeoutError("m")],
    ["ResponseError", new ResponseError("m")],
    ["CredentialsError", new CredentialsError("m")],
    ["ConfigurationError", new ConfigurationError("m")],
  ])("has %s, whose stack is its message and stays so", (name, error) => {
    expect([error.name, String(error), error.message, error.stack]).toEqual([name, name, "m", "m"]);
    expect(error).toBeInstanceOf(HuaweiCloudError);
    expect(() => {
      error.stack = "another";
    }).toThrow(TypeError);
    Object.defineProperty(error, "stack", { value: "a debugger's" }); // which may redefine it
    expect(error.stack).toBe("a debugger's");
  });

  it("keeps a cause", () => {
    const cause = new Error("because");
    expect(new NetworkError("m", { cause }).cause).toBe(cause);
  });

  it.each<[unknown, boolean]>([
    ...[500, 502, 503, 504, 408].map((status): [unknown, boolean] => [apiError(status), true]),
    ...[499, 400, 401, 404, 409, 429].map((status): [unknown, boolean] => [apiError(status), false]),
    [new ResponseError("m"), true],
    [new NetworkError("m"), true],
    [new TimeoutError("m"), true],
    [new CredentialsError("m"), false],
    [new ConfigurationError("m"), false],
    [new Error("m"), false],
    [undefined, false],
  ])("tells whether a write may have been applied", (error, may) => {
    expect(mayHaveBeenApplied(error)).toBe(may);
  });
});

it("puts sentences together", () => {
  const where = { action: "doing", region: "r" };
  expect(sentence(where, "it failed")).toBe("doing (r): it failed.");
  expect(sentence({ ...where, project: "p" }, "it failed", { count: 1, elapsedMs: 9 }, "Do this.")).toBe(
    "doing (project p in r): it failed. Do this.",
  );
  expect(sentence(where, "it failed", { count: 2, elapsedMs: 1234 })).toBe(
    "doing (r): it failed after 2 tries in 1.2 s.",
  );
});

it("takes headers in lower case, and as text", () => {
  expect(plainHeaders({ "X-Request-Id": "a", age: 5 })).toEqual({ "x-request-id": "a", age: "5" });
});

describe("a next step", () => {
  const codes = [
    ..."0001 0002 0003 1013 1018 1027 1052 1070 2001 2002 2005 2010 2013 2014 2023 2034 2035 2036 2040 2041 2042 2044 2055 2056 2105 2108 2143 2144 2145 5400 5401 5403 5404 5500 5503"
      .split(" ")
      .map((code) => `EVS.${code}`),
    "Common.0013",
    "Common.0018",
    ..."0101 0103 0104 0105 0106 0201 0301 0302 0303 0304 0305 0306 0307 0308 0310 0401 0402 0404 0601 0605 0606 0608 0609 0610 0611 0612 0613 0705 0801 0802"
      .split(" ")
      .map((code) => `APIGW.${code}`),
    ..."0001 0002 0003 0004 0006 0007 0011 0012 0061 0062 0064 0066 0067 0080 0081 0082 0083"
      .split(" ")
      .map((code) => `IAM.${code}`),
    ..."0201 0202 0203 0204 0205 0207 0209 0210 0301 0302 0303 0304 0305 0306 0307 0314 0320 0321 0326 0328 0330"
      .split(" ")
      .map((code) => `KMS.${code}`),
    "STS5.1106",
    "PAP5.0001",
    "HTTP 407",
  ];

  it.each(codes)("is known for %s", (code) => {
    expect(remedyFor(code, "")).toMatch(/^[A-Z].*\.$/);
  });

  it("is known for nothing that is not listed here", () => {
    expect([...remedies.keys()].filter((code) => !codes.includes(code))).toEqual([]);
  });

  it("is the same under the gateway's older name", () => {
    expect(remedyFor("APIG.0308", "")).toBe(remedyFor("APIGW.0308", ""));
    expect(remedyFor("APIG.0301", "decrypt token fail")).toBe(remedyFor("APIGW.0301", "decrypt token fail"));
  });

  it.each([
    ["verify aksk signature fail", /^The secret key does not fit the access key, or this machine's clock is wrong/],
    ["AK access failed to reach the limit,forbidden", /^The access key is locked for five minutes/],
    ["Get secretKey failed,ak:***,err:ak not exist", /^The access key does not exist/],
    ["decrypt token fail", /^Get a new token/],
    ["token expires, expires_at: 2026-01-01", /^Get a new token/],
    ["security token is expired", /^The temporary access key has ended/],
    [
      "the access key is temporary and x-security-token is missing or wrong",
      /^A temporary access key needs its security token/,
    ],
    ["the project does not belong to the account", /^The credentials belong to another project/],
    ["something new", /^Check the credentials\.$/],
  ])("for what the gateway means by %s", (reason, expected) => {
    expect(remedyFor("APIGW.0301", `Incorrect IAM authentication information: ${reason}`)).toMatch(expected);
  });

  it("is known for a wrong password, which has no code", () => {
    expect(remedyFor("HTTP 401", "The username or password is wrong.")).toMatch(/a HUAWEI ID cannot log in here/);
    expect(remedyFor("HTTP 418", "I am a teapot")).toBeUndefined();
  });
});
