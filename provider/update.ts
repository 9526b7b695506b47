// The target that an update writes to: the one in state, however the program spells it now.

import { sameId } from "./huaweicloud/services/identifiers";
import { ConfigurationError } from "./huaweicloud/transport/errors";
import type { Session } from "./session";
import { compareTargets, describeTarget, scopeOf, type Target, type TargetInputs } from "./target";

/**
 * The target as the program spells it, with the project's ID in state. Throws a `ConfigurationError` if the spelling
 * means another project, which check could not look up.
 */
export async function targetOfUpdate(
  olds: Target,
  news: TargetInputs,
  session: Pick<Session, "connect">,
): Promise<Target> {
  const target = { ...scopeOf(news), projectId: olds.projectId };
  if (compareTargets(olds, news).isSame) return target;
  const { projectId } = await session.connect(scopeOf(news));
  if (sameId(projectId, olds.projectId)) return target;
  throw new ConfigurationError(
    `The ${describeTarget({ region: news.region, projectId })} is not the project of this resource (${olds.projectId}). Preview with credentials to see the replacement.`,
  );
}
