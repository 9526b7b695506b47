// Credentials that are a token: one header on each request, and a new token if the service says that it expired.
import type { ProjectScope } from "../services/context";
import type { IssuedToken } from "../services/iam";
import { headers } from "../services/wire";
import { outcomeOf } from "../transport/errors";
import type { Authorization, CredentialContext } from "./credentials";
import type { guardSecret } from "./guardSecret";
import type { Renewable } from "./memoize";
import { saysTokenIsStale } from "./staleness";

type UseOfToken = ReturnType<typeof guardSecret>;
type Token = Pick<IssuedToken, "token" | "projectId">;

export function authorizeByToken(
  source: string,
  scope: ProjectScope,
  tokens: Renewable<Token>,
  context: CredentialContext,
  /** Lets a token that cannot be renewed be refused once by each host. */
  firstUse: UseOfToken = ({ work }) => work(),
): Authorization {
  const { send } = context;
  let found: Promise<string> | undefined;
  const authorization: Authorization = {
    async projectId() {
      const { projectId } = await tokens.current();
      if (projectId !== undefined) return projectId;
      found ??= import("../services/iam").then(({ findProjectId }) =>
        findProjectId(scope, source, authorization, context),
      );
      return found;
    },
    async send({ projectId: _, ...request }) {
      let used: Token | undefined;
      const authorize = async () => {
        used = await tokens.current(); // each try uses the current token
        return { headers: { [headers.token]: used.token }, secrets: [used.token] };
      };
      const work = async () => {
        try {
          return await send({ ...request, authorize });
        } catch (error) {
          if (!saysTokenIsStale(error) || used === undefined || !tokens.drop(used)) throw error;
          return send({ ...request, authorize, outcomeSoFar: outcomeOf(error) });
        }
      };
      return firstUse({ host: new URL(request.url).origin, context: request.context, work });
    },
  };
  return authorization;
}
