// Calls of Organizations: the accounts of an organization. Only its management account, or a delegated administrator, may
// make them. API reference: https://support.huaweicloud.com/intl/en-us/api-organizations/ListAccounts.html

import { z } from "../transport/zod";
import type { AccountConnection } from "./context";
import { answeredText as text } from "./identifiers";
import { allPages, ListLimits } from "./pages";

const paths = {
  accounts: "/v1/organizations/accounts",
  units: "/v1/organizations/organizational-units",
};

const pageInfo = z.object({ next_marker: z.string().nullish() }).optional();
const accountsAnswer = z.object({
  accounts: z.array(z.object({ id: text, name: text, status: text })),
  page_info: pageInfo,
});
const unitsAnswer = z.object({ organizational_units: z.array(z.object({ id: z.string() })), page_info: pageInfo });

/** An account of an organization. */
export interface MemberAccount {
  id: string;
  name: string;
  /** `active`; others, such as `suspended` and `pending_closure`, cannot be used. */
  status: string;
}

/** The most accounts that a page may have. */
const pageSize = 1000;

/** Above what any organization has: the quota is a hundred. */
const maxUnits = 2000;

/**
 * `GET /v1/organizations/accounts`, all pages: the accounts of the organization; with `parentId` (a root or an
 * organizational unit), those below it on every level.
 */
export async function listMemberAccounts(connection: AccountConnection, parentId?: string): Promise<MemberAccount[]> {
  const limits = new ListLimits(listingAccounts, connection);
  const accounts: MemberAccount[] = [];
  const units = new Set([parentId]); // a set can grow during iteration, and has no duplicates
  for (const unit of units) {
    for await (const account of listAccounts(connection, unit, limits)) accounts.push(account);
    if (unit === undefined) return accounts;
    for await (const { id } of listUnits(connection, unit, limits)) units.add(id);
    if (units.size > maxUnits) throw limits.error(`the organization has more than ${maxUnits} units`);
  }
  return accounts;
}

const listingAccounts = "listing the accounts of the organization";

function listAccounts(connection: AccountConnection, parentId: string | undefined, limits: ListLimits) {
  const ask = async (marker: string | undefined) => {
    const request = { method: "GET", path: paths.accounts + queryOf(parentId, marker) } as const;
    const { accounts, page_info } = await connection.call("organizations", listingAccounts, request, accountsAnswer);
    return { items: accounts, next: page_info?.next_marker || undefined };
  };
  return allPages(listingAccounts, connection, ask, limits);
}

function listUnits(connection: AccountConnection, parentId: string, limits: ListLimits) {
  const action = "listing organizational units";
  const ask = async (marker: string | undefined) => {
    const request = { method: "GET", path: paths.units + queryOf(parentId, marker) } as const;
    const { organizational_units, page_info } = await connection.call("organizations", action, request, unitsAnswer);
    return { items: organizational_units, next: page_info?.next_marker || undefined };
  };
  return allPages(action, connection, ask, limits);
}

function queryOf(parentId: string | undefined, marker: string | undefined): string {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (parentId !== undefined) query.set("parent_id", parentId);
  if (marker !== undefined) query.set("marker", marker);
  return `?${query}`;
}
