// The temporary access key that an instance or a pod gets from the agency it runs under.

import { agencyPrincipal } from "../../cloud/agencies";
import type { Call } from "../../operation";
import { toIamTime } from "../iam/time";

/** Undefined: there is no agency that trusts the service. */
export function instanceCredential({ cloud, now }: Call) {
  const agency = cloud.agencies.find(({ trust }) => trust.type === "service" && trust.service === "ECS");
  if (agency === undefined) return undefined;
  const key = cloud.sessions.issueTemporaryKey(agencyPrincipal(cloud, agency), now + cloud.instanceKeyLifetimeMs);
  const { accessKey: access, secretKey: secret, securityToken: securitytoken } = key;
  return { access, secret, securitytoken, expires_at: toIamTime(key.expiresAt) };
}
