// Names on the wire: paths, headers and error codes of the Huawei Cloud APIs this project calls, each once.

/** EVS v5 default encryption. API reference: https://support.huaweicloud.com/intl/en-us/api-evs/UpdateDefaultKmsKeyId.html and its siblings. */
export const evsPaths = {
  key: (projectId: string) => `/v5/${projectId}/default-encryption/key`,
  resetKey: (projectId: string) => `/v5/${projectId}/default-encryption/key/reset`,
  enable: (projectId: string) => `/v5/${projectId}/default-encryption/enable`,
  disable: (projectId: string) => `/v5/${projectId}/default-encryption/disable`,
  status: (projectId: string) => `/v5/${projectId}/default-encryption/status`,
};

/** KMS. API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html and its siblings. */
export const kmsPaths = {
  describeKey: (projectId: string) => `/v1.0/${projectId}/kms/describe-key`,
  listKeys: (projectId: string) => `/v1.0/${projectId}/kms/list-keys`,
};

/** IAM. API reference: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html and its siblings. */
export const iamPaths = {
  tokens: "/v3/auth/tokens?nocatalog=true",
  idTokenTokens: "/v3.0/OS-AUTH/id-token/tokens",
  temporaryKeys: "/v3.0/OS-CREDENTIAL/securitytokens",
  projects: (name: string) => `/v3/projects?name=${encodeURIComponent(name)}`,
};

/** STS v5. API reference: https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html and its siblings. */
export const stsPaths = { assume: "/v5/agencies/assume", assumeWithOidc: "/v5/agencies/assume-with-oidc" };

/** Metadata of a cloud server, asked from itself. */
export const metadataPaths = {
  token: "/meta-data/latest/api/token",
  securityKey: "/openstack/latest/securitykey",
};

export const headers = {
  token: "X-Auth-Token",
  project: "X-Project-Id",
  signedDate: "X-Sdk-Date",
  securityToken: "X-Security-Token",
  metadataToken: "X-Metadata-Token",
  identityProvider: "X-Idp-Id",
  issuedToken: "x-subject-token",
  requestId: "x-request-id",
  iamTraceId: "x-iam-trace-id",
};

/** Characters of a KMS key ID: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html (letters go to z, not to f). */
export const kmsKeyIdForm = /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/i;

/** Alias of the key that EVS makes for itself in each project. */
export const evsDefaultKeyAlias = "evs/default";

/**
 * Codes that mean "this token is stale: get a new one and try once more".
 * They come with different statuses (KMS answers 403), so the code decides.
 */
export const staleTokenCodes: ReadonlySet<string> = new Set([
  "APIGW.0307",
  "APIG.0307",
  "EVS.0002",
  "Common.0013",
  "KMS.0301",
  "KMS.0302",
  "KMS.0303",
  "IAM.0066",
  "IAM.0067",
]);

/** The gateway uses one code for every authentication failure; only its words tell them apart. */
export const gatewayAuthenticationCode = /^APIGW?\.0301$/;
export const wrongSecretWords = /verify aksk signature fail/i;
export const unknownKeyWords = /ak not exist/i;
export const lockedKeyWords = /reach the limit/i;
export const signatureRefusalWords = /verify aksk signature fail|ak not exist|reach the limit/i;
export const staleKeyWords = /security.?token.*(expire|invalid)/i;
export const missingSecurityTokenWords = /security.?token.*missing/i;
export const staleTokenWords = /decrypt token|token expires|(?<!security.?)token.*(invalid|expired)/i;

/** A code that is worth another try although its status is not: the service's own table says so. */
export const retryableCodes: ReadonlySet<string> = new Set(["EVS.2044"]);
export const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
