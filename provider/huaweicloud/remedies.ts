// What a user can do about an error, by the service's code: the one table.

const signIn = "Get a new token or check the credentials, then run again.";
const permission =
  "The credentials lack the permission: grant the user EVS FullAccess (EVS ReadOnlyAccess is enough to preview) and KMS read access in this project.";
/** Which error an account without the open beta gets is not documented: any of those that EVS refuses a caller with. */
const evsPermission = `${permission} If it has that already, the account may lack the open beta of default encryption: request it by a service ticket.`;
const account = "Check the account in the console: arrears, real-name authentication, or a payment method.";
const agency =
  'EVS may not use KMS yet: create the agency EVSAccessKMS in IAM (the console offers it on "Create disk > Encryption"), then run again.';
const key =
  "Check the key in DEW > Key Management: it must be in this project and region, enabled, symmetric, and for encryption.";
const projectMismatch =
  "The credentials belong to another project or region than the request: check projectId and region (huaweicloud:projectId, huaweicloud:region).";
const again = "This is on the service's side: run again in a while; nothing needs repair first.";

const remedies: ReadonlyMap<string, string> = new Map([
  ["EVS.0001", projectMismatch],
  ["EVS.0002", signIn],
  ["EVS.0003", evsPermission],
  ["EVS.1027", `${evsPermission} ${account}`],
  ["EVS.2001", again],
  ["EVS.2002", again],
  ["EVS.2005", again],
  ["EVS.2023", again],
  ["EVS.2014", again],
  ["EVS.2040", key],
  ["EVS.2041", key],
  ["EVS.2042", again],
  ["EVS.2044", `${again} If it stays, check that the credentials may read KMS keys.`],
  ["EVS.2055", agency],
  ["EVS.2056", evsPermission],
  ["EVS.2105", key],
  ["EVS.2143", agency],
  ["EVS.2144", account],
  ["EVS.2145", account],
  ["EVS.5401", signIn],
  ["EVS.5403", evsPermission],
  ["EVS.5500", again],
  ["EVS.5503", again],
  ["Common.0013", signIn],
  ["Common.0018", projectMismatch],
  [
    "APIGW.0101",
    "This host does not know the API: check region and endpoint; default encryption is in open beta and must be requested for the account by a service ticket.",
  ],
  ["APIGW.0302", permission],
  ["APIGW.0307", `${signIn} A token serves only the region that it was issued for.`],
  ["APIGW.0308", "The service throttles this account: run again in a minute, or lower the engine's --parallel."],
  ["APIGW.0310", "The project is unavailable: check projectId, and the account in the console."],
  ["APIGW.0802", "The user may not use this region: check region, or the user's permissions."],
  ["IAM.0001", signIn],
  ["IAM.0002", permission],
  ["IAM.0003", permission],
  ["IAM.0061", "The account is locked: wait until it unlocks, and check the password that this run uses."],
  ["IAM.0062", "Check the password."],
  ["IAM.0064", permission],
  ["IAM.0066", signIn],
  ["IAM.0067", signIn],
  ["IAM.0012", "IAM throttles this account: run again in a minute."],
  ["IAM.0080", "The user of this access key is disabled: enable it in IAM, or use another."],
  ["IAM.0081", "The user may only use the console: allow programmatic access in IAM."],
  ["IAM.0082", "The user is disabled: enable it in IAM, or use another."],
  ["KMS.0205", key],
  ["KMS.0207", key],
  ["KMS.0209", "Enable the key in DEW, or choose another."],
  ["KMS.0210", "Cancel the key's deletion in DEW and enable it, or choose another."],
  ["KMS.0301", signIn],
  ["KMS.0302", signIn],
  ["KMS.0303", signIn],
  ["KMS.0306", permission],
  ["KMS.0307", permission],
  ["KMS.0314", account],
  ["KMS.0321", projectMismatch],
  ["KMS.0326", permission],
  ["KMS.0328", account],
  ["KMS.0330", permission],
  ["HTTP 407", "The proxy wants a login: check HTTPS_PROXY."],
]);

/** The next step for an error code, or nothing where none is known. */
export function remedyFor(code: string, reason: string): string | undefined {
  const known = remedies.get(code.replace(/^APIG\./, "APIGW."));
  if (known) return known;
  if (/^APIGW?\.0301$/.test(code)) return gatewayAuthentication(reason);
  if (/username or password is wrong/i.test(reason)) {
    return "Check user name, password and account name; a HUAWEI ID cannot log in here: use an IAM user with programmatic access.";
  }
  return undefined;
}

/** The gateway has one code for everything that can be wrong with a login; its words tell which. */
function gatewayAuthentication(reason: string): string {
  if (/token/i.test(reason)) return signIn;
  return "Check the credentials.";
}
