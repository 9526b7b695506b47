// Who a caller becomes: by assuming an agency, or by an ID token of a pipeline, which is checked against the public key that the
// account has registered for its provider.

import type { CloudError } from "../errors";
import type { Cloud } from "./cloud";
import { hexId } from "./ids";
import { IdTokenError, subjectOf } from "./idToken";
import { isAllowed, type Rights } from "./permissions";
import type { Agency, IdentityProvider, Principal, User } from "./state";

/** `undefined` if the agency does not trust the caller's account, its own is closed, or the caller may not use agencies. */
export function assumeAgency(cloud: Cloud, caller: Principal, agency: Agency): Principal | undefined {
  const trusted = agency.trust.type === "account" && agency.trust.accountId === caller.accountId;
  if (!trusted || !cloud.isAccountOpen(agency.accountId)) return undefined;
  if (!isAllowed(caller, "iam:assumeAgencies")) return undefined;
  const { id, name, accountId } = caller;
  return { ...agencyPrincipal(cloud, agency), assumedBy: { id, name, accountId } };
}

export function agencyPrincipal(cloud: Cloud, agency: Agency): Principal {
  return {
    type: "agency",
    id: agency.id,
    name: `${cloud.account(agency.accountId)?.name ?? ""}/${agency.name}`,
    accountId: agency.accountId,
    ...rightsOf(agency),
  };
}

export function userPrincipal(user: User): Principal {
  const { id, name, accountId } = user;
  return { type: "user", id, name, accountId, ...rightsOf(user) };
}

function rightsOf({ role, denied }: Rights): Rights {
  return denied === undefined ? { role } : { role, denied };
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

/** Returns the subject of the token. Throws what `refuse` makes if signature, expiry or audience is wrong. */
export function verifyIdentityToken(
  provider: IdentityProvider,
  idToken: string,
  now: number,
  refuse: (reason: string) => CloudError,
): string {
  try {
    return subjectOf(idToken, { ...provider, now });
  } catch (error) {
    if (error instanceof IdTokenError) throw refuse(error.message);
    throw error;
  }
}
