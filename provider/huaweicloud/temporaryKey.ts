// The form in which IAM and the instance metadata give out temporary access keys.
import { z } from "zod";
import { parseAnswer } from "./answer";
import type { RawResponse, RequestContext } from "./errors";
import type { AccessKey } from "./signing";

const answer = z.object({
  credential: z.object({ access: z.string(), secret: z.string(), securitytoken: z.string(), expires_at: z.string() }),
});

export function toAccessKey(response: RawResponse, context: RequestContext): AccessKey {
  const { credential } = parseAnswer(response, answer, context);
  return {
    accessKey: credential.access,
    secretKey: credential.secret,
    securityToken: credential.securitytoken,
    expiresAt: Date.parse(credential.expires_at),
  };
}
