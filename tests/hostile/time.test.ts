// A megabyte of the worst text costs a service nothing, and this process next to nothing: everything that looks at a text
// from outside takes linear time, or looks at its beginning only.
import { saysKeyIsStale, saysTokenIsStale } from "../../provider/huaweicloud/credentials/staleness";
import { projectIsGone } from "../../provider/huaweicloud/services/project";
import { gatewayRemedies, remedyFor } from "../../provider/huaweicloud/services/remedies";
import * as wire from "../../provider/huaweicloud/services/wire";
import { toApiError } from "../../provider/huaweicloud/transport/apiError";
import { parseErrorBody } from "../../provider/huaweicloud/transport/errorBody";
import { ApiError, ConfigurationError } from "../../provider/huaweicloud/transport/errors";
import { shown } from "../../provider/huaweicloud/transport/shown";
import { isLinear } from "./processorTime";

const megabyte = 1024 * 1024;
const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** Each begins what some expression looks for, and never ends it. */
const worst = [
  "a",
  "A=",
  " ",
  "\n",
  ". ",
  "!",
  ",",
  ":",
  "token ",
  "security token ",
  "securitytoken",
  "x-auth-token is ",
  "project",
  "GET   ",
  "GET |",
  "canonical request: ",
  "<title>",
  "<title> ",
  "<html",
  "::",
  "##",
  "##vso",
  "\u001b",
  "\u001b[",
  "\u001b[0",
  "\u001b]",
  "\u009d",
  "\u0000",
  "\u200b",
  "\ud800",
  "\\",
  "\\u",
  "\\u{",
  "\\u00",
  "%",
  "%2",
  "%25",
  "&",
  "&#",
  "&#x0",
  "&amp",
  "&amp;",
  "\\u005c",
  '{"a":',
  "[",
  '{"code":',
  '"',
  "username or password is ",
  "decrypt ",
  "verify aksk signature ",
  `${"x".repeat(31)} `,
];

const context = { action: "reading", region: "r" };
const request = { method: "GET", url: "https://evs.example/v5" };
const secrets = [`${"a".repeat(4000)}b`, "\\u0061".repeat(500), "%25".repeat(500), "pass word"];
const errorOf = (body: string, headers: Record<string, string> = {}) =>
  toApiError({ status: 401, headers, body }, request, {
    context,
    tries: { count: 1, elapsedMs: 1 },
    secrets,
    remedyFor: (code, reason) => remedyFor(code, reason, (name) => name),
  });
const quoting = (reason: string) => new ApiError("m", "APIGW.0301", 401, undefined, "GET", "/", reason);

const readers: [string, (text: string) => unknown][] = [
  ["shown", (text) => shown(text)],
  ["shown, without secrets", (text) => shown(text, { secrets })],
  ["an error's body", (text) => errorOf(text)],
  ["an error's headers", (text) => errorOf("", { "x-request-id": text, "content-type": text, date: text })],
  ["a message", (text) => new ConfigurationError(text)],
  ["the form of an error", (text) => parseErrorBody(text)],
  ["whether a token is stale", (text) => saysTokenIsStale(quoting(text))],
  ["whether a key is stale", (text) => saysKeyIsStale(quoting(text))],
  ["whether a project is gone", (text) => projectIsGone(quoting(text))],
  ["a remedy", (text) => remedyFor("APIGW.0301", text, (name) => name)],
  ...gatewayRemedies.map(({ meaning, words }): [string, (text: string) => unknown] => [
    meaning,
    (text) => words.test(text),
  ]),
  ...Object.entries(wire).flatMap(([name, value]): [string, (text: string) => unknown][] =>
    value instanceof RegExp ? [[name, (text) => value.test(text)]] : [],
  ),
];

/** The most that is parsed as JSON. */
const inJson = (text: string) => text.slice(0, 40_000);

it.each([
  ...readers.map(([name, read]) => ({ name, read, write: (text: string) => text })),
  {
    name: "an error's words",
    read: (text: string) => errorOf(text),
    write: (text: string) => JSON.stringify({ code: "X.1", message: text }),
  },
  {
    name: "an error's words that are parsed",
    read: (text: string) => errorOf(text),
    write: (text: string) => JSON.stringify({ code: "APIGW.0301", message: inJson(text) }),
  },
  {
    name: "an error's code",
    read: (text: string) => errorOf(text),
    write: (text: string) => JSON.stringify({ code: inJson(text), message: "m" }),
  },
])("$name", ({ read, write }) => {
  const slow = worst.filter((part) => {
    const [quarter, whole] = [megabyte / 4, megabyte].map((length) => write(filled(part, length)));
    return !isLinear(
      () => read(whole ?? ""),
      () => read(quarter ?? ""),
    );
  });
  expect(slow).toEqual([]);
});
