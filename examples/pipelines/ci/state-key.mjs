// Prints a temporary access key for the state in OBS, in the form that AWS SDKs expect of a `credential_process`: made
// from the job's ID token by the same agency that the provider acts as. The agency must be allowed to use the bucket.
// https://support.huaweicloud.com/intl/en-us/api-iam5/AssumeAgencyWithOIDC.html

import { readFileSync } from "node:fs";
import process from "node:process";

const { env } = process;
const idToken = env.HUAWEICLOUD_OIDC_ID_TOKEN ?? readFileSync(need("HUAWEICLOUD_OIDC_TOKEN_FILE"), "utf8").trim();
const host = env.HW_ENDPOINT_URL ?? `https://sts.${need("HW_REGION_NAME")}.${env.HW_CLOUD ?? "myhuaweicloud.com"}`;

const response = await fetch(`${host}/v5/agencies/assume-with-oidc`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  redirect: "error",
  signal: AbortSignal.timeout(30_000),
  body: JSON.stringify({
    provider_urn: need("HUAWEICLOUD_OIDC_PROVIDER_URN"),
    agency_urn: need("HUAWEICLOUD_OIDC_AGENCY_URN"),
    agency_session_name: "pulumi-state",
    id_token: idToken,
    duration_seconds: 3600,
  }),
});
const answer = await response.json().catch(() => ({}));
if (!response.ok) fail(`STS refuses the ID token (HTTP ${response.status}, ${answer.error_code}): ${answer.error_msg}`);

const { access_key_id, secret_access_key, security_token, expiration } = answer.credentials;
process.stdout.write(
  JSON.stringify({
    Version: 1,
    AccessKeyId: access_key_id,
    SecretAccessKey: secret_access_key,
    SessionToken: security_token,
    Expiration: expiration,
  }),
);

function need(name) {
  return env[name] || fail(`${name} is not set`);
}

function fail(reason) {
  process.stderr.write(`state-key: ${reason}\n`);
  process.exit(1);
}
