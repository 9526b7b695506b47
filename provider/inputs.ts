// How check turns what the user wrote into the inputs that the rest of a lifecycle takes: parsed by the schema, defaults and
// configuration filled in.

import { suggestion } from "./huaweicloud/settings";
import { HuaweiCloudError } from "./huaweicloud/transport/errors";
import type { z } from "./huaweicloud/transport/zod";
import { type Bag, type CheckFailure, hasUnknown, propertyOf } from "./protocol";
import type { Session } from "./session";
import { resolveTarget, type TargetArgs, type TargetInputs, targetArgs } from "./target";

/** What a schema of arguments gives, with the target resolved: it takes at least the target's properties. */
export type Resolved<Args extends TargetArgs> = Omit<Args, keyof TargetArgs> & TargetInputs;

/**
 * How zod reads values here: without compiling the schema first, because each is used for a few values in a run. Compiling
 * takes a tenth of the processor time of a run that sends nothing.
 */
export const interpreted = { jitless: true } as const;

export type Resolution<Args extends TargetArgs> =
  | { inputs: Resolved<Args>; failures: [] }
  | { inputs: undefined; failures: CheckFailure[] };

/**
 * The user's values with defaults and configuration filled in, or every problem found, also with the configuration and the
 * credentials. Sends nothing. Unknown values pass unchecked, until they are known. The schema refuses properties that it does not
 * have.
 */
export function resolveInputs<Args extends TargetArgs>(
  schema: z.ZodType<Args> & z.ZodObject,
  given: Bag,
  session: Session,
): Resolution<Args> {
  const { args, failures } = parse(schema, given);
  try {
    session.checkCredentials();
    const configuration = session.configuration();
    // Also of what is wrong otherwise, so that every problem is reported at once.
    const { data: where } = args ? { data: args } : targetArgs.safeParse(given, interpreted);
    const { target, failures: unresolved } = where
      ? resolveTarget(where, configuration, session.keyOf)
      : { failures: [] };
    if (args === undefined || target === undefined) {
      return { inputs: undefined, failures: [...failures, ...unresolved] };
    }
    const { region: _r, projectId: _i, projectName: _n, assumeRole: _a, ...own } = args;
    return { inputs: { ...own, ...target }, failures: [] };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    return { inputs: undefined, failures: [...failures, { property: "", reason: error.message }] };
  }
}

function parse<Args extends TargetArgs>(
  schema: z.ZodType<Args> & z.ZodObject,
  given: Bag,
): { args: Args | undefined; failures: CheckFailure[] } {
  const failures: CheckFailure[] = [];
  if (given.projectId !== undefined && given.projectName !== undefined) {
    const reason = "must not be given together with projectId: one names the project";
    failures.push({ property: "projectName", reason });
  }
  // A value that is unknown, or has an unknown part, is left to the deployment.
  const unknown = Object.fromEntries(Object.entries(given).filter(([, value]) => hasUnknown(value)));
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => !(name in unknown)));
  const parsed = notRequiring(schema, Object.keys(unknown)).safeParse(known, interpreted);
  if (!parsed.success) failures.push(...parsed.error.issues.flatMap((issue) => failuresOf(issue, given, schema)));
  failures.push(...unknownProperties(Object.keys(unknown), schema));
  if (!parsed.success || failures.length > 0) return { args: undefined, failures };
  // As the schema returns it, except unknown values, which are the marker.
  return { args: { ...parsed.data, ...unknown } as Args, failures };
}

/** The schema, in which the properties that are unknown are optional. */
function notRequiring(schema: z.ZodObject, unknown: string[]): z.ZodObject {
  const optional = unknown.filter((name) => name in schema.shape);
  if (optional.length === 0) return schema; // not made anew for each resource
  const mask: Record<string, true> = Object.fromEntries(optional.map((name) => [name, true]));
  return schema.partial(mask);
}

function failuresOf(issue: z.core.$ZodIssue, given: Bag, schema: z.ZodObject): CheckFailure[] {
  const property = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      property: property ? `${property}.${key}` : key,
      reason: `is not a property of this resource.${property ? "" : suggestion(key, Object.keys(schema.shape))}`,
    }));
  }
  const value = issue.path.reduce<unknown>((bag, key) => propertyOf(bag, String(key)), given);
  return [{ property, reason: value === undefined ? `is required and ${issue.message}` : issue.message }];
}

function unknownProperties(names: string[], schema: z.ZodObject): CheckFailure[] {
  const known = Object.keys(schema.shape);
  return names
    .filter((name) => !known.includes(name))
    .map((name) => ({ property: name, reason: `is not a property of this resource.${suggestion(name, known)}` }));
}
