// Issues a temporary access key and writes it as IAM does.

import type { Principal } from "../../cloud/state";
import { iam3Error } from "../../errors";
import type { Answer, Call } from "../../operation";
import { toIamTime } from "./time";

const minSeconds = 900;
const maxSeconds = 86_400;

export function temporaryKeyAnswer({ cloud, now }: Call, principal: Principal, seconds = minSeconds): Answer {
  if (seconds < minSeconds || seconds > maxSeconds) throw iam3Error("IAM.0007");
  const key = cloud.sessions.issueTemporaryKey(principal, now + seconds * 1000);
  const { accessKey: access, secretKey: secret, securityToken: securitytoken } = key;
  return {
    status: 201,
    body: { credential: { access, secret, securitytoken, expires_at: toIamTime(key.expiresAt) } },
  };
}
