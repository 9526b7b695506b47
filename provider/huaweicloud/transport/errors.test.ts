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

  it.each<[unknown, Outcome]>([
    ...[500, 502, 503, 504, 408, 302].map((status): [unknown, Outcome] => [apiError(status), "unknown"]),
    ...[499, 400, 401, 404, 409, 429].map((status): [unknown, Outcome] => [apiError(status), "refused"]),
    [new ResponseError("m"), "unknown"],
    [new NetworkError("m"), "unknown"],
    [new NetworkError("m", { outcome: "refused" }), "refused"],
    [new TimeoutError("m"), "unknown"],
    [new CredentialsError("m"), "refused"],
    [new ConfigurationError("m"), "refused"],
    [new Error("m"), "unknown"],
    [undefined, "unknown"],
  ])("tells what a write may have done: %s, %s", (error, outcome) => {
    expect(outcomeOf(error)).toBe(outcome);
  });

  it("gives an error another outcome without changing it for those who share it", () => {
    const error = new ApiError("m", "c", 400, "id", "GET", "/", "r", 5, { cause: new Error("because") });
    const other = withOutcome(error, "unknown");
    expect(other).toBeInstanceOf(ApiError);
    expect([error.outcome, other.outcome]).toEqual(["refused", "unknown"]);
    expect(other).toMatchObject({ name: "ApiError", message: "m", stack: "m", code: "c", status: 400, serverTime: 5 });
    expect([other.cause, String(other)]).toEqual([error.cause, "ApiError"]);
    expect(withOutcome(error, "refused")).toBe(error);
  });
});
