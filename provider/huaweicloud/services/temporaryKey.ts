// The form in which IAM and the instance metadata give out temporary access keys.

import { parseAnswer } from "../transport/answer";
import type { RawResponse } from "../transport/request";
import type { RequestContext } from "../transport/sentence";
import { z } from "../transport/zod";

/** An access key that ends, with its security token. */
export interface TemporaryKey {
  accessKey: string;
  secretKey: string;
  securityToken: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** A part of a credential as a service issues it: what a header can hold, and servers take. */
export const issued = z
  .string()
  .max(16 * 1024, "is too long for a credential")
  .regex(/^[!-~]+$/, "is not of a credential's form");

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
