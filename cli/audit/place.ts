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

function isAny(text: string, values: (string | null)[]): boolean {
  return values.some((value) => value?.toLowerCase() === text.toLowerCase());
}
