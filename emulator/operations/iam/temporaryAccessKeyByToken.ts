// CreateTemporaryAccessKeyByToken: a temporary access key for a token, given in the body or in the header.

import { z } from "zod";
import { iam3Error } from "../../errors";
import type { Answer, Call } from "../../operation";
import { readBody } from "../../requestBody";
import { temporaryKeyAnswer } from "./temporaryKeyAnswer";

const body = z.object({
  auth: z.object({
    identity: z.object({
      token: z.object({ id: z.string().optional(), duration_seconds: z.number().int().optional() }).optional(),
    }),
  }),
});

export function createTemporaryAccessKeyByToken(call: Call): Answer {
  const { token } = readBody(body, call.body, () => iam3Error("IAM.0011")).auth.identity;
  const caller = token?.id === undefined ? call.authenticate() : call.callerOfToken(token.id);
  return temporaryKeyAnswer(call, caller.principal, token?.duration_seconds);
}
