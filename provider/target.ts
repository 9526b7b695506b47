// A target is one project in one region: its identity, its spellings, and which changes replace a resource. Used by both
// resources.

import { agencyShape, withOneAccount } from "./huaweicloud/services/agency";
import * as identifiers from "./huaweicloud/services/identifiers";
import { sameId } from "./huaweicloud/services/identifiers";
import { ConfigurationError } from "./huaweicloud/transport/errors";
import type { KeyOf } from "./huaweicloud/transport/sentence";
import { z } from "./huaweicloud/transport/zod";
import { type CheckFailure, hasUnknown } from "./protocol";

/** An agency of another account to act as. */
export const assumeRole = withOneAccount(
  z.strictObject(agencyShape, 'must be an object such as { agencyName: "evs-admin", domainName: "other-account" }'),
);
export type AssumeRole = z.infer<typeof assumeRole>;

/** The properties that say which project a resource or function is about, as users write them. */
export const targetShape = {
  region: identifiers.region.optional(),
  projectId: identifiers.projectId.optional(),
  projectName: identifiers.projectName.optional(),
  assumeRole: assumeRole.optional(),
};
export const targetArgs = z.object(targetShape);
export type TargetArgs = z.infer<typeof targetArgs>;

/** A target as check resolves it. Without a `projectId` the project is the one of this name. */
export const targetInputs = z.object({ ...targetShape, region: identifiers.region });
export type TargetInputs = z.infer<typeof targetInputs>;

/** A target as state has it: the project's ID is known. */
export const target = z.object({ ...targetShape, region: identifiers.region, projectId: identifiers.projectId });
export type Target = z.infer<typeof target>;

/** Where a target is, as far as messages and look-ups in memory are concerned. */
export interface Place {
  region: string;
  projectId: identifiers.ProjectId;
}

/** The target that this is, however it is spelled. */
export type TargetId = `${string}/${string}`;

export function targetId({ region, projectId }: Place): TargetId {
  return `${region}/${projectId.toLowerCase()}`;
}

/** What the configuration says of the target. */
export interface TargetDefaults {
  region: identifiers.Region | undefined;
  projectId: identifiers.ProjectId | undefined;
  projectName: string | undefined;
}

/** ID of a resource, the same for both kinds: `{region}/{projectId}`. */
export function resourceId({ region, projectId }: Target): string {
  return `${region}/${projectId}`;
}

const resourceIdParts = z.tuple([identifiers.region, identifiers.projectId]);

/** The target that a resource's ID names: all that `get` knows. Throws a `ConfigurationError` if it is not of that form. */
export function parseResourceId(id: string): Target {
  const parsed = resourceIdParts.safeParse(id.split("/"));
  if (parsed.success) return { region: parsed.data[0], projectId: parsed.data[1] };
  throw new ConfigurationError(
    `${JSON.stringify(id.slice(0, 120))} is not a resource ID. Expected "{region}/{projectId}", such as cn-north-4/0123456789abcdef0123456789abcdef.`,
  );
}

/** Region, project and role: what the user wrote, else what the configuration says. */
export function resolveTarget(
  given: TargetArgs,
  defaults: TargetDefaults,
  keyOf: KeyOf,
): { target: TargetInputs; failures: [] } | { target: undefined; failures: CheckFailure[] } {
  const region = given.region ?? defaults.region;
  if (region === undefined) {
    const reason = `is required: set it here, or as ${keyOf("region")} or HW_REGION_NAME, to a region such as cn-north-4`;
    return { target: undefined, failures: [{ property: "region", reason }] };
  }
  const isNamed = given.projectId !== undefined || given.projectName !== undefined || given.assumeRole !== undefined;
  if (!isNamed && defaults.region === undefined && (defaults.projectId ?? defaults.projectName) !== undefined) {
    const reason =
      `is configured (${keyOf("projectId")} or projectName, HW_PROJECT_ID or HW_PROJECT_NAME) without a region: ` +
      `set ${keyOf("region")} or HW_REGION_NAME too, or projectId or projectName here`;
    return { target: undefined, failures: [{ property: "projectId", reason }] };
  }
  const role = given.assumeRole === undefined ? {} : { assumeRole: given.assumeRole };
  return { target: { region, ...resolveProject(given, region, defaults), ...role }, failures: [] };
}

