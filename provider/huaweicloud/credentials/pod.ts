// Credentials: the agency of the pod that this runs in (CCE pod identity), from the address in the environment that the cluster
// sets.
import { isThisNode, quoted } from "../services/endpoints";
import { issued } from "../services/temporaryKey";
import type { Setting } from "../settings";
import { parseAnswer } from "../transport/answer";
import { CredentialsError } from "../transport/errors";
import { z } from "../transport/zod";
import type { CredentialContext, Credentials } from "./credentials";
import { incomplete } from "./incomplete";
import { signedCredentials } from "./signedCredentials";
import { readSmallFile } from "./smallFile";

/** The property names differ among the cluster's agents. */
const keys = z
  .looseObject({})
  .transform((body) => {
    const inner = body.credential ?? body.credentials ?? body;
    const named = (typeof inner === "object" && inner !== null ? inner : {}) as Record<string, unknown>;
    return {
      accessKey: named.access ?? named.accessKeyId ?? named.access_key_id,
      secretKey: named.secret ?? named.secretAccessKey ?? named.secret_access_key,
      securityToken: named.securitytoken ?? named.securityToken ?? named.security_token,
      expiresAt: named.expires_at ?? named.expiration,
    };
  })
  .pipe(
    z.object({
      accessKey: issued,
      secretKey: issued,
      securityToken: issued,
      expiresAt: z.string().transform((time) => Date.parse(time)),
    }),
  );

export function fromPodIdentity(uri: Setting | undefined, tokenFile: Setting | undefined): Credentials {
  if (!uri) throw incomplete(tokenFile, "no address: set HC_CONTAINER_CREDENTIALS_FULL_URI");
  if (!tokenFile) throw incomplete(uri, "no token file: set HC_CONTAINER_AUTHORIZATION_TOKEN_FILE");
  refuseUnsafeUrl(uri);
  const obtain = async ({ region, send }: CredentialContext) => {
    const context = { action: "asking the cluster for the pod's credentials", region };
    const token = readToken(tokenFile);
    const response = await send({
      method: "POST",
      url: uri.value,
      body: "{}",
      authorize: async () => ({ headers: { Authorization: token }, secrets: [token] }),
      instanceLocal: true,
      context,
    });
    return parseAnswer(response, keys, context);
  };
  return signedCredentials("agency of this pod (pod identity)", obtain, { oneForAllRegions: true });
}

/** The token must not leave the node unencrypted. */
function refuseUnsafeUrl({ value, origin }: Setting): void {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const local = url && isThisNode(url.hostname);
  if (url?.username || url?.password) throw new CredentialsError(`${origin} must not contain a user name or password.`);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && local)) return;
  throw new CredentialsError(`${origin} must be an https URL, or an http URL on this node${quoted(value)}.`);
}

function readToken({ value, origin }: Setting): string {
  const read = readSmallFile(value);
  if ("text" in read) return read.text.trim();
  // The value is not quoted: it may be the token itself, put there by mistake.
  throw new CredentialsError(
    `${origin} names a file that cannot be read (${read.reason}): give the path of the file with the pod's token.`,
  );
}
