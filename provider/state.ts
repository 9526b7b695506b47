// What state holds is data from outside: it is checked by form before it gets into a request.

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
    `The state of this resource cannot be right: ${issue?.path.join(".")} ${issue?.message}. Put it right with pulumi state edit, ` +
      "or take the resource out of the state with pulumi state delete.",
  );
}

/**
 * What `work` returns, or `undefined` if the service says that the project is gone, with one line that says so. Throws what
 * `work` throws; with the way out if a project that is gone and a lost permission look the same.
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
      notify(`The ${describeTarget(target)} is taken to be deleted, ${consequence}: ${error.message}`);
      return undefined;
    }
    throw new ConfigurationError(
      `${error.message} If the project has been deleted, take the resource out of the state: pulumi state delete URN.`,
    );
  }
}
