// Why something was not checked, by the error that came in place of an answer.
import { ProjectNotFoundError } from "../../provider/huaweicloud/services/project";
import {
  ApiError,
  ConfigurationError,
  CredentialsError,
  NetworkError,
  ResponseError,
  TimeoutError,
} from "../../provider/huaweicloud/transport/errors";
import { notChecked, notReached } from "./cause";
import { Interrupted } from "./slots";

const api = (code: string, status = 400) =>
  new ApiError(`It said ${code}.`, code, status, undefined, "GET", "/x", "no");

it.each<[string, Error, string, string]>([
  ["the gateway throttles", api("APIGW.0308", 429), "throttled", "throttled"],
  ["an older gateway throttles", api("APIG.0308"), "throttled", "throttled"],
  ["IAM throttles", api("IAM.0012"), "throttled", "throttled"],
  ["any 429", api("HTTP 429", 429), "throttled", "throttled"],
  ["the API is not there", api("APIGW.0101", 404), "service-not-in-region", "service-not-in-region"],
  ["an older gateway: the API is not there", api("APIG.0101", 404), "service-not-in-region", "service-not-in-region"],
  ["the gateway refuses", api("APIGW.0302"), "no-permission", "account-not-reachable"],
  ["EVS refuses", api("EVS.5403"), "no-permission", "account-not-reachable"],
  ["KMS refuses", api("KMS.0306"), "no-permission", "account-not-reachable"],
  ["any 403", api("X.1", 403), "no-permission", "account-not-reachable"],
  ["a 401", api("APIGW.0301", 401), "credentials", "account-not-reachable"],
  ["a project that is gone", api("EVS.0001"), "no-permission", "account-not-reachable"],
  ["the service fails", api("EVS.5500", 500), "no-answer", "no-answer"],
  ["the request was cut", api("HTTP 408", 408), "no-answer", "no-answer"],
  ["anything else", api("KMS.0201"), "other", "account-not-reachable"],
  ["no answer in time", new TimeoutError("no answer within 60 s"), "no-answer", "no-answer"],
  ["given up", new TimeoutError("has throttled every request for 60 s"), "throttled", "throttled"],
  [
    "no such host",
    new NetworkError("cannot reach x: getaddrinfo ENOTFOUND x"),
    "service-not-in-region",
    "service-not-in-region",
  ],
  ["no connection", new NetworkError("cannot reach x: connect ECONNREFUSED"), "no-answer", "no-answer"],
  ["an answer that is none", new ResponseError("not JSON"), "no-answer", "no-answer"],
  ["no credentials", new CredentialsError("none"), "credentials", "account-not-reachable"],
  ["a project that nobody shows", new ProjectNotFoundError("none"), "credentials", "account-not-reachable"],
  ["an ID that is none", new ConfigurationError("no"), "credentials", "account-not-reachable"],
  ["the user", new Interrupted(), "interrupted", "interrupted"],
])("%s", (_, error, cause, ofAccount) => {
  expect(notChecked(error).cause).toBe(cause);
  expect(notReached(error).cause).toBe(ofAccount);
});

it("the reason is the error's message, or that of an interruption", () => {
  expect(notChecked(api("X"))).toEqual({ cause: "other", reason: "It said X." });
  expect(notReached(api("X")).reason).toBe("It said X.");
  expect(notChecked(new Interrupted()).reason).toBe("The audit was interrupted before.");
});

it("a defect of the command is named as one, in one line, and does not end the audit", () => {
  expect(notChecked(new TypeError("x is not\na function"))).toEqual({
    cause: "other",
    reason:
      "This is a defect of the audit; report it (see `bugs` in the package's package.json): TypeError: x is not a function",
  });
  expect(notReached(new TypeError("x")).cause).toBe("account-not-reachable");
});
