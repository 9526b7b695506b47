// Organizations: the accounts of an organization, its root and its units. Lists come in pages, each with a marker for the next.

import { z } from "zod";
import { hasParent, isAdministrator, type Organization } from "../cloud/organization";
import { organizationsError } from "../errors";
import { accountTokenMissing, organizationsQueryInvalid, parentUnknown } from "../inferred";
import { type Answer, type CallerCall, type Operation, readBody } from "../operation";

const path = "/v1/organizations";

// biome-ignore format: one operation a line
export const organizations = [
  { service: "organizations", name: "ListAccounts", method: "GET", path: `${path}/accounts`, auth: "caller", permission: "organizations:listAccounts", handle: listAccounts },
  { service: "organizations", name: "ListOrganizationalUnits", method: "GET", path: `${path}/organizational-units`, auth: "caller", permission: "organizations:listUnits", handle: listUnits },
  { service: "organizations", name: "ListRoots", method: "GET", path: `${path}/roots`, auth: "caller", permission: "organizations:listUnits", handle: listRoots },
] as const satisfies readonly Operation[];

const defaultLimit = 1000;
const maxLimit = 2000;
const maxLimitWithContacts = 200;

const pageQuery = z
  .object({
    parent_id: z.string().optional(),
    with_register_contact_info: z.enum(["true", "false"]).default("false"),
    limit: z.coerce.number().int().min(1).max(maxLimit).optional(),
    marker: z
      .string()
      .regex(/^[\w-]+$/)
      .transform(fromMarker)
      .pipe(z.number().int().min(1))
      .optional(),
  })
  .refine(
    ({ with_register_contact_info: contacts, limit = 0 }) => contacts === "false" || limit <= maxLimitWithContacts,
  );

type PageQuery = z.infer<typeof pageQuery>;

function listAccounts(call: CallerCall): Answer {
  const { organization, asked } = readList(call);
  const found = organization.members.filter(({ parentId }) => parentId === (asked.parent_id ?? parentId));
  const { items, page_info } = toPage(found, asked);
  const accounts = items.map(({ accountId: id, joinMethod: join_method, status, joinedAt }) => ({
    id,
    urn: urn(organization, "account", id),
    join_method,
    status,
    joined_at: new Date(joinedAt).toISOString(),
    name: call.cloud.account(id)?.name ?? "",
    description: "",
  }));
  return { body: { accounts, page_info } };
}

function listUnits(call: CallerCall): Answer {
  const { organization, asked } = readList(call);
  const found = organization.units.filter(({ parentId }) => parentId === (asked.parent_id ?? parentId));
  const { items, page_info } = toPage(found, asked);
  const organizational_units = items.map(({ id, name, createdAt }) => ({
    id,
    urn: urn(organization, "ou", id),
    name,
    created_at: new Date(createdAt).toISOString(),
  }));
  return { body: { organizational_units, page_info } };
}

function listRoots(call: CallerCall): Answer {
  const { organization, asked } = readList(call);
  const { items, page_info } = toPage([organization.rootId], asked);
  const roots = items.map((id) => ({ id, urn: urn(organization, "root", id), name: "root", policy_types: [] }));
  return { body: { roots, page_info } };
}

/** For the management account and delegated administrators only. */
function readList({ cloud, caller, query }: CallerCall): { organization: Organization; asked: PageQuery } {
  if (caller.scope?.type === "project") throw accountTokenMissing();
  const { organization } = cloud;
  if (organization === undefined || !isAdministrator(organization, caller.principal.accountId))
    throw organizationsError("Organizations.1002");
  const asked = readBody(pageQuery, Object.fromEntries(query), organizationsQueryInvalid);
  if (asked.parent_id !== undefined && !hasParent(organization, asked.parent_id)) throw parentUnknown();
  return { organization, asked };
}

/** The last page has a null for its marker. */
function toPage<T>(found: readonly T[], asked: PageQuery) {
  const usual = asked.with_register_contact_info === "true" ? maxLimitWithContacts : defaultLimit;
  const { limit = usual, marker: start = 0 } = asked;
  const items = found.slice(start, start + limit);
  const end = start + items.length;
  return { items, page_info: { next_marker: end < found.length ? toMarker(end) : null, current_count: items.length } };
}

/** Unreadable on purpose: a client must hand it back as it is. */
function toMarker(start: number): string {
  return Buffer.from(`from ${start}`).toString("base64url");
}

function fromMarker(marker: string): number {
  const [, start] = /^from (\d+)$/.exec(Buffer.from(marker, "base64url").toString("utf8")) ?? [];
  return Number(start);
}

function urn({ id, managementAccountId }: Organization, kind: "account" | "ou" | "root", entity: string): string {
  return `organizations::${managementAccountId}:${kind}:${id}/${entity}`;
}
