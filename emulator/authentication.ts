// Checks tokens and signatures, and whether the caller may use the project in the URI.

import { isEqual } from "./access";
import type { Cloud } from "./cloud/cloud";
import { Lockout } from "./cloud/lockout";
import { userPrincipal } from "./cloud/principals";
import type { Principal, Project } from "./cloud/state";
import { type CloudError, evsError, gatewayError, iam3Error, iamError, kmsError, type Service } from "./errors";
import * as inferred from "./inferred";
import type { Caller } from "./operation";
import { getCanonicalRequest, getSignature, parseAuthorization, parseSdkDate, type SignedRequest } from "./signature";

const maxSkewMs = 15 * 60 * 1000;
/** More than five wrong signatures in a row lock the access key for five minutes. */
const lockingFailure = 6;
const lockMs = 5 * 60 * 1000;

export interface Presented extends SignedRequest {
  service: Service;
  path: string;
}

export type AuthKind = "token" | "aksk" | "none";

export function authKindOf(headers: SignedRequest["headers"]): AuthKind {
  if (headers.authorization?.startsWith("SDK-") === true) return "aksk";
  return headers["x-auth-token"] === undefined ? "none" : "token";
}

export class Authentication {
  readonly #wrongSignatures = new Lockout(lockingFailure, lockMs);

  constructor(readonly cloud: Cloud) {}

  /** `now` is the server's time, which a fault may have set wrong. */
  authenticate(request: Presented, now: number): Caller {
    const kind = authKindOf(request.headers);
    if (kind === "none") throw gatewayError("APIGW.0301", "x-auth-token not found");
    if (kind === "aksk") return this.#bySignature(request, now);
    return this.callerOfToken(request.headers["x-auth-token"] ?? "", request, now);
  }

  callerOfToken(value: string, request: Presented, now: number): Caller {
    const token = this.cloud.sessions.token(value);
    if (token === undefined || !this.#exists(token.principal)) throw tokenRefused(request, "decrypt token fail");
    if (token.expiresAt <= now)
      throw tokenRefused(request, `token expires, expires_at: ${new Date(token.expiresAt).toISOString()}`);
    return { principal: token.principal, kind: "token", temporary: false, scope: token.scope };
  }

  #bySignature(request: Presented, now: number): Caller {
    const authorization = parseAuthorization(request.headers.authorization ?? "");
    if (authorization === undefined) throw gatewayError("APIGW.0301", "the Authorization header is malformed");
    const { accessKey, signedHeaders, signature } = authorization;
    if (this.#wrongSignatures.isLocked(accessKey, now))
      throw gatewayError("APIGW.0301", "AK access failed to reach the limit,forbidden");

    const holder = this.#holder(accessKey);
    if (holder === undefined) throw gatewayError("APIGW.0301", `Get secretKey failed,ak:${accessKey},err:ak not exist`);
    const date = request.headers["x-sdk-date"] ?? "";
    const time = parseSdkDate(date);
    if (time === undefined || !signedHeaders.includes("x-sdk-date"))
      throw gatewayError("APIGW.0301", "verify aksk signature fail, x-sdk-date is missing or not signed");
    if (Math.abs(time - now) > maxSkewMs) throw inferred.clockSkewed();

    const canonicalRequest = getCanonicalRequest(request, signedHeaders);
    if (!isEqual(signature, getSignature(canonicalRequest, date, holder.secretKey))) {
      this.#wrongSignatures.fail(accessKey, now);
      const echo = canonicalRequest.replaceAll("\n", "|");
      throw gatewayError("APIGW.0301", `verify aksk signature fail, canonical request: ${echo}`);
    }
    this.#wrongSignatures.clear(accessKey);
    if (holder.securityToken !== undefined) {
      if (request.headers["x-security-token"] !== holder.securityToken) throw inferred.securityTokenMissing();
      if (holder.expiresAt <= now) throw inferred.securityTokenExpired();
    }
    return { principal: holder.principal, kind: "aksk", temporary: holder.securityToken !== undefined };
  }

  #holder(accessKey: string) {
    const temporary = this.cloud.sessions.temporaryKey(accessKey);
    if (temporary !== undefined) return this.#exists(temporary.principal) ? temporary : undefined;
    const user = this.cloud.users.find((candidate) => candidate.accessKey === accessKey && candidate.enabled);
    if (user === undefined) return undefined;
    const principal = userPrincipal(user);
    return { secretKey: user.secretKey, securityToken: undefined, expiresAt: Number.POSITIVE_INFINITY, principal };
  }

  #exists(principal: Principal): boolean {
    const { cloud } = this;
    switch (principal.type) {
      case "user":
        return cloud.users.some((user) => user.id === principal.id && user.enabled);
      case "agency":
        return cloud.agencies.some((agency) => agency.id === principal.id);
      case "federated":
        return true;
    }
  }
}

/** Returns the project in the URI. Throws if the caller may not use it, or if it cannot be used. */
export function authorizeProject(cloud: Cloud, caller: Caller, request: Presented, projectId: string): Project {
  const project = ownProject(cloud, caller, request, projectId);
  if (cloud.isWithdrawn(request.service, project.region)) throw inferred.serviceNotInRegion();
  if (project.disabled === true) throw inferred.projectDisabled();
  return project;
}

function ownProject(cloud: Cloud, caller: Caller, request: Presented, projectId: string): Project {
  const project = cloud.project(projectId);
  const { scope } = caller;
  if (scope === undefined) {
    const signedFor = request.headers["x-project-id"] ?? projectId;
    if (cloud.project(signedFor)?.accountId !== caller.principal.accountId) throw inferred.projectOfAnotherAccount();
    if (signedFor !== projectId || project === undefined) throw projectMismatch(request.service);
    return project;
  }
  if (project === undefined && scope.type === "project" && scope.projectId === projectId)
    throw inferred.projectDeleted(request.service);
  const scoped = scope.type === "project" ? cloud.project(scope.projectId) : undefined;
  if (project !== undefined && scoped !== undefined && project.region !== scoped.region)
    throw gatewayError("APIGW.0307");
  if (project === undefined || scoped?.id !== project.id) throw projectMismatch(request.service);
  return project;
}

/** IAM refuses tokens itself; for the other services the gateway does. */
function tokenRefused(request: Presented, detail: string): CloudError {
  if (request.service !== "iam") return gatewayError("APIGW.0301", detail);
  if (!request.path.startsWith("/v3.0/")) return iamError(401, "The X-Auth-Token is invalid!");
  return iam3Error(detail.startsWith("token expires") ? "IAM.0066" : "IAM.0067");
}

function projectMismatch(service: Service): CloudError {
  return service === "kms" ? kmsError("KMS.0321") : evsError("Common.0018");
}
