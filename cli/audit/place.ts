// Which projects a rule of a file is about: waivers and expectations say it alike.
import type { z } from "zod";
import { words } from "../document";
import type { ProjectFinding } from "../report/findings";

/** Each may be a name or an ID; what is left out matches all. */
export const placeShape = { account: words.optional(), region: words.optional(), project: words.optional() };

export type Place = z.output<z.ZodObject<typeof placeShape>>;

/** The part of a finding that says where it is. */
export type Where = Pick<ProjectFinding, "account" | "region" | "projectId" | "projectName">;

export function matchesPlace({ account, region, project }: Place, where: Where): boolean {
  return (
    (account === undefined || isAny(account, [where.account.id, where.account.name])) &&
    (region === undefined || isAny(region, [where.region])) &&
    (project === undefined || isAny(project, [where.projectId, where.projectName]))
  );
}

/**
 * Whether a place may match that names an account by its ID or name, of which only the other is known here: a name cannot be
 * told from an ID, but for its form.
 */
export function mayMatchPlace({ account, ...place }: Place, where: Where): boolean {
  if (account === undefined || !matchesPlace(place, where) || matchesPlace({ account }, where)) return false;
  return (/^[0-9a-f]{32}$/i.test(account) ? where.account.id : where.account.name) === null;
}

/** As `matchesPlace`, where what is not known of a place may be anything. */
export function overlapsPlace({ account, region, project }: Place, where: Where): boolean {
  const may = (text: string | undefined, values: (string | null)[]) =>
    text === undefined || values.includes(null) || isAny(text, values);
  return (
    may(account, [where.account.id, where.account.name]) &&
    may(region, [where.region]) &&
    may(project, [where.projectId, where.projectName])
  );
}

function isAny(text: string, values: (string | null)[]): boolean {
  return values.some((value) => value?.toLowerCase() === text.toLowerCase());
}
