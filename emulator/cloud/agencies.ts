// Acting for another account: who may assume an agency, and whom they become.

import type { Cloud } from "./cloud";
import { hexId } from "./ids";
import { isAllowed } from "./permissions";
import type { Agency, Principal } from "./state";

/** Undefined: the agency does not trust the caller's account, or the caller may not act through agencies. */
export function assumeAgency(cloud: Cloud, caller: Principal, agency: Agency): Principal | undefined {
  const trusted = agency.trust.type === "account" && agency.trust.accountId === caller.accountId;
  if (!trusted || !isAllowed(caller.role, "iam:assumeAgencies")) return undefined;
  const { id, name, accountId } = caller;
  return { ...agencyPrincipal(cloud, agency), assumedBy: { id, name, accountId } };
}

export function agencyPrincipal(cloud: Cloud, agency: Agency): Principal {
  return {
    type: "agency",
    id: agency.id,
    name: `${cloud.account(agency.accountId)?.name ?? ""}/${agency.name}`,
    accountId: agency.accountId,
    role: agency.role,
  };
}

/** An identity from an account's provider is mapped to one of its administrators. */
export function federatedPrincipal(providerId: string, subject: string, accountId: string): Principal {
  return { type: "federated", id: hexId("federated", providerId, subject), name: subject, accountId, role: "admin" };
}

/** `iam::{account_id}:agency:{name}` */
export function agencyOfUrn(cloud: Cloud, urn: string): Agency | undefined {
  const [, accountId = "", name = ""] = /^iam::([^:]*):agency:(.+)$/.exec(urn) ?? [];
  return cloud.agency(accountId, name);
}

export function agencyUrn(agency: Agency): string {
  return `iam::${agency.accountId}:agency:${agency.name}`;
}
