// The format of temporary access keys in answers of IAM and the instance metadata.

import { parseAnswer } from "../transport/answer";
import type { RawResponse } from "../transport/request";
import type { RequestContext } from "../transport/sentence";
import { z } from "../transport/zod";

/** A temporary access key with its security token. */
export interface TemporaryKey {
  accessKey: string;
  secretKey: string;
  securityToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** A part of a credential as a service issues it: printable, and short enough for a header. */
export const issued = z
  .string()
  .max(16 * 1024, "is too long for a credential")
  .regex(/^[!-~]+$/, "does not have the format of a credential");

const answer = z.object({
  credential: z.object({ access: issued, secret: issued, securitytoken: issued, expires_at: z.string() }),
});

export function toTemporaryKey(response: RawResponse, context: RequestContext): TemporaryKey {
  const { credential } = parseAnswer(response, answer, context);
  return {
    accessKey: credential.access,
    secretKey: credential.secret,
    securityToken: credential.securitytoken,
    expiresAt: Date.parse(credential.expires_at),
  };
}
