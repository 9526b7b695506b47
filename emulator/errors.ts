// Every error the emulator answers: one base class, the documented codes of each service, and the shape of each on the wire.

export type ErrorShape = "gateway" | "iam" | "iam3" | "kms" | "evs" | "sts" | "organizations";
export type Service = "iam" | "kms" | "evs" | "sts" | "organizations" | "metadata";

/** An error of the cloud as its client sees it. `code` is the service's own; IAM v3 shows only the status as its code. */
export class CloudError extends Error {
  override readonly name = "CloudError";

  constructor(
    readonly shape: ErrorShape,
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
  }
}

/** The shape in which a service writes its own errors; for an unknown service, the gateway answers. */
export function shapeOf(service: Service | undefined, path: string): ErrorShape {
  switch (service) {
    case "evs":
    case "kms":
    case "sts":
    case "organizations":
      return service;
    case "iam":
      return path.startsWith("/v3.0/") ? "iam3" : "iam";
    default:
      return "gateway";
  }
}

type Entry = readonly [status: number, message: string];

const gatewayCodes = {
  "APIGW.0101": [404, "The API does not exist or has not been published in the environment."],
  "APIGW.0201": [502, "Backend unavailable."],
  "APIGW.0301": [401, "Incorrect IAM authentication information"],
  "APIGW.0302": [403, "The IAM user is not authorized to access the API."],
  "APIGW.0307": [401, "The token must be updated."],
  "APIGW.0308": [429, "The throttling threshold has been reached"],
  "APIGW.0310": [403, "The project is unavailable."],
  "APIGW.0601": [500, "Internal server error."],
  "APIGW.0610": [502, "No backend available."],
  "APIGW.0613": [503, "The IAM service is currently unavailable."],
  "APIGW.0802": [403, "The IAM user is forbidden in the currently selected region."],
} satisfies Record<string, Entry>;

const evsCodes = {
  "EVS.0001": [400, "invalid tenant id!"],
  "EVS.0002": [400, "invalid token!"],
  "EVS.0003": [403, "invalid token roles!"],
  "EVS.1018": [400, "Type conversion error , parameter type is unexpected"],
  "EVS.1027": [403, "user role is not allowed for this action!"],
  "EVS.1052": [400, "invalid http body!"],
  "EVS.1070": [400, "invalid request."],
  "EVS.2040": [400, "The status of encrypt Key is not enable!"],
  "EVS.2041": [400, "The encrypt Param is invalid!"],
  "EVS.2042": [500, "Failed to create cmk."],
  "EVS.2044": [404, "Failed to check the role of kms."],
  "EVS.2055": [400, "can not create encrypt volume because hasn't xrole."],
  "EVS.2056": [403, "action in pdp check deny!"],
  "EVS.2108": [400, "Request body is invalid."],
  "EVS.2143": [401, "You need to create an agency for this project for the first time ever"],
  "EVS.5403": [403, "Policy check failed."],
  "EVS.5500": [500, "Internal server error."],
  "EVS.5503": [503, "Service unavailable."],
  "Common.0013": [400, "Invalid token in the header."],
  "Common.0018": [400, "Invalid token in the header"],
} satisfies Record<string, Entry>;

const kmsCodes = {
  "KMS.0100": [500, "KMS internal error."],
  "KMS.0104": [503, "The service is temporarily unavailable."],
  "KMS.0202": [400, "The request message is not in JSON format."],
  "KMS.0204": [400, "A mandatory parameter is missing in the request."],
  "KMS.0205": [400, "The key ID is invalid."],
  "KMS.0207": [404, "The key does not exist."],
  "KMS.0209": [400, "The key has been disabled."],
  "KMS.0210": [400, "The key is pending deletion and cannot be used."],
  "KMS.0211": [400, "This operation is not allowed on default master keys."],
  "KMS.0301": [403, "The token is null or cannot be verified."],
  "KMS.0302": [403, "The token is invalid."],
  "KMS.0303": [403, "The token has expired."],
  "KMS.0305": [403, "The project name in the token is invalid."],
  "KMS.0307": [403, "You do not have permission to call this API."],
  "KMS.0308": [400, "The parameter is invalid."],
  "KMS.0325": [400, "This operation is not allowed on asymmetric keys."],
  "KMS.0321": [403, "The project in the URI differs from the project of the token."],
  "KMS.1104": [400, "The key alias already exists."],
  "KMS.1201": [400, "The key is not disabled."],
  "KMS.1301": [400, "The key is not enabled."],
  "KMS.1401": [400, "pending_days must be in the range 7 to 1096."],
  "KMS.1402": [400, "The key is already pending deletion."],
  "KMS.1501": [400, "The key is not pending deletion."],
  "KMS.1601": [400, "The limit is invalid."],
  "KMS.1602": [400, "The marker must be greater than or equal to 0."],
} satisfies Record<string, Entry>;

