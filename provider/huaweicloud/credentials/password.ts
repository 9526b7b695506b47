// Credentials: user name, password and account name, exchanged for a project-scoped token at IAM.
import { CredentialsError } from "../errors";
import { createToken, type IssuedToken } from "../iam";
import type { Setting, Settings } from "../settings";
import { headers } from "../wire";
import type { Credentials } from "./credentials";

/** A token is not used in its last minutes, so that it does not expire on the way. */
const renewBeforeMs = 10 * 60_000;

export function fromPassword(settings: Settings): Credentials {
  const { userName, userId, password, domainName, domainId } = settings;
  const user = userId ?? userName;
  if (!user) throw missing(password, "no user: set HW_USER_NAME (huaweicloud:userName)");
  if (!password) throw missing(user, "no password: set HW_USER_PASSWORD (huaweicloud:password)");
  if (!userId && !domainName && !domainId) {
    throw missing(user, "not the account: set HW_DOMAIN_NAME (huaweicloud:domainName)");
  }
  const domain = domainId ? { id: domainId.value } : { name: domainName?.value ?? "" };
  const identity = userId ? { id: userId.value } : { name: user.value, domain };
  return {
    source: `user name and password (${user.origin})`,
    bind: (scope, context) => {
      const tokens = tokenCache(
        () => createToken({ ...identity, password: password.value }, scope, context),
        context.now,
      );
      return {
        projectId: async () => (await tokens.current()).projectId,
        headers: async () => ({ [headers.token]: (await tokens.current()).token }),
        renew: (used) => tokens.drop(used[headers.token]),
      };
    },
  };
}

/** Keeps one token for all callers: one login for any number of concurrent calls, and a new one shortly before it expires. */
function tokenCache(login: () => Promise<IssuedToken>, now: () => number) {
  let pending: Promise<IssuedToken> | undefined;
  let issued: IssuedToken | undefined;
  const start = async () => {
    try {
      issued = await login();
      return issued;
    } finally {
      pending = undefined; // a login that failed is not remembered: the next call may try again
    }
  };
  return {
    current: async () => {
      if (issued && issued.expiresAt - now() > renewBeforeMs) return issued;
      pending ??= start();
      return pending;
    },
    /** Only the token that was refused is dropped: another caller may have replaced it already. */
    drop: (token: string | undefined) => {
      if (issued?.token === token) issued = undefined;
      return true;
    },
  };
}

function missing(set: Setting | undefined, what: string): CredentialsError {
  return new CredentialsError(`Incomplete credentials: ${set?.origin} is set, but ${what}.`);
}
