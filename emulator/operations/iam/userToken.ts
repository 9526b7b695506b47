// KeystoneCreateUserTokenByPassword: a token for a user's name and password.

import { z } from "zod";
import type { Principal } from "../../cloud/state";
import { iamError } from "../../errors";
import type { Answer, Call } from "../../operation";
import { readBody } from "../../requestBody";
import { resolveScope, scopeSchema } from "./scope";
import { tokenAnswer } from "./tokenAnswer";

const domain = z.object({ id: z.string().optional(), name: z.string().optional() });

const body = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(z.string()),
      password: z.object({
        user: z.object({
          id: z.string().optional(),
          name: z.string().optional(),
          password: z.string(),
          domain: domain.optional(),
        }),
      }),
    }),
    scope: scopeSchema.optional(),
  }),
});

export function createUserToken(call: Call): Answer {
  const { auth } = readBody(body, call.body, () => iamError(400, "The request body is invalid"));
  const asked = auth.identity.password.user;
  const account = call.cloud.account(asked.domain?.id ?? asked.domain?.name ?? "");
  const user = call.cloud.users.find((candidate) =>
    asked.id === undefined
      ? candidate.accountId === account?.id && candidate.name === asked.name
      : candidate.id === asked.id,
  );
  if (user === undefined || !user.enabled || user.password !== asked.password)
    throw iamError(401, "The username or password is wrong.");
  const { id, name, accountId, role } = user;
  const principal: Principal = { type: "user", id, name, accountId, role };
  return tokenAnswer(call, ["password"], principal, resolveScope(call.cloud, accountId, auth.scope));
}
