// An organization of accounts: its units, which account is in which, and who may look at them.

import { hexId } from "./ids";

export type MemberStatus = "active" | "suspended" | "pending_closure";

export interface Member {
  accountId: string;
  /** The root, or a unit. */
  parentId: string;
  joinMethod: "invited" | "created";
  status: MemberStatus;
  joinedAt: number;
}

export interface Unit {
  id: string;
  name: string;
  parentId: string;
  createdAt: number;
}

export interface Organization {
  id: string;
  rootId: string;
  managementAccountId: string;
  delegatedAdministratorIds: string[];
  units: Unit[];
  members: Member[];
}

export function buildOrganization(managementAccountId: string): Organization {
  return {
    id: `o-${hexId("organization", managementAccountId)}`,
    rootId: `r-${hexId("root", managementAccountId)}`,
    managementAccountId,
    delegatedAdministratorIds: [],
    units: [],
    members: [],
  };
}

export function buildUnit(organization: Organization, name: string, parentId: string, createdAt: number): Unit {
  return { id: `ou-${hexId("unit", organization.id, parentId, name)}`, name, parentId, createdAt };
}

/** Whether the account may list the organization: as its management account, or by delegation. */
export function isAdministrator(organization: Organization, accountId: string): boolean {
  return organization.managementAccountId === accountId || organization.delegatedAdministratorIds.includes(accountId);
}

export function hasParent(organization: Organization, id: string): boolean {
  return organization.rootId === id || organization.units.some((unit) => unit.id === id);
}