function resolveProject(given: TargetArgs, region: identifiers.Region, defaults: TargetDefaults) {
  if (given.projectId !== undefined) return { projectId: given.projectId };
  if (given.projectName !== undefined) return { projectName: given.projectName };
  // The configured project lies in the configured region and account: elsewhere it would be the wrong one.
  const isConfigured = region === defaults.region && given.assumeRole === undefined;
  if (isConfigured && defaults.projectId) return { projectId: defaults.projectId };
  return { projectName: (isConfigured && defaults.projectName) || region };
}

/** Whether two spellings are the same to the letter, so that nothing needs to be looked up to know that the target is too. */
export function sameSpelling(one: TargetInputs, other: TargetInputs): boolean {
  if (one.region !== other.region || one.projectName !== other.projectName) return false;
  return (one.projectName !== undefined || sameId(one.projectId, other.projectId)) && sameRole(one, other);
}

/**
 * Which properties of the target changed: those that replace the resource, and whether state changes. Another spelling of the
 * same project is not a change; another role changes state only.
 */
export function compareTargets(
  olds: Target,
  news: TargetInputs,
): { replaces: string[]; changes: boolean; isSame: boolean } {
  const roleChanges = !sameRole(olds, news);
  const replaces = olds.region === news.region ? projectThatChanges(olds, news, roleChanges) : ["region"];
  // Unknown: check could not look it up, and said so. update looks it up before it writes.
  const unsure = news.projectId === undefined && (roleChanges || news.projectName !== olds.projectName);
  return { replaces, changes: replaces.length > 0 || roleChanges || unsure, isSame: replaces.length === 0 && !unsure };
}

function projectThatChanges(olds: Target, news: TargetInputs, roleChanges: boolean): string[] {
  if (news.projectId === undefined) return hasUnknown(news.projectName) ? ["projectName"] : [];
  if (sameId(olds.projectId, news.projectId)) return [];
  if (roleChanges) return ["assumeRole"];
  return [news.projectName === undefined ? "projectId" : "projectName"];
}

export function sameRole(one: TargetInputs, other: TargetInputs): boolean {
  if (hasUnknown(other.assumeRole)) return false;
  const { agencyName, domainName, domainId } = one.assumeRole ?? {};
  const role = other.assumeRole;
  return agencyName === role?.agencyName && domainName === role?.domainName && domainId === role?.domainId;
}

/**
 * Whether two targets are the same project, by their spellings alone; `undefined` if that needs a look-up of the project's ID.
 * Names are unique in an account, and a project belongs to one account.
 */
export function sameProject(one: TargetInputs, other: TargetInputs): boolean | undefined {
  if (one.region !== other.region) return false;
  if (one.projectId !== undefined && other.projectId !== undefined) return sameId(one.projectId, other.projectId);
  const account = sameAccount(one, other);
  if (account === false) return false;
  const byName = one.projectId === undefined && other.projectId === undefined;
  if (byName && one.projectName !== other.projectName) return false;
  return byName && account ? true : undefined;
}

/** Whether a look-up is worthwhile when spellings do not decide: not between the own account and an agency's account. */
export function isWorthLookUp(one: TargetInputs, other: TargetInputs): boolean {
  return (one.assumeRole === undefined) === (other.assumeRole === undefined);
}

/** `undefined` if unknown: one role has the account's name and the other its ID. */
function sameAccount({ assumeRole: one }: TargetInputs, { assumeRole: other }: TargetInputs): boolean | undefined {
  if (one === undefined || other === undefined) return one === other ? true : undefined;
  if (one.domainName !== undefined && other.domainName !== undefined) return one.domainName === other.domainName;
  if (one.domainId !== undefined && other.domainId !== undefined) return one.domainId === other.domainId;
  return undefined;
}

/**
 * The target's part of inputs, from outputs. The project's ID is an input only if it was not looked up by name: so a
 * refresh returns the same inputs as check, and shows no change without one.
 */
export function inputsOfTarget({ region, projectId, projectName, assumeRole }: Target): TargetInputs {
  return {
    region,
    ...(projectName === undefined ? { projectId } : { projectName }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
  };
}

/** The target's properties alone, from what check resolved or what state has. */
export function scopeOf(bag: Target): Target;
export function scopeOf(bag: TargetInputs): TargetInputs;
export function scopeOf({ region, projectId, projectName, assumeRole }: TargetInputs): TargetInputs {
  return {
    region,
    ...(projectId === undefined ? {} : { projectId }),
    ...(projectName === undefined ? {} : { projectName }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
  };
}

export function describeTarget({ region, projectId }: Place): string {
  return `project ${projectId} in ${region}`;
}
