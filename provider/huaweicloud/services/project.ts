// What an error says about the project itself: whether it still exists.
import { ApiError, CredentialsError } from "../transport/errors";
import { gatewayAuthenticationCode } from "./wire";

/** IAM lists no project of this name: it does not exist, or the credentials lack the permission. */
export class ProjectNotFoundError extends CredentialsError {}

/** IAM's login: the only call that names a project in its body. */
const loginPath = "/v3/auth/tokens";

/** EVS: "invalid tenant id!", where the tenant is the project. */
const unknownProjectCode = "EVS.0001";

/** Codes of a missing permission, or of a deleted project that had granted it. */
const doubtfulCodes: ReadonlySet<string> = new Set([
  "EVS.0003",
  "EVS.1027",
  "EVS.2056",
  "EVS.5403",
  "EVS.5404",
  "Common.0018",
  "APIGW.0302",
  "APIGW.0310",
]);

/**
 * Whether the error of a call of EVS, of a login, or of a look-up of the project's ID says that the project does not exist.
 * `maybe` if a lost permission would look the same; `undefined` if the error is about something else. *Inferred* from the
 * tables of error codes: which error a deleted project gets is not documented.
 */
export function projectIsGone(error: unknown): "gone" | "maybe" | undefined {
  if (error instanceof ProjectNotFoundError) return "maybe";
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === unknownProjectCode) return "gone";
  // "project/domain not found": the text says which of the two.
  if (error.status === 404 && error.path === loginPath) return /project/i.test(error.reason) ? "gone" : "maybe";
  const aboutProject = gatewayAuthenticationCode.test(error.code) && /project/i.test(error.reason);
  return aboutProject || doubtfulCodes.has(error.code.replace(/^APIG\./, "APIGW.")) ? "maybe" : undefined;
}
