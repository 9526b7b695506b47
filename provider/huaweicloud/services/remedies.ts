// What a user can do about an error, by the service's code: the one table. docs/troubleshooting.md is made of it. Settings
// stand in braces, {projectId}, because each front has its own names for them.
import type { KeyOf } from "../transport/sentence";
import {
  gatewayAuthenticationCode,
  lockedKeyWords,
  missingSecurityTokenWords,
  staleKeyWords,
  staleTokenWords,
  unknownKeyWords,
  type Words,
  wrongSecretWords,
} from "./wire";

const signIn = "Get a new token or check the credentials, then run again.";
const permission =
  "The credentials lack the permission: grant the user EVS FullAccess (EVS ReadOnlyAccess is enough to read) and KMS read access in this project.";
/** The error of an account without the open beta is not documented: it may be any of EVS's refusals. */
const evsPermission = `${permission} If it has that already, the account may lack the open beta of default encryption: request it by a service ticket.`;
const iamPermission = "The user lacks this permission in IAM: let an administrator grant it, or use other credentials.";
const account = "Check the account in the console: arrears, real-name authentication, or a payment method.";
const agency =
  'EVS may not use KMS yet: create the agency EVSAccessKMS in IAM (the console offers it on "Create disk > Encryption"), then run again.';
const key =
  "Check the key in DEW > Key Management: it must be in this project and region, enabled, symmetric, and for encryption.";
const projectMismatch =
  "The credentials belong to another project or region than the request: check projectId and region ({projectId}, {region}).";
const again = "The service has a problem: run again later; nothing needs repair.";
const endpoint =
  "This host does not know the API: check region and endpoint; default encryption is in open beta and must be requested for the account by a service ticket.";
const ours =
  "The request was not understood, which is a defect of this package: report it with the request ID (see `bugs` in the package's package.json).";
const address = "This machine's address may not call the API: check the access rules of the account, or run elsewhere.";

export const remedies: ReadonlyMap<string, string> = new Map([
  ["EVS.0001", projectMismatch],
  ["EVS.0002", signIn],
  ["EVS.0003", evsPermission],
  ["EVS.1013", ours],
  ["EVS.1018", ours],
  ["EVS.1027", `${evsPermission} ${account}`],
  ["EVS.1052", ours],
  ["EVS.1070", ours],
  ["EVS.2001", again],
  ["EVS.2002", again],
  ["EVS.2005", again],
  ["EVS.2010", again],
  ["EVS.2013", again],
  ["EVS.2014", again],
  ["EVS.2023", again],
  ["EVS.2034", signIn],
  ["EVS.2035", signIn],
  ["EVS.2036", signIn],
  ["EVS.2040", key],
  ["EVS.2041", key],
  ["EVS.2042", again],
  ["EVS.2044", `${again} If it stays, check that the credentials may read KMS keys.`],
  ["EVS.2055", agency],
  ["EVS.2056", evsPermission],
  ["EVS.2105", key],
  ["EVS.2108", ours],
  ["EVS.2143", agency],
  ["EVS.2144", account],
  ["EVS.2145", account],
  ["EVS.5400", ours],
  ["EVS.5401", signIn],
  ["EVS.5403", evsPermission],
  ["EVS.5404", endpoint],
  ["EVS.5500", again],
  ["EVS.5503", again],
  ["Common.0013", signIn],
  ["Common.0018", projectMismatch],
  ["APIGW.0101", endpoint],
  ["APIGW.0103", again],
  ["APIGW.0104", again],
  ["APIGW.0105", again],
  ["APIGW.0106", again],
  ["APIGW.0201", again],
  ["APIGW.0302", permission],
  ["APIGW.0303", signIn],
  ["APIGW.0304", permission],
  ["APIGW.0305", signIn],
  ["APIGW.0306", permission],
  ["APIGW.0307", `${signIn} A token serves only the region that it was issued for.`],
  ["APIGW.0308", "The service throttles this account: run again in a minute, or with fewer resources at a time."],
  ["APIGW.0310", "The project is unavailable: check projectId, and the account in the console."],
  ["APIGW.0401", address],
  ["APIGW.0402", address],
  ["APIGW.0404", address],
  ["APIGW.0601", again],
  ["APIGW.0605", again],
  ["APIGW.0606", again],
  ["APIGW.0608", again],
  ["APIGW.0609", again],
  ["APIGW.0610", again],
  ["APIGW.0611", again],
  ["APIGW.0612", again],
  ["APIGW.0613", again],
  ["APIGW.0705", again],
  ["APIGW.0801", again],
  ["APIGW.0802", "The user may not use this region: check region, or the user's permissions."],
  ["IAM.0001", signIn],
  ["IAM.0002", iamPermission],
  ["IAM.0003", iamPermission],
  ["IAM.0004", "Check the names of the agency and of the account that owns it (assumeRole)."],
  ["IAM.0006", again],
  ["IAM.0007", "Check what was set for this login: durations are 900 to 86400 seconds."],
  ["IAM.0011", ours],
  ["IAM.0012", "IAM throttles this account: run again in a minute."],
  ["IAM.0061", "The account is locked: wait until it unlocks, and check the password that this run uses."],
  ["IAM.0062", "Check the password."],
  ["IAM.0064", iamPermission],
  ["IAM.0066", signIn],
  ["IAM.0067", signIn],
  ["IAM.0080", "The user of this access key is disabled: enable it in IAM, or use another."],
  ["IAM.0081", "The user may only use the console: allow programmatic access in IAM."],
  ["IAM.0082", "The user is disabled: enable it in IAM, or use another."],
  ["IAM.0083", "The user may not use this region: check region, or the user's permissions."],
  ["PAP5.0001", "No policy allows this: grant sts:agencies:assume, and let the agency trust this account."],
  ["STS5.1106", "Check the agency: its name, and the ID of the account that owns it (assumeRole)."],
  ["KMS.0201", ours],
  ["KMS.0202", ours],
  ["KMS.0203", ours],
  ["KMS.0204", ours],
  ["KMS.0205", key],
  ["KMS.0207", key],
  ["KMS.0209", "Enable the key in DEW, or choose another."],
  ["KMS.0210", "Cancel the key's deletion in DEW and enable it, or choose another."],
  ["KMS.0301", signIn],
  ["KMS.0302", signIn],
  ["KMS.0303", signIn],
  ["KMS.0304", signIn],
  ["KMS.0305", projectMismatch],
  ["KMS.0306", permission],
  ["KMS.0307", permission],
  ["KMS.0314", account],
  ["KMS.0320", account],
  ["KMS.0321", projectMismatch],
  ["KMS.0326", permission],
  ["KMS.0328", account],
  ["KMS.0330", permission],
  ["HTTP 407", "The proxy requires a login: check HTTPS_PROXY."],
]);

