// Errors on their way to the engine.
import * as grpc from "@grpc/grpc-js";
import { Refused, toServiceError } from "./failures";

it.each<[string, unknown, grpc.status, string]>([
  ["a refusal with its code", new Refused(grpc.status.UNIMPLEMENTED, "no"), grpc.status.UNIMPLEMENTED, "no"],
  ["an error by its message alone", new TypeError("wrong"), grpc.status.UNKNOWN, "wrong"],
  ["what is no error as text", "wrong", grpc.status.UNKNOWN, "wrong"],
  ["one line of whatever it says", new Error("a\u001b[31m\n::error::b"), grpc.status.UNKNOWN, "a ::error::b"],
  ["the beginning of what is too long", new Error("x".repeat(10_001)), grpc.status.UNKNOWN, `${"x".repeat(9999)}…`],
])("gives %s", (_, error, code, details) => {
  expect(toServiceError(error)).toEqual({ code, details });
});
