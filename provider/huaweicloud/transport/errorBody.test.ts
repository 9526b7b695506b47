// Every shape of body in use.
import { describeBody, parseErrorBody } from "./errorBody";

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

it("does not look for ever into what is nested", () => {
  const nested = (levels: number) => `${'{"a":'.repeat(levels)}{"code":"X.1","message":"m"}${"}".repeat(levels)}`;
  expect(parseErrorBody(nested(7))).toEqual({ code: "X.1", reason: "m" });
  expect(parseErrorBody(nested(8))).toEqual({});
  expect(parseErrorBody(nested(40_000))).toEqual({});
  expect(parseErrorBody(`${"[".repeat(100_000)}`)).toEqual({});
});

it("does not parse what is much larger than an error", () => {
  expect(parseErrorBody(JSON.stringify({ code: "X.1", message: "m".repeat(300_000) }))).toEqual({});
});

describe("what is no error in the service's format", () => {
  const describing = (body: string, type?: string) =>
    describeBody({ status: 502, headers: type === undefined ? {} : { "content-type": type }, body }, (text, limit) =>
      text.slice(0, limit),
    );
  const page = "the answer is an HTML page";
  const from = ", probably from a proxy";

  it.each([
    ["<html><title>502 Bad Gateway</title>", `${page} titled "502 Bad Gateway"${from}`],
    ["<!DOCTYPE html><TITLE> Sorry </TITLE>", `${page} titled "Sorry"${from}`],
    [`<html><title>${"x".repeat(100)}</title>`, `${page} titled "${"x".repeat(100)}"${from}`],
    [`<html><title>${"x".repeat(101)}</title>`, page + from],
    ["<html><title></title>", page + from],
    ["<html><title>of <b>two</b></title>", page + from],
    ["<html><title>without an end", page + from],
    ["<html><h1>no title</h1></html>", page + from],
    ["<html>x</title>", page + from],
    ["  ", "the answer has no body"],
  ])("%j", (body, expected) => {
    expect(describing(body, "text/html")).toBe(expected);
  });

  it("is told by its type and its first words, of JSON by its names", () => {
    const start = "the answer is not an error in the service's format";
    expect(describing("upstream 7", "text/plain")).toBe(`${start} (text/plain): upstream 7`);
    expect(describing('{"key":"s3cret","more":1}')).toBe(`${start} (no content type): JSON with key, more`);
    expect(describing("{}", "application/json")).toBe(`${start} (application/json): JSON with nothing`);
    expect(describing("x".repeat(33))).toBe(`${start} (no content type): ***`);
    expect(describing("no ".repeat(99))).toBe(`${start} (no content type): ${"no ".repeat(40)}`);
  });
});
