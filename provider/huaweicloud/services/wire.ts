// Headers, error codes and error texts shared by all services.

export const headers = {
  token: "X-Auth-Token",
  project: "X-Project-Id",
  signedDate: "X-Sdk-Date",
  securityToken: "X-Security-Token",
  metadataToken: "X-Metadata-Token",
  identityProvider: "X-Idp-Id",
  issuedToken: "x-subject-token",
};

/** Codes of an expired or revoked token. Their statuses differ (KMS answers 403), so the code decides. */
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

/** The gateway uses one code for every authentication failure; only its text distinguishes them. */
export const gatewayAuthenticationCode = /^APIGW?\.0301$/;
export const wrongSecretWords = /verify aksk signature fail/i;
export const unknownKeyWords = /ak not exist/i;
export const lockedKeyWords = /reach the limit/i;
export const staleKeyWords = inOrder(/security.?token/i, /expire|invalid/i);
export const missingSecurityTokenWords = inOrder(/security.?token/i, /missing/i);
const staleTokenItself = inOrder(/(?<!security.?)token/i, /invalid|expired/i);
export const staleTokenWords: Words = {
  test: (text) => /decrypt token|token expires/i.test(text) || staleTokenItself.test(text),
};

/** Codes of a 401 that is not about the caller: EVS lacks the agency for KMS. */
export const codesAboutOthers: ReadonlySet<string> = new Set(["EVS.2143"]);

/** Codes of STS and of the policies that it evaluates. */
export const stsCode = /^(STS5|PAP5)\./;
/** Codes of the services themselves; the gateway has others. */
export const serviceCode = /^(EVS|KMS|IAM|STS5|PAP5)\./;

/** A test of an error's text. */
export interface Words {
  test(text: string): boolean;
}

/** Matches `first` followed by `second` anywhere later. One expression for both would take quadratic time. */
function inOrder(first: RegExp, second: RegExp): Words {
  return {
    test(text) {
      const at = text.search(first);
      return at >= 0 && second.test(text.slice(at));
    },
  };
}

/** Codes that are retried although their status is not, according to the service's table. */
export const retryableCodes: ReadonlySet<string> = new Set(["EVS.2044"]);
