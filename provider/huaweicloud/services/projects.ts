// Calls of IAM about an account: its projects, its ID and name.
// API reference: https://support.huaweicloud.com/intl/en-us/api-iam/iam_06_0003.html

import { z } from "../transport/zod";
import type { AccountConnection } from "./context";
import { region, answeredText as text } from "./identifiers";
import { allPages } from "./pages";

const paths = { projects: "/v3/auth/projects", domains: "/v3/auth/domains" };

const projectsAnswer = z.object({
  projects: z.array(
    z.object({
      id: text,
      name: text,
      domain_id: text.nullish(),
      enabled: z.boolean().optional(),
      is_domain: z.boolean().optional(),
    }),
  ),
  links: z.object({ next: z.string().nullish() }).optional(),
});
const domainsAnswer = z.object({ domains: z.array(z.object({ id: text, name: text })) });

/** A project that the credentials can reach. */
export interface ReachableProject {
  /** As the service spells it, sanitized for display; a connection checks its format. */
  id: string;
  name: string;
  region: string;
  /** ID of the account that it belongs to. */
  accountId: string | undefined;
}

/** An account: its ID and name, which services call the domain's. */
export interface Account {
  id: string;
  name: string;
}

/**
 * `GET /v3/auth/projects`: the projects that the credentials can reach, all pages. It needs no permission. Projects that
 * are disabled, and those of no region, such as `MOS`, are left out.
 */
export async function listProjects(connection: AccountConnection): Promise<ReachableProject[]> {
  const action = "listing the projects";
  const found: ReachableProject[] = [];
  const pages = allPages(action, connection, async (query) => {
    const request = { method: "GET", path: paths.projects + (query ?? "") } as const;
    const { projects, links } = await connection.call("iam", action, request, projectsAnswer);
    return { items: projects, next: queryOf(links?.next) };
  });
  for await (const { id, name, domain_id, enabled = true, is_domain = false } of pages) {
    const [place = ""] = name.split("_");
    if (!enabled || is_domain || !region.safeParse(place).success) continue;
    found.push({ id, name, region: place, accountId: domain_id ?? undefined });
  }
  return found;
}

/** The query of the link to the next page; its host is ignored. */
function queryOf(link: string | null | undefined): string | undefined {
  const at = link?.indexOf("?") ?? -1;
  return at < 0 ? undefined : new URL(link?.slice(at) ?? "", "https://iam.invalid/").search || undefined;
}

/** `GET /v3/auth/domains`: the account of the credentials; `undefined` if the service names none, which happens. */
export async function getOwnAccount(connection: AccountConnection): Promise<Account | undefined> {
  const request = { method: "GET", path: paths.domains } as const;
  const { domains } = await connection.call("iam", "looking up the account", request, domainsAnswer);
  return domains.length === 1 ? domains[0] : undefined;
}
