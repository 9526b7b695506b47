// GetCallerIdentity: which account and identity the credentials belong to.

import type { Principal } from "../../cloud/state";
import type { Answer, CallerCall } from "../../operation";

export function getCallerIdentity({ caller }: CallerCall): Answer {
  const { principal } = caller;
  return {
    body: { account_id: principal.accountId, principal_urn: urn(principal), principal_id: principal.id },
  };
}

function urn({ type, accountId, name }: Principal): string {
  if (type === "user") return `iam::${accountId}:user:${name}`;
  return `sts::${accountId}:${type === "agency" ? "assumed-agency" : "external-user"}:${name.split("/").at(-1) ?? name}`;
}
