// What check does for both resources: resolves the inputs, recognizes other spellings of the same project, and refuses a second
// resource for one target.

import type { Declarations } from "./declarations";
import { HuaweiCloudError } from "./huaweicloud/transport/errors";
import { shown } from "./huaweicloud/transport/shown";
import type { z } from "./huaweicloud/transport/zod";
import { interpreted, type Resolved, resolveInputs } from "./inputs";
import type { Call } from "./lifecycle";
import { causeOf } from "./notices";
import { type Bag, type CheckFailure, type CheckResult, hasUnknown } from "./protocol";
import { sameProject, sameSpelling, scopeOf, type TargetArgs, type TargetInputs, targetInputs } from "./target";

export interface Check<Args extends TargetArgs, Value> {
  schema: z.ZodType<Args> & z.ZodObject;
  declarations: Declarations<Value, unknown>;
  /** The desired value, from the inputs. */
  desired: (inputs: Resolved<Args>) => Value;
  /** A further check of inputs that are valid so far. Returns the failure, if any. */
  inspect?: (inputs: Resolved<Args>) => Promise<CheckFailure | undefined>;
}

/** The checked inputs, or every failure. `olds` are the inputs in state, empty for a new resource. */
export async function checkResource<Args extends TargetArgs, Value>(
  { schema, declarations, desired, inspect }: Check<Args, Value>,
  olds: Bag,
  news: Bag,
  call: Call,
): Promise<CheckResult<Bag>> {
  const { inputs: resolved, failures } = resolveInputs(schema, news, call);
  if (resolved === undefined) return { inputs: news, failures: failures.map(sanitized) };
  try {
    const inputs = await withProjectId(resolved, olds, call);
    const conflict = await declarations.declare(call.urn, scopeOf(inputs), desired(inputs), {
      isInState: isOnTarget(olds, inputs),
    });
    const failure = conflict === undefined ? await inspect?.(inputs) : { property: "", reason: conflict };
    return { inputs, failures: failure === undefined ? [] : [sanitized(failure)] };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    return { inputs: news, failures: [{ property: "", reason: error.message }] };
  }
}

/** A failure quotes names of the program, and texts of the service about a key. */
function sanitized({ property, reason }: CheckFailure): CheckFailure {
  return { property: shown(property), reason: shown(reason, { limit: 4000 }) };
}

/** Whether inputs in state are of this target, or may be. */
function isOnTarget(olds: Bag, target: TargetInputs): boolean {
  const before = targetInputs.safeParse(olds, interpreted);
  return before.success && sameProject(before.data, target) !== false;
}

/**
 * Adds the project's ID to inputs that name the project differently from state, so that diff can compare. The ID then stays in
 * the inputs, so nothing is looked up again.
 */
async function withProjectId<Inputs extends TargetInputs>(inputs: Inputs, olds: Bag, call: Call): Promise<Inputs> {
  const before = targetInputs.safeParse(olds, interpreted);
  const spelling = scopeOf(inputs);
  if (!before.success || inputs.projectId !== undefined || hasUnknown(spelling)) return inputs;
  const { projectId, ...oldSpelling } = before.data;
  if (oldSpelling.region !== inputs.region) return inputs;
  if (sameSpelling(oldSpelling, spelling)) return projectId === undefined ? inputs : { ...inputs, projectId };
  try {
    return { ...inputs, projectId: (await call.connect(spelling)).projectId };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError) || call.phase === "deployment") throw error;
    call.notices.once(
      causeOf(error),
      `Could not check whether project ${inputs.projectName} in ${inputs.region} is the one in state: ${error.message}`,
      call,
    );
    return inputs;
  }
}
