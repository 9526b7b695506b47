// What a machine asks for its own access key: the metadata of an instance, plain (V1) and hardened with a token (V2), and pod
// identity. Refusals are plain text, as metadata services answer.

import { agencyPrincipal } from "../cloud/principals";
import type { Answer, Call, Operation } from "../operation";
import { toIamTime } from "./iam";

// biome-ignore format: one operation a line
export const metadata = [
  { service: "metadata", name: "CreateMetadataToken", method: "PUT", path: "/meta-data/latest/api/token", auth: "none", handle: createMetadataToken },
  { service: "metadata", name: "GetSecurityKey", method: "GET", path: "/openstack/latest/securitykey", auth: "none", handle: getSecurityKey },
  { service: "metadata", name: "GetPodCredentials", method: "POST", path: "/pod-identity/credentials", auth: "none", handle: getPodCredentials },
] as const satisfies readonly Operation[];

/** What the file named by HC_CONTAINER_AUTHORIZATION_TOKEN_FILE must hold. */
export const podToken = "emulator-pod-token";

const maxTtlSeconds = 21_600;

function createMetadataToken({ cloud, headers, now }: Call): Answer {
  if (cloud.metadata === "v1") return { status: 404, body: "404 Not Found" };
  if (headers["x-forwarded-for"] !== undefined) return { status: 403, body: "403 Forbidden" };
  const ttl = Number(headers["x-metadata-token-ttl-seconds"]);
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > maxTtlSeconds) return { status: 400, body: "400 Bad Request" };
  return { body: cloud.sessions.issueMetadataToken(now + ttl * 1000) };
}

function getSecurityKey(call: Call): Answer {
  const { cloud, headers, now } = call;
  const token = headers["x-metadata-token"];
  const checked = cloud.metadata !== "v1" && (token !== undefined || cloud.metadata === "v2");
  if (checked && !cloud.sessions.isMetadataToken(String(token), now)) return { status: 401, body: "401 Unauthorized" };
  const credential = cloud.metadata === "noAgency" ? undefined : ownCredential(call);
  if (credential === undefined) return { status: 401, body: "Please configure Cloud Service Agency first" };
  return { body: { credential } };
}

function getPodCredentials(call: Call): Answer {
  if (call.headers.authorization !== podToken) return { status: 401, body: "401 Unauthorized" };
  const credential = ownCredential(call);
  return credential === undefined ? { status: 404, body: "404 Not Found" } : { body: { credential } };
}

/** A temporary access key of the agency that trusts ECS, or `undefined` if there is none. */
function ownCredential({ cloud, now }: Call) {
  const agency = cloud.agencies.find(({ trust }) => trust.type === "service" && trust.service === "ECS");
  if (agency === undefined) return undefined;
  const key = cloud.sessions.issueTemporaryKey(agencyPrincipal(cloud, agency), now + cloud.instanceKeyLifetimeMs);
  const { accessKey: access, secretKey: secret, securityToken: securitytoken } = key;
  return { access, secret, securitytoken, expires_at: toIamTime(key.expiresAt) };
}