/** The gateway has one code, APIGW.0301, for every failure of authentication: its text says which. */
export const gatewayRemedies: readonly { meaning: string; words: Words; remedy: string }[] = [
  {
    meaning: "the access key is locked",
    words: lockedKeyWords,
    remedy:
      "The access key is locked for five minutes, after more than five wrong signatures: wait, and check the secret key wherever it is used.",
  },
  {
    meaning: "the access key is unknown",
    words: unknownKeyWords,
    remedy: "The access key does not exist: check it (HW_ACCESS_KEY), or whether it was deleted in IAM.",
  },
  {
    meaning: "the temporary access key has expired",
    words: staleKeyWords,
    remedy: "The temporary access key has expired: get another one with its security token.",
  },
  {
    meaning: "the security token is missing",
    words: missingSecurityTokenWords,
    remedy: "A temporary access key needs its security token: set HW_SECURITY_TOKEN ({securityToken}).",
  },
  {
    meaning: "the signature is wrong",
    words: wrongSecretWords,
    remedy:
      "The secret key does not match the access key, or this machine's clock is wrong: check HW_SECRET_KEY. It is not tried again, because more than five wrong signatures lock the access key.",
  },
  { meaning: "the token is not valid", words: staleTokenWords, remedy: signIn },
  { meaning: "the project is another account's", words: /project/i, remedy: projectMismatch },
];

/** The next step for an error code, or `undefined` if none is known. */
export function remedyFor(code: string, reason: string, keyOf: KeyOf): string | undefined {
  const remedy = findRemedy(code, reason);
  return remedy && worded(remedy, keyOf);
}

/** The text with the names of settings filled in. */
export function worded(remedy: string, keyOf: KeyOf): string {
  return remedy.replace(/\{(\w+)\}/g, (_, setting: string) => keyOf(setting));
}

function findRemedy(code: string, reason: string): string | undefined {
  const known = remedies.get(code.replace(/^APIG\./, "APIGW."));
  if (known) return known;
  if (gatewayAuthenticationCode.test(code)) {
    return gatewayRemedies.find(({ words }) => words.test(reason))?.remedy ?? "Check the credentials.";
  }
  if (/username or password is wrong/i.test(reason)) {
    return "Check user name, password and account name; a HUAWEI ID cannot log in here: use an IAM user with programmatic access.";
  }
  return undefined;
}
