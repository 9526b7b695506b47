// Issues a temporary access key and writes it as STS does: times in milliseconds, where IAM has microseconds.

import { agencyUrn } from "../../cloud/agencies";
import type { Agency, Principal } from "../../cloud/state";
import { stsError } from "../../errors";
import type { Answer, Call } from "../../operation";

const minSeconds = 900;
const defaultSeconds = 3600;

export function sessionAnswer(
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
