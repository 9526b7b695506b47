// The scope of a token as it is asked for, and the project or account that it names.

import { z } from "zod";
import type { Cloud } from "../../cloud/cloud";
import type { Scope } from "../../cloud/state";
import { iamError } from "../../errors";

const named = z.object({ id: z.string().optional(), name: z.string().optional() });

export const scopeSchema = z.object({ project: named.optional(), domain: named.optional() });

/** A project wins over a domain; none is the account as a whole. */
export function resolveScope(cloud: Cloud, accountId: string, asked: z.infer<typeof scopeSchema> | undefined): Scope {
  const wanted = asked?.project;
  if (wanted === undefined) {
    const domain = asked?.domain;
    const named = domain === undefined ? accountId : cloud.account(domain.id ?? domain.name ?? "")?.id;
    if (named !== accountId) throw iamError(401, "The domain is not found or is not the caller's.");
    return { type: "domain", accountId };
  }
  const project = cloud
    .projects(accountId)
    .find(({ id, name }) => (wanted.id === undefined ? name === wanted.name : id === wanted.id));
  if (project === undefined) throw iamError(404, `Could not find project: ${wanted.id ?? wanted.name ?? ""}.`);
  return { type: "project", projectId: project.id };
}
