// The family of errors.
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  HuaweiCloudError,
  mayHaveBeenApplied,
  NetworkError,
  ResponseError,
  TimeoutError,
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
