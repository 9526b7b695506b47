// What all services share on the wire: headers, and the codes and words of their errors. What is one service's lies with it.

export const headers = {
  token: "X-Auth-Token",
  project: "X-Project-Id",
  signedDate: "X-Sdk-Date",
  securityToken: "X-Security-Token",
  metadataToken: "X-Metadata-Token",
  identityProvider: "X-Idp-Id",
  issuedToken: "x-subject-token",
};

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
export const staleKeyWords = inOrder(/security.?token/i, /expire|invalid/i);
export const missingSecurityTokenWords = inOrder(/security.?token/i, /missing/i);
const staleTokenItself = inOrder(/(?<!security.?)token/i, /invalid|expired/i);
export const staleTokenWords: Words = {
  test: (text) => /decrypt token|token expires/i.test(text) || staleTokenItself.test(text),
};

/** Codes of a 401 that is not about the caller: EVS lacks an agency to use KMS with. */
export const codesAboutOthers: ReadonlySet<string> = new Set(["EVS.2143"]);

/** Codes of STS and of the policies it asks. */
export const stsCode = /^(STS5|PAP5)\./;
/** Codes of the services themselves: what the gateway before them refuses has its own. */
export const serviceCode = /^(EVS|KMS|IAM|STS5|PAP5)\./;

/** Tells whether a text says something. */
export interface Words {
  test(text: string): boolean;
}

/** One after the other, with anything between. As one expression this would take quadratic time. */
function inOrder(first: RegExp, second: RegExp): Words {
  return {
    test(text) {
      const at = text.search(first);
      return at >= 0 && second.test(text.slice(at));
    },
  };
}

/** A code that is worth another try although its status is not: the service's own table says so. */
export const retryableCodes: ReadonlySet<string> = new Set(["EVS.2044"]);
