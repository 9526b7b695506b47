// Credentials: user name, password and account name, exchanged for a project-scoped token at IAM.
import { createToken } from "../iam";
import type { Settings } from "../settings";
import type { Credentials } from "./credentials";
import { incomplete } from "./incomplete";
import { renewable } from "./renewal";
import { authorizeByToken } from "./tokenCredentials";

export function fromPassword(settings: Settings): Credentials {
  const { userName, userId, password, domainName, domainId } = settings;
  const user = userId ?? userName;
  if (!user) throw incomplete(password, "no user: set HW_USER_NAME (huaweicloud:userName)");
  if (!password) throw incomplete(user, "no password: set HW_USER_PASSWORD (huaweicloud:password)");
  if (!userId && !domainName && !domainId) {
    throw incomplete(user, "not the account: set HW_DOMAIN_NAME (huaweicloud:domainName)");
  }
  const domain = domainId ? { id: domainId.value } : { name: domainName?.value ?? "" };
  const identity = userId ? { id: userId.value } : { name: user.value, domain };
  const source = `user name and password (${user.origin})`;
  return {
    source,
    signs: false,
    bind(scope, context) {
      const login = () => createToken({ ...identity, password: password.value }, scope, source, context);
      return authorizeByToken(source, scope, renewable(login, context.now), context);
    },
  };
}
