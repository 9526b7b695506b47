// The errors that faults name by a status or a code alone, in the shape of the service.

import {
  CloudError,
  type ErrorShape,
  evsError,
  gatewayError,
  iam3Error,
  iamError,
  kmsError,
  organizationsError,
  type Service,
  shapeOf,
  stsError,
} from "./errors";

interface StatusFault {
  status: number;
  retryAfter?: number | "date" | undefined;
  shape?: ErrorShape | undefined;
}

export function errorOfStatus(fault: StatusFault, service: Service | undefined, path: string, now: number): CloudError {
  const { code, message, shape } = known(fault.status, fault.shape ?? usualShape(fault.status, service, path));
  return new CloudError(shape, fault.status, code, message, retryAfterHeader(fault.retryAfter, now));
}

function retryAfterHeader(retryAfter: number | "date" | undefined, now: number): Record<string, string> {
  if (retryAfter === undefined) return {};
  // An HTTP date has no fractions. It is rounded up, so that no client comes back too early.
  if (retryAfter === "date") return { "Retry-After": new Date(Math.ceil(now / 1000) * 1000 + 1000).toUTCString() };
  return { "Retry-After": String(retryAfter) };
}

/** What each service answers to a token that has expired. */
export function staleTokenError(service: Service | undefined, path: string): CloudError {
  switch (shapeOf(service, path)) {
    case "evs":
      return evsError("Common.0013");
    case "kms":
      return kmsError("KMS.0303");
    case "iam":
      return iamError(401, "The X-Auth-Token is invalid!");
    case "iam3":
      return iam3Error("IAM.0066");
    default:
      return gatewayError("APIGW.0307");
  }
}

/** The gateway answers throttling and unreachable services, but IAM throttles itself. */
function usualShape(status: number, service: Service | undefined, path: string): ErrorShape {
  if (status === 429) return service === "iam" ? "iam3" : "gateway";
  return status === 502 || status === 504 ? "gateway" : shapeOf(service, path);
}

function known(status: number, shape: ErrorShape): { shape: ErrorShape; code: string; message: string } {
  const found = byStatus(status, shape);
  return { shape, code: found?.code ?? fallbackCode[shape], message: found?.message ?? `Scripted status ${status}.` };
}

function byStatus(status: number, shape: ErrorShape): CloudError | undefined {
  const candidates: Record<ErrorShape, CloudError[]> = {
    gateway: [
      gatewayError("APIGW.0301", "decrypt token fail"),
      gatewayError("APIGW.0302"),
      gatewayError("APIGW.0101"),
      gatewayError("APIGW.0308", "policy user over ratelimit,limit:1,time:1 second"),
      gatewayError("APIGW.0601"),
      gatewayError("APIGW.0201"),
      gatewayError("APIGW.0613"),
      new CloudError("gateway", 504, "APIGW.0201", "Backend timeout."),
    ],
    iam: [
      iamError(400, "The request body is invalid"),
      iamError(401, "The X-Auth-Token is invalid!"),
      iamError(403, "You have no right to do this action."),
      iamError(404, "The requested resource could not be found."),
      iamError(500, "An unexpected error prevented the server from fulfilling your request."),
      iamError(503, "The service is currently unavailable."),
    ],
    iam3: [
      iam3Error("IAM.0011"),
      iam3Error("IAM.0067"),
      iam3Error("IAM.0002"),
      iam3Error("IAM.0012"),
      iam3Error("IAM.0006"),
    ],
    kms: [kmsError("KMS.0308"), kmsError("KMS.0307"), kmsError("KMS.0207"), kmsError("KMS.0100"), kmsError("KMS.0104")],
    evs: [
      evsError("EVS.2108"),
      evsError("EVS.2143"),
      evsError("EVS.1027"),
      evsError("EVS.2044"),
      evsError("EVS.5500"),
      evsError("EVS.5503"),
    ],
    organizations: [organizationsError("Organizations.1002"), organizationsError("Organizations.1007")],
    sts: [stsError(500, "STS5.0002", "internal error"), stsError(503, "STS5.0003", "service unavailable")],
  };
  return candidates[shape].find((error) => error.status === status);
}

const fallbackCode: Record<ErrorShape, string> = {
  gateway: "APIGW.0601",
  iam: "",
  iam3: "IAM.0006",
  kms: "KMS.0100",
  evs: "EVS.5500",
  sts: "STS5.0002",
  organizations: "Organizations.1004",
};
