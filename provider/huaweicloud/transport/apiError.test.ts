// How a response becomes an error.
import { keyOf } from "../../dynamic/front";
import { remedyFor } from "../services/remedies";
import { toApiError } from "./apiError";
import { type ApiError, HuaweiCloudError } from "./errors";

const context = { action: "reading the default encryption key", region: "cn-north-4", project: "a-project" };
const request = { method: "GET", url: "https://evs.cn-north-4.myhuaweicloud.com/v5/a-project/default-encryption/key" };
const once = { count: 1, elapsedMs: 10 };
const errorOf = (status: number, body: unknown, headers: Record<string, string> = {}, more = {}): ApiError =>
  toApiError({ status, headers, body: typeof body === "string" ? body : JSON.stringify(body) }, request, {
    context: { ...context, ...more },
    tries: once,
    remedyFor: (code, reason) => remedyFor(code, reason, keyOf),
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
    const error = toApiError(response, request, {
      context: { action: "x", region: "r" },
      tries: { count: 4, elapsedMs: 12_340 },
    });
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
    ["no <html>", "the answer is not an error in the service's format (text/plain): no <html>"],
    ["<html><body>no title", "the answer is an HTML page, probably from a proxy"],
    ["upstream down", "the answer is not an error in the service's format (text/plain): upstream down"],
    ["no ".repeat(90), `the answer is not an error in the service's format (text/plain): ${"no ".repeat(40)}`],
    [`token: ${"x".repeat(32)}`, "the answer is not an error in the service's format (text/plain): token: ***"],
    ['{"token":"x","id":1}', "the answer is not an error in the service's format (text/plain): JSON with token, id"],
    ["{}", "the answer is not an error in the service's format (text/plain): JSON with nothing"],
  ])("describes a body that is no error: %j", (body, expected) => {
    expect(errorOf(502, body, { "content-type": "text/plain" }).reason).toBe(expected);
  });

  it("says where a body without a type comes from", () => {
    expect(errorOf(502, "x").reason).toBe("the answer is not an error in the service's format (no content type): x");
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

  it("leaves nothing of words that are full stops", () => {
    expect(errorOf(400, { code: "TEST.1", message: "..." }).message).toContain("in cn-north-4): (TEST.1, HTTP 400).");
  });

  it.each([
    ["verify aksk signature fail, canonical request: PUT|/v5/p|", "verify aksk signature fail"],
    ["verify aksk signature fail, canonicalRequest:PUT|/v5/p||host:x\nx-sdk-date:y", "verify aksk signature fail"],
    ["fail,canonicalRequest=POST |/v5/p|", "fail"],
    ["fail; a; request is GET|/v5/p|", "fail; a"],
    ["verify: fail, canonical request: GET|/v5/p|", "verify: fail"],
    ["GET|/v5/p|host:x", ""],
    ["canonical request: GET|/v5/p|host:x", ""],
    ["GET it | now", "GET it | now"],
    ["BUDGET|2026", "BUDGET|2026"],
    ["DELETE|/v5", "DELETE|/v5"],
  ])("leaves out the request that the gateway quotes: %j", (words, expected) => {
    expect(errorOf(401, { code: "TEST.1", message: words }).reason).toBe(expected);
  });

  it.each([500, 501, 502, 503, 504, 505])("says of HTTP %d whether it is about the host", (status) => {
    const isAboutHost = status > 501 && status < 505;
    const commonCause = `HTTP ${status} at https://evs.cn-north-4.myhuaweicloud.com`;
    expect(errorOf(status, "").commonCause).toBe(isAboutHost ? commonCause : undefined);
  });

  it("quotes no secret, and nothing else is taken for one", () => {
    const body = { code: "TEST.1", message: "Stryker was here: secret" };
    const response = { status: 400, headers: {}, body: JSON.stringify(body) };
    expect(toApiError(response, request, { context, tries: once, secrets: ["secret"] }).reason).toBe(
      "Stryker was here: ***",
    );
    expect(toApiError(response, request, { context, tries: once }).reason).toBe("Stryker was here: secret");
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
