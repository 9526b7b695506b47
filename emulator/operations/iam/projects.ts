// KeystoneListProjects: the projects of an account, filtered and paged.

import { z } from "zod";
import { iamError } from "../../errors";
import type { Answer, CallerCall } from "../../operation";
import { readBody } from "../../requestBody";
import { projectEntry } from "./projectEntry";

const query = z
  .object({
    name: z.string().optional(),
    domain_id: z.string().optional(),
    parent_id: z.string().optional(),
    enabled: z.enum(["true", "false"]).optional(),
    page: z.coerce.number().int().min(1).optional(),
    per_page: z.coerce.number().int().min(1).max(5000).optional(),
  })
  .refine(({ page, per_page }) => (page === undefined) === (per_page === undefined));

export function listProjects({ cloud, caller, query: sent }: CallerCall): Answer {
  const asked = readBody(query, Object.fromEntries(sent), () => iamError(400, "The request parameter is invalid"));
  const { accountId } = caller.principal;
  if (asked.domain_id !== undefined && asked.domain_id !== accountId)
    throw iamError(403, "You have no right to do this action.");
  const found = cloud
    .projects(accountId)
    .filter(({ name }) => asked.name === undefined || name === asked.name)
    .filter(({ parentId }) => asked.parent_id === undefined || parentId === asked.parent_id)
    .filter(() => asked.enabled !== "false");
  const { page = 1, per_page: size = found.length } = asked;
  return {
    body: {
      projects: found.slice((page - 1) * size, page * size).map(projectEntry),
      links: { self: "https://iam.myhuaweicloud.com/v3/projects", next: null, previous: null },
    },
  };
}
