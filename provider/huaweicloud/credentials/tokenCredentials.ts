// Credentials that are a token: one header on each request, and a new token where the service calls it stale.
import type { IssuedToken } from "../iam";
import { saysTokenIsStale } from "../staleness";
import { headers } from "../wire";
import type { Authorization, CredentialContext, ProjectScope } from "./credentials";
import type { Renewable } from "./renewal";

type Token = Pick<IssuedToken, "token" | "projectId">;

export function authorizeByToken(
  source: string,
  scope: ProjectScope,
  tokens: Renewable<Token>,
  { send, endpoint }: CredentialContext,
): Authorization {
  let found: Promise<string> | undefined;
  const authorization: Authorization = {
    async projectId() {
      const { projectId } = await tokens.current();
      if (projectId !== undefined) return projectId;
      found ??= import("../iam").then(({ findProjectId }) =>
        findProjectId(scope, source, authorization, endpoint("iam")),
      );
      return found;
    },
    async send({ projectId: _, ...request }) {
      let used = await tokens.current();
      const authorize = async () => {
        used = await tokens.current(); // each try takes the token of its time
        return { [headers.token]: used.token };
      };
      try {
        return await send({ ...request, authorize });
      } catch (error) {
        if (!saysTokenIsStale(error) || !tokens.drop(used)) throw error;
        return send({ ...request, authorize });
      }
    },
  };
  return authorization;
}
