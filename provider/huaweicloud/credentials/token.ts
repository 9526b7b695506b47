// Credentials: a user token that the user brings (HW_AUTH_TOKEN). It cannot be renewed here.
import { CredentialsError } from "../errors";
import { findProjectId } from "../iam";
import type { Settings } from "../settings";
import { headers } from "../wire";
import type { Credentials } from "./credentials";

export function fromToken({ token }: Settings): Credentials {
  if (!token) throw new CredentialsError("Incomplete credentials: set HW_AUTH_TOKEN (huaweicloud:token).");
  return {
    source: `token (${token.origin})`,
    bind(scope, context) {
      const authorize = async () => ({ [headers.token]: token.value });
      let found: Promise<string> | undefined;
      return {
        projectId: () => {
          found ??= findProjectId(scope, { ...context, authorize });
          return found;
        },
        headers: authorize,
        renew: () => false,
      };
    },
  };
}
