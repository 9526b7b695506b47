// AssumeAgency: a temporary access key that acts through an agency, for a signed request.

import { z } from "zod";
import { agencyOfUrn, assumeAgency as assume } from "../../cloud/agencies";
import { stsError } from "../../errors";
import * as inferred from "../../inferred";
import type { Answer, CallerCall } from "../../operation";
import { readBody } from "../../requestBody";
import { sessionAnswer } from "./sessionAnswer";

const maxSeconds = 43_200;
/** For a caller whose own credentials are temporary. */
const maxChainedSeconds = 3600;

const body = z.looseObject({
  agency_urn: z.string(),
  agency_session_name: z.string().min(2).max(128),
  duration_seconds: z.number().int().optional(),
  source_identity: z.string().optional(),
});

export function assumeAgency(call: CallerCall): Answer {
  if (call.caller.kind === "token") throw inferred.signatureMissing();
  const asked = readBody(body, call.body, (error) => stsError(400, "STS5.1001", z.prettifyError(error)));
  const agency = agencyOfUrn(call.cloud, asked.agency_urn);
  if (agency === undefined) throw stsError(404, "STS5.1106", `the agency '${asked.agency_urn}' cannot be found`);
  const principal = assume(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw inferred.permissionDenied.sts();
  const limit = call.caller.temporary ? maxChainedSeconds : maxSeconds;
  return sessionAnswer(call, agency, principal, { ...asked, maxSeconds: limit });
}
