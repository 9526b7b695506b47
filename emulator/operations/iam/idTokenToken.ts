// CreateTokenWithIdToken: a token for the ID token of an identity provider.

import { z } from "zod";
import { federatedPrincipal } from "../../cloud/agencies";
import { verifyIdentityToken } from "../../cloud/identityTokens";
import { iamError } from "../../errors";
import type { Answer, Call } from "../../operation";
import { readBody } from "../../requestBody";
import { resolveScope, scopeSchema } from "./scope";
import { tokenAnswer } from "./tokenAnswer";

const body = z.object({
  auth: z.object({ id_token: z.object({ id: z.string() }), scope: scopeSchema.optional() }),
});

export function createTokenWithIdToken(call: Call): Answer {
  const { auth } = readBody(body, call.body, () => iamError(400, "The request body is invalid"));
  const providerId = String(call.headers["x-idp-id"] ?? "");
  const provider = call.cloud.identityProviders.find(({ id }) => id === providerId);
  if (provider === undefined) throw iamError(404, `Could not find Identity Provider: ${providerId}.`);
  const subject = verifyIdentityToken(provider, auth.id_token.id, call.now, (reason) =>
    iamError(401, `The id token is invalid: ${reason}.`),
  );
  const principal = federatedPrincipal(provider.id, subject, provider.accountId);
  return tokenAnswer(call, ["mapped"], principal, resolveScope(call.cloud, provider.accountId, auth.scope));
}
