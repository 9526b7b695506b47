// What Huawei Cloud does not document, so that the emulator had to choose. Change it here if the real service is seen to do
// something else.

import {
  CloudError,
  evsError,
  gatewayError,
  iamError,
  kmsError,
  organizationsError,
  type Service,
  stsError,
} from "./errors";

/** `GET key` of a project whose key was never set. An absent or null value would be as likely. */
export const keyIdNeverSet = "";

/** The first enable takes evs/default. The page does not say whether a key that was set before is kept. */
export const firstEnableReplacesKey = true;

/** Enabling without the agency EVSAccessKMS. EVS.2055 (400) is as likely; clients mistake the 401 for bad credentials. */
export const agencyMissing = (): CloudError => evsError("EVS.2143");

/** Any of the six calls in an account that was not admitted to the beta. */
export const betaNotGranted = (): CloudError => evsError("EVS.5403");

/** The key does not exist in this project. */
export const keyUnknown = (): CloudError => evsError("EVS.2041");

/** The key exists, and is disabled, pending deletion or pending import. */
export const keyNotEnabled = (): CloudError => evsError("EVS.2040");

/** The key is asymmetric, or not for encryption. */
export const keyUnsuitable = (): CloudError => evsError("EVS.2041");

/** Symmetric keys that EVS can encrypt a disk with. */
export const suitableKeySpecs: readonly string[] = ["AES_256", "SM4"];

/** The caller lacks the permission. */
export const permissionDenied: Record<Service, () => CloudError> = {
  evs: () => evsError("EVS.1027"),
  kms: () => kmsError("KMS.0307"),
  iam: () => iamError(403, "You have no right to do this action."),
  sts: () => stsError(403, "PAP5.0001", "access denied: the action is not allowed by any policy"),
  organizations: () => organizationsError("Organizations.1007"),
  metadata: () => gatewayError("APIGW.0302"),
};

/** A token for a project that has been deleted since then. The token is still valid, the project is unknown. */
export const projectDeleted = (service: Service): CloudError =>
  service === "kms" ? kmsError("KMS.0305") : evsError("EVS.0001");

/** Signed with a good key for a project that is not the signer's, or that does not exist. */
export const projectOfAnotherAccount = (): CloudError =>
  gatewayError("APIGW.0301", "the project does not belong to the account of the access key");

/** A disabled project, in all services. */
export const projectDisabled = (): CloudError => gatewayError("APIGW.0310");

/** A service that a region does not have. On the real cloud, the name of its host may be unknown instead. */
export const serviceNotInRegion = (): CloudError => gatewayError("APIGW.0101");

/** The query of a list of disks does not fit. */
export const diskQueryInvalid = (): CloudError => evsError("EVS.1070");

/** Rotation of evs/default, which cannot be switched on. */
export const rotationOfServiceKey = (): CloudError => kmsError("KMS.0211");

/** Organizations takes signed requests, and tokens of the account as a whole. This is what a token of a project gets. */
export const accountTokenMissing = (): CloudError => gatewayError("APIGW.0302");

/** A limit or a marker that Organizations cannot read. */
export const organizationsQueryInvalid = (): CloudError =>
  new CloudError("organizations", 400, "Organizations.1017", "Invalid request parameters.");

/** No such root or unit in the caller's organization. */
export const parentUnknown = (): CloudError =>
  new CloudError("organizations", 404, "Organizations.1112", "The parent does not exist.");

/** So many wrong passwords in a row lock the user, for so long. An account's own policy may say otherwise. */
export const wrongPasswordsBeforeLock = 5;
export const passwordLockMs = 15 * 60 * 1000;

/** A locked user, whatever the password. IAM.0061 is documented for other calls of IAM; a log-in has another shape. */
export const userLocked = (): CloudError => iamError(401, "The account is locked.");

/** The date in the signature is more than 15 minutes off. */
export const clockSkewed = (): CloudError =>
  gatewayError("APIGW.0301", "verify aksk signature fail, x-sdk-date is expired");

/** A temporary access key that has expired, or that is sent without its security token. */
export const securityTokenExpired = (): CloudError => gatewayError("APIGW.0301", "security token is expired");
export const securityTokenMissing = (): CloudError =>
  gatewayError("APIGW.0301", "the access key is temporary and x-security-token is missing or wrong");

/** A token instead of a signature: the v5 calls of STS take no tokens. */
export const signatureMissing = (): CloudError =>
  gatewayError("APIGW.0301", "the Authorization header is missing: this API takes signed requests only");

/** What STS answers to an ID token whose signature, time or audience is wrong. */
export const idTokenRefused = (reason: string): CloudError =>
  stsError(401, "STS5.1108", `the id token is invalid: ${reason}`);
