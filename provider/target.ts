// The target of a resource: one project of one region. Its ID, and what a change of it means.
import { type CheckFailure, hasUnknown } from "./engine";
import { ConfigurationError } from "./huaweicloud/transport/errors";

/** An agency of another account to act as. Exactly one of the two domain properties is given. */
export interface AssumeRole {
  agencyName: string;
  domainName?: string | undefined;
  domainId?: string | undefined;
}

/** The project that a resource is for, and as whom. Any value may still be unknown in a preview. */
export interface TargetInputs {
  region: string;
  projectId?: string;
  /** Only where there is no `projectId`: the name by which it is looked up. */
  projectName?: string;
  assumeRole?: AssumeRole;
}

/** What the configuration says of the target. */
export interface TargetDefaults {
  region: string | undefined;
  projectId: string | undefined;
  projectName: string | undefined;
}

/** A target as kept in state: the project's ID is known. */
export interface Target extends TargetInputs {
  projectId: string;
}

/** ID of a resource, the same for both kinds: `{region}/{projectId}`. */
export function resourceId({ region, projectId }: Target): string {
  return `${region}/${projectId}`;
}

/** The target that an ID names: all that `get` knows. */
export function parseResourceId(id: string): Target {
  const [region, projectId, ...rest] = id.split("/");
  if (!region || !projectId || rest.length > 0) {
    throw new ConfigurationError(
      `"${id}" is not the ID of such a resource: it is "{region}/{projectId}", such as cn-north-4/0123456789abcdef0123456789abcdef.`,
    );
  }
  return { region, projectId };
}

/** Region, project and role: what the user wrote, else what the configuration says. */
export function resolveTarget(
  given: Partial<TargetInputs>,
  defaults: TargetDefaults,
): { target: TargetInputs; failures: CheckFailure[] } {
  const region = given.region ?? defaults.region;
  if (region === undefined) {
    const reason =
      "is required: set it here, or as huaweicloud:region or HW_REGION_NAME, to a region such as cn-north-4";
    return { target: { region: "" }, failures: [{ property: "region", reason }] };
  }
  const role = given.assumeRole === undefined ? {} : { assumeRole: given.assumeRole };
  return { target: { region, ...resolveProject(given, region, defaults), ...role }, failures: [] };
}

function resolveProject(given: Partial<TargetInputs>, region: string, defaults: TargetDefaults) {
  if (given.projectId !== undefined) return { projectId: given.projectId };
  if (given.projectName !== undefined) return { projectName: given.projectName };
  // The configured project lies in the configured region and account: elsewhere it would be the wrong one.
  const isConfigured = region === (defaults.region ?? region) && given.assumeRole === undefined;
  if (isConfigured && defaults.projectId) return { projectId: defaults.projectId };
  return { projectName: (isConfigured && defaults.projectName) || region };
}

/** Which properties of the target changed: those that make it another one, and whether anything else did. */
export function compareTargets(olds: Target, news: TargetInputs): { replaces: string[]; changes: boolean } {
  const replaces: string[] = [];
  if (olds.region !== news.region) replaces.push("region");
  const project = compareProjects(olds, news);
  if (project.differs) replaces.push(project.property);
  const roleChanges = !sameRole(olds, news);
  // The role says who asks, not where: with the project's ID given it is no other target.
  const pinned = project.property === "projectId" && !project.differs;
  if (roleChanges && !pinned) replaces.push("assumeRole");
  const respelt = project.property === "projectId" && olds.projectName !== undefined;
  return { replaces, changes: replaces.length > 0 || roleChanges || respelt };
}

function compareProjects(
  olds: Target,
  news: TargetInputs,
): { property: "projectId" | "projectName"; differs: boolean } {
  if (news.projectId !== undefined) {
    return { property: "projectId", differs: news.projectId.toLowerCase() !== olds.projectId.toLowerCase() };
  }
  return { property: "projectName", differs: news.projectName !== olds.projectName || hasUnknown(news.projectName) };
}

function sameRole(olds: TargetInputs, news: TargetInputs): boolean {
  if (hasUnknown(news.assumeRole)) return false;
  const { agencyName, domainName, domainId } = olds.assumeRole ?? {};
  const role = news.assumeRole;
  return agencyName === role?.agencyName && domainName === role?.domainName && domainId === role?.domainId;
}

/**
 * The target's part of inputs, from outputs. The project's ID is an input only where it was not looked up by name: so a
 * refresh gives back the very inputs that check resolved, and shows no change where there is none.
 */
export function targetInputs({ region, projectId, projectName, assumeRole }: Target): TargetInputs {
  return {
    region,
    ...(projectName === undefined ? { projectId } : { projectName }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
  };
}

/** A scope for the session, from what check resolved or what state has. */
export function scopeOf(bag: TargetInputs): TargetInputs {
  const { region, projectId, projectName, assumeRole } = bag;
  return {
    region,
    ...(projectId === undefined ? {} : { projectId }),
    ...(projectName === undefined ? {} : { projectName }),
    ...(assumeRole === undefined ? {} : { assumeRole }),
  };
}

export function describeTarget({ region, projectId }: { region: string; projectId: string }): string {
  return `project ${projectId} in ${region}`;
}

/**
 * Refuses a second resource for one target in one run. The program refuses most of them in the preview; two names of one
 * project, or its name and its ID, are seen to be the same only here.
 */
export function claimTarget(created: Set<string>, kind: string, target: Target): void {
  const claimed = `${kind} ${resourceId(target)}`;
  if (created.has(claimed)) {
    throw new ConfigurationError(
      `The ${describeTarget(target)} has a resource ${kind} already, made by this very run, and can have only one: the two would ` +
        "overwrite each other. Remove one, or give it another region, projectId or projectName.",
    );
  }
  created.add(claimed);
}
