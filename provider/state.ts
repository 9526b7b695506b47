// What state holds is data from outside: it is parsed before it gets into a request.

import { ConfigurationError, HuaweiCloudError } from "./huaweicloud/transport/errors";
import type { z } from "./huaweicloud/transport/zod";
import { interpreted } from "./inputs";
import type { Notify } from "./protocol";
import { describeTarget, type Target } from "./target";

/** Outputs as a schema knows them. Throws a `ConfigurationError` if they cannot have been written by this package. */
export function parseState<T>(schema: z.ZodType<T>, outputs: object): T {
  const parsed = schema.safeParse(outputs, interpreted);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigurationError(
    `The state of this resource is invalid: ${issue?.path.join(".")} ${issue?.message}. Fix it with pulumi state edit, ` +
      "or remove the resource with pulumi state delete.",
  );
}

/**
 * Returns the result of `work`, or `undefined` (after one notice) if the project was deleted. Rethrows errors of `work`; throws
 * a `ConfigurationError` with the next step if it may be deleted or forbidden.
 */
export async function unlessGone<T>(
  target: Target,
  consequence: string,
  notify: Notify,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const { projectIsGone } = await import("./huaweicloud/services/project");
    const verdict = projectIsGone(error);
    if (verdict === undefined || !(error instanceof HuaweiCloudError)) throw error;
    if (verdict === "gone") {
      notify(`The ${describeTarget(target)} appears to have been deleted, ${consequence}: ${error.message}`);
      return undefined;
    }
    const ownRemedy = "If the project was deleted, remove the resource from the state: pulumi state delete URN.";
    throw new ConfigurationError(`${error.message} ${ownRemedy}`, { ownRemedy });
  }
}
