// Credentials: the agency of the cloud server (ECS) that this runs on, from its instance metadata. The last source, because
// only a request shows whether it exists.
// API reference: https://support.huaweicloud.com/intl/en-us/usermanual-ecs/ecs_03_0166.html

import { isThisNode, quoted } from "../services/endpoints";
import { toTemporaryKey } from "../services/temporaryKey";
import { headers } from "../services/wire";
import type { Setting } from "../settings";
import {
  ApiError,
  CredentialsError,
  HuaweiCloudError,
  NetworkError,
  ResponseError,
  TimeoutError,
} from "../transport/errors";
import type { RawResponse } from "../transport/request";
import { sentence } from "../transport/sentence";
import type { CredentialContext, Credentials } from "./credentials";
import { signedCredentials } from "./signedCredentials";
import type { AccessKey } from "./signing";

const paths = {
  token: "/meta-data/latest/api/token",
  securityKey: "/openstack/latest/securitykey",
};
const linkLocal = "http://169.254.169.254";
const tokenLifetimeSeconds = 6 * 3600;

/** Errors if nothing listens at this address, or another cloud's metadata service does. */
const errorsIfAbsent = [NetworkError, TimeoutError, ApiError, ResponseError];

/** If no metadata service answers, `orElse` makes the error, which says what to set instead. */
export function fromInstanceMetadata(
  endpoint: Setting | undefined,
  orElse?: (error: HuaweiCloudError) => CredentialsError,
): Credentials {
  const base = endpoint ? baseOf(endpoint) : linkLocal;
  const source = "agency of this cloud server (instance metadata)";
  const obtain = async (context: CredentialContext) => {
    try {
      return await readKey(base, context);
    } catch (error) {
      const isAbsent = error instanceof HuaweiCloudError && errorsIfAbsent.some((kind) => error instanceof kind);
      if (orElse && isAbsent) throw orElse(error);
      throw error;
    }
  };
  return signedCredentials(source, obtain, { oneForAllRegions: true });
}

function baseOf({ value, origin }: Setting): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new CredentialsError(
      `${origin} must be a URL such as ${linkLocal}, without user name and password${quoted(value)}.`,
    );
  }
  if (url.protocol === "http:" && !isThisNode(url.hostname)) {
    throw new CredentialsError(`${origin} must be an https URL, or an http URL on this machine${quoted(value)}.`);
  }
  let base = value;
  while (base.endsWith("/")) base = base.slice(0, -1);
  return base;
}

async function readKey(base: string, { region, send }: CredentialContext): Promise<AccessKey> {
  const context = { action: "asking the instance metadata for credentials", region };
  const local = { context, instanceLocal: true };
  const token = await readToken();
  const response = await send({
    method: "GET",
    url: base + paths.securityKey,
    ...(token === undefined
      ? {}
      : { authorize: async () => ({ headers: { [headers.metadataToken]: token }, secrets: [token] }) }),
    ...local,
  }).catch((error) => {
    if (!(error instanceof ApiError) || !/configure Cloud Service Agency/i.test(error.reason)) throw error;
    throw new CredentialsError(
      "This cloud server has no agency and therefore no credentials: assign one in the console (ECS > Management Information > Agency), or set HW_ACCESS_KEY and HW_SECRET_KEY.",
    );
  });
  return toTemporaryKey(response, context);

  /** Version 2 of the metadata requires a token. Where it does not exist, version 1 requires none. */
  async function readToken(): Promise<string | undefined> {
    const ttl = { "X-Metadata-Token-Ttl-Seconds": String(tokenLifetimeSeconds) };
    let answered: RawResponse;
    try {
      answered = await send({
        method: "PUT",
        url: base + paths.token,
        authorize: async () => ({ headers: ttl, secrets: [] }),
        ...local,
      });
    } catch (error) {
      if (error instanceof ApiError && [404, 405, 503].includes(error.status)) return undefined;
      throw error;
    }
    const token = answered.body.trim();
    if (!/^[\x21-\x7e]{1,4096}$/.test(token)) throw new ResponseError(sentence(context, "the answer is not a token"));
    return token;
  }
}
