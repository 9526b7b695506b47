// Credentials: an agency of another account, acted as by other credentials (`assumeRole`). Agencies can be chained.
import type { Agency } from "../services/iam";
import { isAccountId } from "../services/identifiers";
import { CredentialsError } from "../transport/errors";
import type { Credentials } from "./credentials";
import { signedCredentials } from "./signedCredentials";

/** Seconds that a key lives, unless said otherwise; it is renewed for as long as the run lasts. */
export const defaultDurationSeconds = 3600;

export interface Role extends Agency {
  /** Seconds that a key lives. */
  duration?: number | undefined;
}

/** A key is good for all regions; `oneForAllRegions` asks the first one's STS alone, and depends on it. */
export function assumeAgency(
  caller: Credentials,
  role: Role,
  options: { oneForAllRegions?: boolean } = {},
): Credentials {
  const { agencyName, domainId, domainName, duration = defaultDurationSeconds } = role;
  const source = `agency ${agencyName} of account ${domainName ?? domainId}, assumed by ${caller.source}`;
  return signedCredentials(
    source,
    async (context) => {
      const { region } = context;
      const authorization = caller.bind({ region, projectName: region }, context);
      // STS takes signed requests only, and knows accounts by ID only; IAM takes all.
      if (!caller.signs || domainId === undefined) {
        const { createKeyByAgency } = await import("../services/iam");
        return createKeyByAgency(role, duration, source, authorization, context);
      }
      if (!isAccountId(domainId)) {
        throw new CredentialsError(
          `${JSON.stringify(domainId)} is not the ID of an account, such as 0123456789abcdef0123456789abcdef: ` +
            "no agency of it can be assumed.",
        );
      }
      const agencyUrn = `iam::${domainId}:agency:${agencyName}`;
      const { assumeAgency: assumeByUrn } = await import("../services/sts");
      return assumeByUrn({ agencyUrn, durationSeconds: duration }, source, authorization, context);
    },
    options,
  );
}
