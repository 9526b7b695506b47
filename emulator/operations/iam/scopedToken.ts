// KeystoneCreateScopedToken: a token for a token, for another project or account-wide.

import { z } from "zod";
import { iamError } from "../../errors";
import type { Answer, Call } from "../../operation";
import { readBody } from "../../requestBody";
import { resolveScope, scopeSchema } from "./scope";
import { tokenAnswer } from "./tokenAnswer";

const body = z.object({
  auth: z.object({
    identity: z.object({ token: z.object({ id: z.string() }) }),
    scope: scopeSchema.optional(),
  }),
});

export function createScopedToken(call: Call): Answer {
  const { auth } = readBody(body, call.body, () => iamError(400, "The request body is invalid"));
  const { principal } = call.callerOfToken(auth.identity.token.id);
  const scope = resolveScope(call.cloud, principal.accountId, auth.scope);
  return tokenAnswer(call, ["token"], principal, scope);
}
