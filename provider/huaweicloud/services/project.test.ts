// Which errors say that the project is gone, and which may only say so.
import { ApiError, CredentialsError, NetworkError } from "../transport/errors";
import { ProjectNotFoundError, projectIsGone } from "./project";

const error = (status: number, code: string, reason = "", path = "/v5/p/default-encryption/key") =>
  new ApiError("message", code, status, undefined, "GET", path, reason);

it.each<[ReturnType<typeof projectIsGone>, unknown]>([
  ["gone", error(400, "EVS.0001", "invalid tenant id!")],
  ["gone", error(404, "HTTP 404", "Could not find project: p.", "/v3/auth/tokens")],
  ["maybe", error(404, "HTTP 404", "Could not find domain: d.", "/v3/auth/tokens")],
  ["maybe", new ProjectNotFoundError("no project of this name")],
  ["maybe", error(401, "APIGW.0301", "the project does not belong to the account")],
  ["maybe", error(403, "APIGW.0310", "The project is unavailable.")],
  ["maybe", error(403, "APIG.0302")],
  ["maybe", error(403, "EVS.1027")],
  ["maybe", error(400, "Common.0018")],
  [undefined, error(404, "HTTP 404", "Could not find project: p.", "/v3/projects")],
  [undefined, error(404, "APIGW.0101", "The API does not exist")],
  [undefined, error(401, "APIGW.0301", "decrypt token fail")],
  [undefined, error(401, "EVS.5401", "no project")],
  [undefined, error(400, "EVS.2040")],
  [undefined, new CredentialsError("none")],
  [undefined, new NetworkError("no answer about the project")],
  [undefined, undefined],
])("%s: %s", (expected, given) => {
  expect(projectIsGone(given)).toBe(expected);
});

it("is an error about credentials, as it always was", () => {
  expect(new ProjectNotFoundError("m")).toBeInstanceOf(CredentialsError);
});
