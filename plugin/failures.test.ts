// Errors on their way to the engine.
import * as grpc from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { InitializationFailed } from "../provider/protocol";
import { HalfMade, Refused, toServiceError } from "./failures";
import { toStruct } from "./values";

it.each<[string, unknown, grpc.status, string]>([
  ["a refusal with its code", new Refused(grpc.status.UNIMPLEMENTED, "no"), grpc.status.UNIMPLEMENTED, "no"],
  ["an error by its message alone", new TypeError("wrong"), grpc.status.UNKNOWN, "wrong"],
  ["what is no error as text", "wrong", grpc.status.UNKNOWN, "wrong"],
  ["one line of whatever it says", new Error("a\u001b[31m\n::error::b"), grpc.status.UNKNOWN, "a ::error::b"],
  ["the beginning of what is too long", new Error("x".repeat(10_001)), grpc.status.UNKNOWN, `${"x".repeat(9999)}…`],
])("gives %s", (_, error, code, details) => {
  expect(toServiceError(error)).toEqual({ code, details });
});

it("gives what is half made as it is, with what the engine records", () => {
  const failed = new InitializationFailed("the ID", { region: "a" }, "not confirmed");
  const record = {
    properties: toStruct({ region: "b" }),
    inputs: toStruct({ region: "c" }),
    refreshesBeforeUpdate: true,
  };
  const error = new HalfMade(failed, record);
  expect(toServiceError(error)).toBe(error);
  expect(error).toMatchObject({ code: grpc.status.UNKNOWN, message: failed.message, details: failed.message });
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  const status = Status.deserializeBinary(bytes as Buffer);
  expect([status.getCode(), status.getMessage()]).toEqual([grpc.status.UNKNOWN, failed.message]);
  const [detail, ...others] = status.getDetailsList();
  expect(others).toEqual([]);
  expect(detail?.getTypeUrl()).toBe("type.googleapis.com/pulumirpc.ErrorResourceInitFailed");
  const recorded = ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  expect([recorded.getId(), recorded.getReasonsList(), recorded.getRefreshBeforeUpdate()]).toEqual([
    "the ID",
    ["not confirmed"],
    true,
  ]);
  expect(recorded.getProperties()?.toJavaScript()).toEqual({ region: "b" });
  expect(recorded.getInputs()?.toJavaScript()).toEqual({ region: "c" });
});

it("names the errors, for logs", () => {
  const failed = new InitializationFailed("the ID", {}, "not confirmed");
  const record = { properties: toStruct({}), inputs: toStruct({}), refreshesBeforeUpdate: false };
  expect(String(new Refused(grpc.status.UNIMPLEMENTED, "no"))).toBe("Refused: no");
  expect(String(new HalfMade(failed, record))).toBe(`HalfMade: ${failed.message}`);
});
