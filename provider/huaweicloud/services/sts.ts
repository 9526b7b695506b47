// Calls of STS v5: temporary access keys of agencies.
// API reference: https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html

import { parseAnswer } from "../transport/answer";
import type { RawResponse } from "../transport/request";
import type { RequestContext } from "../transport/sentence";
import { z } from "../transport/zod";
import type { Caller, RegionContext } from "./context";
import { issued, type TemporaryKey } from "./temporaryKey";

const paths = { assume: "/v5/agencies/assume", assumeWithOidc: "/v5/agencies/assume-with-oidc" };

const answer = z.object({
  credentials: z.object({
    access_key_id: issued,
    secret_access_key: issued,
    security_token: issued,
    expiration: z.string(),
  }),
});

/** `POST /v5/agencies/assume`, signed by the caller: acts as the agency `iam::{account_id}:agency:{name}`. */
export async function assumeAgency(
  agency: { agencyUrn: string; durationSeconds: number },
  source: string,
  caller: Caller,
  { region, endpoint }: RegionContext,
): Promise<TemporaryKey> {
  const body = {
    agency_urn: agency.agencyUrn,
    agency_session_name: sessionName,
    duration_seconds: agency.durationSeconds,
  };
  const context = { action: "assuming an agency", region, credentials: source };
  const url = endpoint("sts") + paths.assume;
  const response = await caller.send({ method: "POST", url, body: JSON.stringify(body), context });
  return toTemporaryKey(response, context);
}

/** `POST /v5/agencies/assume-with-oidc`, unsigned: acts as an agency that trusts the ID token's provider. */
export async function assumeAgencyWithOidc(
  agency: {
    providerUrn: string;
    agencyUrn: string;
    idToken: string;
    durationSeconds: number;
    sessionName?: string | undefined;
  },
  source: string,
  { region, send, endpoint }: RegionContext,
): Promise<TemporaryKey> {
  const body = {
    provider_urn: agency.providerUrn,
    agency_urn: agency.agencyUrn,
    agency_session_name: agency.sessionName ?? sessionName,
    id_token: agency.idToken,
    duration_seconds: agency.durationSeconds,
  };
  const context = { action: "assuming an agency with an ID token", region, credentials: source };
  const url = endpoint("sts") + paths.assumeWithOidc;
  const response = await send({
    method: "POST",
    url,
    body: JSON.stringify(body),
    secrets: [agency.idToken],
    context,
  });
  return toTemporaryKey(response, context);
}

/** Name of this session in the other account's audit log. */
const sessionName = "pulumi-huaweicloud-evs";

function toTemporaryKey(response: RawResponse, context: RequestContext): TemporaryKey {
  const { credentials } = parseAnswer(response, answer, context);
  return {
    accessKey: credentials.access_key_id,
    secretKey: credentials.secret_access_key,
    securityToken: credentials.security_token,
    expiresAt: Date.parse(credentials.expiration),
  };
}
