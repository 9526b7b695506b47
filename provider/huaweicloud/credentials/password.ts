// Credentials: user name, password and account name, exchanged for a project-scoped token at IAM.
import { contextOf } from "../services/context";
import type { IssuedToken } from "../services/iam";
import type { Settings } from "../settings";
import type { KeyOf } from "../transport/sentence";
import type { Credentials } from "./credentials";
import { guardSecret } from "./guardSecret";
import { incomplete } from "./incomplete";
import { memoize, type Renewable } from "./memoize";
import { refusesPassword } from "./staleness";
import { authorizeByToken } from "./tokenCredentials";

export function fromPassword(settings: Settings, keyOf: KeyOf): Credentials {
  const { userName, userId, password, domainName, domainId } = settings;
  const user = userId ?? userName;
  if (!user) throw incomplete(password, `no user: set HW_USER_NAME (${keyOf("userName")})`);
  if (!password) throw incomplete(user, `no password: set HW_USER_PASSWORD (${keyOf("password")})`);
  if (!userId && !domainName && !domainId) {
    throw incomplete(user, `not the account: set HW_DOMAIN_NAME (${keyOf("domainName")})`);
  }
  const domain = domainId ? { id: domainId.value } : { name: domainName?.value ?? "" };
  const identity = userId ? { id: userId.value } : { name: user.value, domain };
  const source = `user name and password (${user.origin})`;
  // Agencies that this user acts as log in through the same object: one login a project serves them all.
  const logins = new Map<string, Renewable<IssuedToken>>();
  const firstLogin = guardSecret("password", refusesPassword);
  return {
    source,
    signs: false,
    bind(scope, context) {
      const login = async () => {
        const { createToken } = await import("../services/iam");
        return firstLogin({
          host: context.endpoint("iam"),
          context: contextOf(scope, source, "logging in with user name and password"),
          work: () => createToken({ ...identity, password: password.value }, scope, source, context),
        });
      };
      const project = JSON.stringify([scope.region, scope.projectId ?? ["by name", scope.projectName]]);
      const tokens = logins.get(project) ?? memoize(login, context.now);
      logins.set(project, tokens);
      return authorizeByToken(source, scope, tokens, context);
    },
  };
}
