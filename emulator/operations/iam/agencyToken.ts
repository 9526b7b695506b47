// KeystoneCreateAgencyToken: a token that acts for another account through one of its agencies.

import { z } from "zod";
import { assumeAgency } from "../../cloud/agencies";
import { iamError } from "../../errors";
import type { Answer, CallerCall } from "../../operation";
import { readBody } from "../../requestBody";
import { agencySchema, findAgency } from "./agency";
import { resolveScope, scopeSchema } from "./scope";
import { tokenAnswer } from "./tokenAnswer";

const body = z.object({
  auth: z.object({ identity: z.object({ assume_role: agencySchema }), scope: scopeSchema.optional() }),
});

export function createAgencyToken(call: CallerCall): Answer {
  const { auth } = readBody(body, call.body, () => iamError(400, "The request body is invalid"));
  const agency = findAgency(call.cloud, auth.identity.assume_role, () =>
    iamError(404, "Could not find the domain or the agency."),
  );
  const principal = assumeAgency(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw iamError(403, "You have no right to do this action.");
  return tokenAnswer(call, ["assume_role"], principal, resolveScope(call.cloud, agency.accountId, auth.scope));
}
