// KeystoneListAuthDomains: the account the caller belongs to.

import type { Answer, CallerCall } from "../../operation";

export function listAuthDomains({ cloud, caller }: CallerCall): Answer {
  const account = cloud.account(caller.principal.accountId);
  const domains =
    account === undefined ? [] : [{ id: account.id, name: account.name, enabled: true, description: "", links: {} }];
  return { body: { domains, links: { self: "https://iam.myhuaweicloud.com/v3/auth/domains" } } };
}
