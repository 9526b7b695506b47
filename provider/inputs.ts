// What both resources take, and how check turns what the user wrote into resolved inputs.
import { z } from "zod";
import {
  type Bag,
  type CheckFailure,
  type CheckResult,
  deployingProperty,
  isUnknown,
  providerProperty,
} from "./engine";
import * as forms from "./forms";
import { suggestion } from "./huaweicloud/settings";
import { HuaweiCloudError } from "./huaweicloud/transport/errors";
import type { Session } from "./session";
import { resolveTarget } from "./target";

const name = z.string("must be text").min(1, "must not be empty");

export const targetShape = {
  region: forms.region.optional(),
  projectId: forms.projectId.optional(),
  projectName: forms.projectName.optional(),
  assumeRole: z
    .strictObject(
      { agencyName: name, domainName: name.optional(), domainId: name.optional() },
      'must be an object such as { agencyName: "evs-admin", domainName: "other-account" }',
    )
    .refine(({ domainName, domainId }) => (domainName === undefined) !== (domainId === undefined), {
      error: "must have either domainName or domainId: the account that owns the agency",
      when: ({ issues }) => issues.length === 0,
    })
    .optional(),
};

/** For what takes nothing but a target. */
export const targetForm = z.object(targetShape);

/**
 * What check answers for either resource: the user's values with defaults and configuration filled in, and every
 * problem found, also with the configuration and the credentials. Sends nothing.
 */
export function resolveInputs(schema: z.ZodObject, news: Bag, defaults: Bag, session: Session): CheckResult<Bag> {
  const { [providerProperty]: _, [deployingProperty]: __, ...given } = news;
  const failures = validate(schema, given);
  try {
    const { target, failures: unresolved } = resolveTarget(given, session.configuration());
    session.checkCredentials();
    return { inputs: { ...defaults, ...given, ...target }, failures: [...failures, ...unresolved] };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    return { inputs: given, failures: [...failures, { property: "", reason: error.message }] };
  }
}

/**
 * Validates what the user wrote. Answers with every failure at once, each under the property's own name. A value that is
 * not known yet passes: it is checked when it is.
 */
export function validate(schema: z.ZodObject, given: Bag): CheckFailure[] {
  const failures: CheckFailure[] = [];
  if (given.projectId !== undefined && given.projectName !== undefined) {
    failures.push({
      property: "projectName",
      reason: "must not be given together with projectId: one names the project",
    });
  }
  const parsed = strictly(schema).safeParse(given);
  if (!parsed.success) failures.push(...parsed.error.issues.flatMap((issue) => failuresOf(issue, given, schema)));
  return failures;
}

/** Made once for each schema: zod compiles one at its first use, and a program may have hundreds of resources. */
function strictly(schema: z.ZodObject): z.ZodObject {
  const made = strictSchemas.get(schema) ?? schema.strict();
  strictSchemas.set(schema, made);
  return made;
}
const strictSchemas = new WeakMap<z.ZodObject, z.ZodObject>();

function failuresOf(issue: z.core.$ZodIssue, given: Bag, schema: z.ZodObject): CheckFailure[] {
  const property = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      property: property ? `${property}.${key}` : key,
      reason: `is not a property of this resource.${property ? "" : suggestion(key, Object.keys(schema.shape))}`,
    }));
  }
  const value = issue.path.reduce<unknown>((bag, key) => (isBag(bag) ? bag[String(key)] : bag), given);
  if (isUnknown(value)) return [];
  return [{ property, reason: value === undefined ? `is required and ${issue.message}` : issue.message }];
}

function isBag(value: unknown): value is Bag {
  return typeof value === "object" && value !== null;
}
