// AssumeAgencyWithOIDC: a temporary access key that acts through an agency, for the ID token of a pipeline; unsigned.

import { z } from "zod";
import { agencyOfUrn, agencyPrincipal } from "../../cloud/agencies";
import { verifyIdentityToken } from "../../cloud/identityTokens";
import { stsError } from "../../errors";
import * as inferred from "../../inferred";
import type { Answer, Call } from "../../operation";
import { readBody } from "../../requestBody";
import { sessionAnswer } from "./sessionAnswer";

const maxSeconds = 43_200;

const body = z.looseObject({
  provider_urn: z.string(),
  agency_urn: z.string(),
  agency_session_name: z.string().min(2).max(128),
  id_token: z.string(),
  duration_seconds: z.number().int().optional(),
});

export function assumeAgencyWithOidc(call: Call): Answer {
  const asked = readBody(body, call.body, (error) => stsError(400, "STS5.1001", z.prettifyError(error)));
  const agency = agencyOfUrn(call.cloud, asked.agency_urn);
  if (agency === undefined) throw stsError(404, "STS5.1106", `the agency '${asked.agency_urn}' cannot be found`);
  // iam::{account_id}:oidcProvider:{id}: the kind in the middle is not documented, so any is taken.
  const [, accountId, id] = /^iam::([^:]*):[^:]+:(.+)$/.exec(asked.provider_urn) ?? [];
  const provider = call.cloud.identityProviders.find((known) => known.id === id && known.accountId === accountId);
  if (provider === undefined) throw stsError(404, "STS5.1107", `the provider '${asked.provider_urn}' cannot be found`);
  verifyIdentityToken(provider, asked.id_token, call.now, inferred.idTokenRefused);
  if (agency.trust.type !== "oidc" || agency.accountId !== accountId) throw inferred.permissionDenied.sts();
  return sessionAnswer(call, agency, agencyPrincipal(call.cloud, agency), { ...asked, maxSeconds });
}
