// Credentials: an access key (AK/SK), permanent, or temporary with its security token. It cannot be renewed here.
import type { Setting } from "../settings";
import type { Credentials } from "./credentials";
import { incomplete } from "./incomplete";
import { signedCredentials } from "./signedCredentials";

export interface AccessKeySettings {
  accessKey: Setting | undefined;
  secretKey: Setting | undefined;
  securityToken: Setting | undefined;
}

/** `names` says where the two parts can be set, for the error about a missing one. */
export function fromAccessKey(
  { accessKey, secretKey, securityToken }: AccessKeySettings,
  names: { accessKey: string; secretKey: string },
): Credentials {
  if (!accessKey) throw incomplete(secretKey ?? securityToken, `no access key: set ${names.accessKey}`);
  if (!secretKey) throw incomplete(accessKey, `no secret key: set ${names.secretKey}`);
  const kind = securityToken ? "temporary access key" : "access key";
  const key = { accessKey: accessKey.value, secretKey: secretKey.value, securityToken: securityToken?.value };
  return signedCredentials(`${kind} (${accessKey.origin})`, async () => key, { oneForAllRegions: true });
}
