// Applies an operation: authenticates the caller, authorizes the call, then calls the handler.

import { type Authentication, authorizeProject, type Presented } from "./authentication";
import { refuseWithoutBeta } from "./cloud/defaultEncryption";
import { isAllowed } from "./cloud/permissions";
import { type CloudError, evsError, iam3Error, iamError, kmsError, shapeOf, stsError } from "./errors";
import * as inferred from "./inferred";
import type { Answer, Call, Caller } from "./operation";
import type { Match } from "./services/registry";

export interface Arrival extends Presented {
  query: URLSearchParams;
  now: number;
}

export function dispatch(authentication: Authentication, { operation, params }: Match, arrival: Arrival): Answer {
  const { cloud } = authentication;
  const authenticate = (): Caller => authentication.authenticate(arrival, arrival.now);
  const call = (): Call => ({
    cloud,
    params,
    authenticate,
    callerOfToken: (token) => authentication.callerOfToken(token, arrival, arrival.now),
    now: arrival.now,
    query: arrival.query,
    headers: arrival.headers,
    body: parseJson(arrival),
  });

  if (operation.auth === "none") return operation.handle(call());
  const caller = authenticate();
  const project =
    operation.auth === "project" ? authorizeProject(cloud, caller, arrival, params.project_id ?? "") : undefined;
  if (operation.permission !== undefined && !isAllowed(caller.principal, operation.permission))
    throw inferred.permissionDenied[operation.service]();
  if (operation.auth === "caller") return operation.handle({ ...call(), caller });
  if (project === undefined) throw new Error(`${operation.name} was reached without a project`);
  if (operation.beta === true) refuseWithoutBeta(cloud, project);
  return operation.handle({ ...call(), caller, project });
}

function parseJson(arrival: Arrival): unknown {
  if (arrival.body.length === 0) return undefined;
  try {
    return JSON.parse(arrival.body.toString("utf8"));
  } catch {
    throw malformedBody(arrival);
  }
}

function malformedBody({ service, path }: Arrival): CloudError {
  switch (shapeOf(service, path)) {
    case "evs":
      return evsError("EVS.1052");
    case "kms":
      return kmsError("KMS.0202");
    case "iam3":
      return iam3Error("IAM.0011");
    case "sts":
      return stsError(400, "STS5.0001", "the request body is not valid JSON");
    default:
      return iamError(400, "The request body is invalid");
  }
}
