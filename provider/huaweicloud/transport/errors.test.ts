// The family of errors.
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  HuaweiCloudError,
  NetworkError,
  type Outcome,
  outcomeOf,
  ResponseError,
  TimeoutError,
  withOutcome,
} from "./errors";

describe("the family", () => {
  const apiError = (status: number) => new ApiError("m", "c", status, undefined, "GET", "/", "r");

  it.each<[string, () => HuaweiCloudError]>([
    ["ApiError", () => apiError(400)],
    ["NetworkError", () => new NetworkError("m")],
    ["TimeoutError", () => new TimeoutError("m")],
    ["ResponseError", () => new ResponseError("m")],
    ["CredentialsError", () => new CredentialsError("m")],
    ["ConfigurationError", () => new ConfigurationError("m")],
  ])("has %s, whose stack is its message and stays so", (name, make) => {
    const error = make();
    expect([error.name, String(error), error.message, error.stack]).toEqual([name, name, "m", "m"]);
    expect(error).toBeInstanceOf(HuaweiCloudError);
    expect(() => {
      error.stack = "another";
    }).toThrow(TypeError);
    Object.defineProperty(error, "stack", { value: "a debugger's" }); // which may redefine it
    expect(error.stack).toBe("a debugger's");
  });

  it("keeps a cause, and what other calls fail by too", () => {
    const cause = new Error("because");
    expect(new NetworkError("m", { cause, commonCause: "a host" })).toMatchObject({ cause, commonCause: "a host" });
    expect(new NetworkError("m").commonCause).toBeUndefined();
    expect("cause" in new NetworkError("m")).toBe(false);
  });

  it("has messages long enough for an error and for that of reading back", () => {
    expect(new NetworkError("m".repeat(9000)).message).toHaveLength(9000);
    expect(new NetworkError("m".repeat(11_000)).message).toHaveLength(10_000);
  });

  it.each<[string, () => unknown, Outcome]>([
    ...[500, 502, 503, 504, 408, 302].map((status): [string, () => unknown, Outcome] => [
      `HTTP ${status}`,
      () => apiError(status),
      "unknown",
    ]),
    ...[499, 400, 401, 404, 409, 429].map((status): [string, () => unknown, Outcome] => [
      `HTTP ${status}`,
      () => apiError(status),
      "refused",
    ]),
    ["an invalid answer", () => new ResponseError("m"), "unknown"],
    ["a broken connection", () => new NetworkError("m"), "unknown"],
    ["a connection that was refused", () => new NetworkError("m", { outcome: "refused" }), "refused"],
    ["no answer", () => new TimeoutError("m"), "unknown"],
    ["no credentials", () => new CredentialsError("m"), "refused"],
    ["an invalid setting", () => new ConfigurationError("m"), "refused"],
    ["a defect", () => new Error("m"), "unknown"],
    ["nothing", () => undefined, "unknown"],
  ])("tells what a write may have done: %s", (_, make, outcome) => {
    expect(outcomeOf(make())).toBe(outcome);
  });

  it("gives an error another outcome without changing it for those who share it", () => {
    const error = new ApiError("m", "c", 400, "id", "GET", "/", "r", 5, { cause: new Error("because") });
    const other = withOutcome(error, "unknown");
    expect(other).toBeInstanceOf(ApiError);
    expect([error.outcome, other.outcome]).toEqual(["refused", "unknown"]);
    expect(other).toMatchObject({ name: "ApiError", message: "m", stack: "m", code: "c", status: 400, serverTime: 5 });
    expect([other.cause, String(other)]).toEqual([error.cause, "ApiError"]);
    expect(Object.keys(other)).toContain("outcome");
    expect(withOutcome(error, "refused")).toBe(error);
  });
});