const iam3Codes = {
  "IAM.0001": [401, "Authentication is required."],
  "IAM.0002": [403, "You have no right to do this action."],
  "IAM.0004": [404, "The requested resource could not be found."],
  "IAM.0006": [500, "Internal server error."],
  "IAM.0007": [400, "The request parameter is invalid."],
  "IAM.0011": [400, "The request body is invalid."],
  "IAM.0012": [429, "The request has been throttled."],
  "IAM.0066": [401, "The token has expired."],
  "IAM.0067": [401, "The token is invalid."],
} satisfies Record<string, Entry>;

const organizationsCodes = {
  "Organizations.1001": [401, "This operation can be called only from the management account of an organization."],
  "Organizations.1002": [
    401,
    "This operation can be called only from the management account of an organization or by a member account that is a delegated administrator for a service.",
  ],
  "Organizations.1007": [403, "Policy does not allow the operation to be performed."],
} satisfies Record<string, Entry>;

export type GatewayCode = keyof typeof gatewayCodes;
export type EvsCode = keyof typeof evsCodes;
export type KmsCode = keyof typeof kmsCodes;
export type Iam3Code = keyof typeof iam3Codes;
export type OrganizationsCode = keyof typeof organizationsCodes;

/** The gateway puts what it found after the message: `Incorrect IAM authentication information: decrypt token fail`. */
export function gatewayError(code: GatewayCode, detail?: string, headers?: Record<string, string>): CloudError {
  const [status, message] = gatewayCodes[code];
  return new CloudError("gateway", status, code, withDetail(message, detail), headers);
}

function withDetail(message: string, detail: string | undefined): string {
  return detail === undefined ? message : `${message.replace(/\.$/, "")}: ${detail}`;
}

export function evsError(code: EvsCode): CloudError {
  const [status, message] = evsCodes[code];
  return new CloudError("evs", status, code, message);
}

export function kmsError(code: KmsCode): CloudError {
  const [status, message] = kmsCodes[code];
  return new CloudError("kms", status, code, message);
}

export function iam3Error(code: Iam3Code): CloudError {
  const [status, message] = iam3Codes[code];
  return new CloudError("iam3", status, code, message);
}

export function iamError(status: number, message: string): CloudError {
  return new CloudError("iam", status, String(status), message);
}

/** Those of organizationsCodes are documented. A request that Organizations cannot read has a status and code of inferred.ts. */
export function organizationsError(code: OrganizationsCode): CloudError {
  const [status, message] = organizationsCodes[code];
  return new CloudError("organizations", status, code, message);
}

export function stsError(status: number, code: string, message: string): CloudError {
  return new CloudError("sts", status, code, message);
}

/** For scripted faults, which name any code; one that is not known here is a 500. */
export function gatewayErrorNamed(code: string, detail?: string): CloudError {
  const [status, message] = Object.entries<Entry>(gatewayCodes).find(([known]) => known === code)?.[1] ?? [
    500,
    "Scripted error.",
  ];
  return new CloudError("gateway", status, code, withDetail(message, detail));
}

const titles: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

type ToBody = (error: CloudError, requestId: string) => unknown;

const flat: ToBody = (error, requestId) => ({
  error_code: error.code,
  error_msg: error.message,
  request_id: requestId,
});

const bodies: Record<ErrorShape, ToBody> = {
  gateway: flat,
  iam: (error) => ({
    error: { code: error.status, message: error.message, title: titles[error.status] ?? "Error" },
  }),
  iam3: (error) => ({ error_code: error.code, error_msg: error.message }),
  kms: (error) => ({ error: { error_code: error.code, error_msg: error.message } }),
  evs: (error) => ({ error: { code: error.code, message: error.message } }),
  organizations: flat,
  sts: (error, requestId) =>
    error.status === 403
      ? { ...(flat(error, requestId) as object), encoded_authorization_message: "RW11bGF0b3I=" }
      : flat(error, requestId),
};

export function toErrorBody(error: CloudError, requestId: string): unknown {
  return bodies[error.shape](error, requestId);
}
