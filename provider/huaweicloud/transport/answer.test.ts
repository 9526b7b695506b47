// Answers that are successes by their status, but not by what is in them.

import { parseAnswer } from "./answer";
import { ResponseError } from "./errors";
import { z } from "./zod";

const context = { action: "reading the key", region: "cn-north-4", project: "p" };
const form = z.object({ key: z.object({ id: z.string() }) });
const parse = (body: string, headers: Record<string, string> = {}) =>
  parseAnswer({ status: 200, headers, body }, form, context);

it("gives what the form makes of it", () => {
  expect(parse('{"key":{"id":"x","more":1},"others":[]}')).toEqual({ key: { id: "x" } });
});

it("reads no header of a good answer, because to make one fit to be shown costs time", () => {
  const headers = {
    get "x-request-id"(): string {
      throw new Error("was read");
    },
  };
  expect(parse('{"key":{"id":"x"}}', headers)).toEqual({ key: { id: "x" } });
});

const start = "reading the key (project p in cn-north-4): ";
const question = "Check the endpoint, and whether a proxy answers in its place.";

it.each<[string, Record<string, string>, string]>([
  ["<html>", {}, `the answer is not JSON (no content type, HTTP 200). ${question}`],
  [
    "",
    { "content-type": "text/html", "x-request-id": "r" },
    `the answer is not JSON (text/html, HTTP 200, request ID r). ${question}`,
  ],
  [
    '{"key":{"id":1}}',
    { "x-request-id": "r" },
    "the answer does not match the API: key.id: Invalid input: expected string, received number (HTTP 200, request ID r).",
  ],
  ["[]", {}, "the answer does not match the API: body: Invalid input: expected object, received array (HTTP 200)."],
])("refuses %s", (body, headers, message) => {
  expect(() => parse(body, headers)).toThrow(ResponseError);
  expect(() => parse(body, headers)).toThrow(expect.objectContaining({ message: start + message }));
});
