// Calls of STS v5: temporary access keys of agencies.
// API reference: https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgency.html
import { z } from "zod";
import { parseAnswer } from "./answer";
import type { Authorization, CredentialContext } from "./credentials/credentials";
import type { RawResponse, RequestContext } from "./errors";
import type { AccessKey } from "./signing";
import { stsPaths } from "./wire";

const answer = z.object({
  credentials: z.object({
    access_key_id: z.string(),
    secret_access_key: z.string(),
    security_token: z.string(),
    expiration: z.string(),
  }),
});

/** `POST /v5/agencies/assume`, signed by the caller: acts as the agency `iam::{account_id}:agency:{name}`. */
export async function assumeAgency(
  agency: { agencyUrn: string; durationSeconds: number },
  source: string,
  caller: Authorization,
  { region, endpoint }: CredentialContext,
): Promise<AccessKey> {
  const body = {
    agency_urn: agency.agencyUrn,
    agency_session_name: sessionName,
    duration_seconds: agency.durationSeconds,
  };
  const context = { action: "assuming an agency", region, credentials: source };
  const url = endpoint("sts") + stsPaths.assume;
  const response = await caller.send({ method: "POST", url, body: JSON.stringify(body), context });
  return toAccessKey(response, context);
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
  { region, send, endpoint }: CredentialContext,
): Promise<AccessKey> {
  const body = {
    provider_urn: agency.providerUrn,
    agency_urn: agency.agencyUrn,
    agency_session_name: agency.sessionName ?? sessionName,
    id_token: agency.idToken,
    duration_seconds: agency.durationSeconds,
  };
  const context = { action: "assuming an agency with an ID token", region, credentials: source };
  const url = endpoint("sts") + stsPaths.assumeWithOidc;
  const response = await send({
    method: "POST",
    url,
    body: JSON.stringify(body),
    secrets: [agency.idToken],
    context,
  });
  return toAccessKey(response, context);
}

/** What the other account's audit log calls this session. */
const sessionName = "pulumi-huaweicloud-evs";

function toAccessKey(response: RawResponse, context: RequestContext): AccessKey {
  const { credentials } = parseAnswer(response, answer, context);
  return {
    accessKey: credentials.access_key_id,
    secretKey: credentials.secret_access_key,
    securityToken: credentials.security_token,
    expiresAt: Date.parse(credentials.expiration),
  };
}
