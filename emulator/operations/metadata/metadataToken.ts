// The session token of the hardened (V2) instance metadata. Every refusal here is plain text, as metadata services answer.

import type { Answer, Call } from "../../operation";

const maxTtlSeconds = 21_600;

export function createMetadataToken({ cloud, headers, now }: Call): Answer {
  if (cloud.metadata === "v1") return { status: 404, body: "404 Not Found" };
  if (headers["x-forwarded-for"] !== undefined) return { status: 403, body: "403 Forbidden" };
  const ttl = Number(headers["x-metadata-token-ttl-seconds"]);
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > maxTtlSeconds) return { status: 400, body: "400 Bad Request" };
  return { body: cloud.sessions.issueMetadataToken(now + ttl * 1000) };
}
