// STS v5: who the caller is, and temporary access keys that act through an agency. Times have milliseconds, those of IAM
// microseconds.

import { z } from "zod";
import { agencyOfUrn, agencyPrincipal, agencyUrn, assumeAgency, verifyIdentityToken } from "../cloud/principals";
import type { Agency, Principal } from "../cloud/state";
import { stsError } from "../errors";
import * as inferred from "../inferred";
import { type Answer, type Call, type CallerCall, type Operation, readBody } from "../operation";

// biome-ignore format: one operation a line
export const sts = [
  { service: "sts", name: "AssumeAgency", method: "POST", path: "/v5/agencies/assume", auth: "caller", handle: assume },
  { service: "sts", name: "AssumeAgencyWithOIDC", method: "POST", path: "/v5/agencies/assume-with-oidc", auth: "none", handle: assumeWithOidc },
  { service: "sts", name: "GetCallerIdentity", method: "GET", path: "/v5/caller-identity", auth: "caller", handle: getCallerIdentity },
] as const satisfies readonly Operation[];

const minSeconds = 900;
const defaultSeconds = 3600;
const maxSeconds = 43_200;
/** For a caller whose own credentials are temporary. */
const maxChainedSeconds = 3600;

const sessionFields = {
  agency_urn: z.string(),
  agency_session_name: z.string().min(2).max(128),
  duration_seconds: z.number().int().optional(),
};

const assumeRequest = z.looseObject({ ...sessionFields, source_identity: z.string().optional() });

/** Takes signed requests only. */
function assume(call: CallerCall): Answer {
  if (call.caller.kind === "token") throw inferred.signatureMissing();
  const request = readBody(assumeRequest, call.body, invalidBody);
  const agency = needAgency(call, request.agency_urn);
  const principal = assumeAgency(call.cloud, call.caller.principal, agency);
  if (principal === undefined) throw inferred.permissionDenied.sts();
  const limit = call.caller.temporary ? maxChainedSeconds : maxSeconds;
  return sessionAnswer(call, agency, principal, { ...request, maxSeconds: limit });
}

const oidcRequest = z.looseObject({ ...sessionFields, provider_urn: z.string(), id_token: z.string() });

/** For the ID token of a pipeline; the request is unsigned. */
function assumeWithOidc(call: Call): Answer {
  const request = readBody(oidcRequest, call.body, invalidBody);
  const agency = needAgency(call, request.agency_urn);
  // iam::{account_id}:oidcProvider:{id}: the kind in the middle is not documented, so any is accepted.
  const [, accountId, id] = /^iam::([^:]*):[^:]+:(.+)$/.exec(request.provider_urn) ?? [];
  const provider = call.cloud.identityProviders.find((known) => known.id === id && known.accountId === accountId);
  if (provider === undefined)
    throw stsError(404, "STS5.1107", `the provider '${request.provider_urn}' cannot be found`);
  verifyIdentityToken(provider, request.id_token, call.now, inferred.idTokenRefused);
  if (agency.trust.type !== "oidc" || agency.accountId !== accountId) throw inferred.permissionDenied.sts();
  return sessionAnswer(call, agency, agencyPrincipal(call.cloud, agency), { ...request, maxSeconds });
}

function invalidBody(error: z.ZodError) {
  return stsError(400, "STS5.1001", z.prettifyError(error));
}

function needAgency({ cloud }: Call, urn: string): Agency {
  const agency = agencyOfUrn(cloud, urn);
  if (agency === undefined) throw stsError(404, "STS5.1106", `the agency '${urn}' cannot be found`);
  return agency;
}

function sessionAnswer(
  { cloud, now }: Call,
  agency: Agency,
  principal: Principal,
  asked: { duration_seconds?: number | undefined; maxSeconds: number; source_identity?: string | undefined },
): Answer {
  const { duration_seconds: seconds = defaultSeconds, maxSeconds, source_identity = "" } = asked;
  if (seconds < minSeconds || seconds > maxSeconds)
    throw stsError(400, "STS5.1002", `duration_seconds must be between ${minSeconds} and ${maxSeconds}`);
  const key = cloud.sessions.issueTemporaryKey(principal, now + seconds * 1000);
  return {
    body: {
      credentials: {
        access_key_id: key.accessKey,
        secret_access_key: key.secretKey,
        security_token: key.securityToken,
        expiration: new Date(key.expiresAt).toISOString(),
      },
      assumed_agency: { urn: agencyUrn(agency), id: agency.id },
      source_identity,
    },
  };
}

function getCallerIdentity({ caller }: CallerCall): Answer {
  const { principal } = caller;
  return {
    body: { account_id: principal.accountId, principal_urn: principalUrn(principal), principal_id: principal.id },
  };
}

function principalUrn({ type, accountId, name }: Principal): string {
  if (type === "user") return `iam::${accountId}:user:${name}`;
  return `sts::${accountId}:${type === "agency" ? "assumed-agency" : "external-user"}:${name.split("/").at(-1) ?? name}`;
}
