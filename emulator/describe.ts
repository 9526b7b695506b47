// What a user of the emulator needs to know: its address, its users, projects and keys.

import type { Cloud } from "./cloud/cloud";
import type { KeyState } from "./cloud/state";
import { keyStateCodes } from "./services/kms";

export interface Description {
  endpoint: string;
  /** What control calls send as `Authorization: Bearer TOKEN`. */
  controlToken: string;
  accounts: {
    domainName: string;
    domainId: string;
    users: { name: string; password: string; accessKey: string; secretKey: string; id: string; role: string }[];
    projects: { region: string; name: string; id: string }[];
    agencies: { name: string; id: string; trusts: string; role: string }[];
  }[];
  kmsKeys: {
    projectId: string;
    keyId: string;
    alias: string;
    state: KeyState;
    /** The state as KMS writes it: "2" is enabled. */
    keyState: string;
    spec: string;
    usage: string;
  }[];
}

export function describe(endpoint: string, controlToken: string, cloud: Cloud): Description {
  const usersOf = byAccount(cloud.users);
  const projectsOf = byAccount(cloud.projects());
  const agenciesOf = byAccount(cloud.agencies);
  return {
    endpoint,
    controlToken,
    accounts: cloud.accounts.map((account) => ({
      domainName: account.name,
      domainId: account.id,
      users: usersOf(account.id).map(({ name, password, accessKey, secretKey, id, role }) => ({
        name,
        password,
        accessKey,
        secretKey,
        id,
        role,
      })),
      projects: projectsOf(account.id).map(({ region, name, id }) => ({ region, name, id })),
      agencies: agenciesOf(account.id).map(({ name, id, trust, role }) => ({
        name,
        id,
        role,
        trusts: trustText(cloud, trust),
      })),
    })),
    kmsKeys: cloud.keys().map(({ projectId, id, alias, state, spec, usage }) => ({
      projectId,
      keyId: id,
      alias,
      state,
      keyState: keyStateCodes[state],
      spec,
      usage,
    })),
  };
}

/** Grouped in one pass: a fleet has a thousand accounts. */
function byAccount<T extends { accountId: string }>(all: readonly T[]): (accountId: string) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groups.get(one.accountId);
    if (group === undefined) groups.set(one.accountId, [one]);
    else group.push(one);
  }
  return (accountId) => groups.get(accountId) ?? [];
}

function trustText(cloud: Cloud, trust: Cloud["agencies"][number]["trust"]): string {
  switch (trust.type) {
    case "account":
      return `account ${cloud.account(trust.accountId)?.name ?? trust.accountId}`;
    case "service":
      return `service ${trust.service}`;
    case "oidc":
      return "identities of the account's providers";
  }
}
