// CreateTemporaryAccessKeyByAgency: a temporary access key that acts for another account.

import { z } from "zod";
import { assumeAgency } from "../../cloud/agencies";
import { iam3Error } from "../../errors";
import type { Answer, CallerCall } from "../../operation";
import { readBody } from "../../requestBody";
import { agencySchema, findAgency } from "./agency";
import { temporaryKeyAnswer } from "./temporaryKeyAnswer";

const body = z.object({ auth: z.object({ identity: z.object({ assume_role: agencySchema }) }) });

export function createTemporaryAccessKeyByAgency(call: CallerCall): Answer {
  const asked = readBody(body, call.body, () => iam3Error("IAM.0011")).auth.identity.assume_role;
  const agency = findAgency(call.cloud, asked, () => iam3Error("IAM.0004"));
  const principal = assumeAgency(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw iam3Error("IAM.0002");
  return temporaryKeyAnswer(call, principal, asked.duration_seconds);
}
