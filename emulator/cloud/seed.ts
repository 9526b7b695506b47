// Builds the first state from names.

import { accessKeyId, hexId, secretKey, uuid } from "./ids";
import type { Role } from "./permissions";
import type { Agency, CloudState, Key, KeyState, Project, Trust } from "./state";

export interface KeySeed {
  alias: string;
  spec: string;
  usage: string;
  state: KeyState;
}

export interface AccountSeed {
  name: string;
  /** Default true. */
  defaultEncryptionBeta?: boolean;
  users: { name: string; password: string; role: Role }[];
  projects: { region: string; name: string }[];
  agencies: { name: string; trust: { service: string } | { account: string } | "oidc"; role: Role }[];
}

export interface Seed {
  accounts: AccountSeed[];
  /** The keys of every project. */
  keys: KeySeed[];
}

export const accountId = (account: string): string => hexId("account", account);
export const projectId = (account: string, name: string): string => hexId("project", account, name);

const day = 24 * 3600 * 1000;
/** Keys of the seed are older than any test's clock. */
const seedTime = Date.UTC(2025, 0, 1);

export function buildState(seed: Seed): CloudState {
  const accounts = seed.accounts.map(({ name, defaultEncryptionBeta = true }) => ({
    id: accountId(name),
    name,
    defaultEncryptionBeta,
  }));
  const projects = seed.accounts.flatMap((account) =>
    account.projects.map(({ name, region }) => buildProject(account.name, region, name)),
  );
  return {
    version: 1,
    accounts,
    users: seed.accounts.flatMap((account) =>
      account.users.map((user) => ({
        ...user,
        id: hexId("user", account.name, user.name),
        accountId: accountId(account.name),
        accessKey: accessKeyId(account.name, user.name),
        secretKey: secretKey(account.name, user.name),
        enabled: true,
      })),
    ),
    agencies: seed.accounts.flatMap((account) =>
      account.agencies.map(({ name, role, trust }): Agency => buildAgency(account.name, name, toTrust(trust), role)),
    ),
    projects,
    keys: projects.flatMap((project) => seed.keys.map((key) => buildKey(project, key, seedTime))),
    identityProviders: [],
    tokens: [],
    temporaryKeys: [],
    metadata: "v1AndV2",
  };
}

export function buildAgency(account: string, name: string, trust: Trust, role: Role): Agency {
  return { id: hexId("agency", account, name), accountId: accountId(account), name, trust, role };
}

/** The parent of a region's own project, which is named after the region, is the account. Other projects are below it. */
export function buildProject(account: string, region: string, name: string): Project {
  return {
    id: projectId(account, name),
    accountId: accountId(account),
    name,
    region,
    parentId: name === region ? accountId(account) : projectId(account, region),
    defaultEncryption: { keyId: "", enabled: false, everEnabled: false },
  };
}

export function buildKey(project: Project, seed: KeySeed, now: number): Key {
  return {
    ...seed,
    id: uuid("key", project.id, seed.alias),
    projectId: project.id,
    isDefault: false,
    description: "",
    origin: seed.state === "pendingImport" ? "external" : "kms",
    createdAt: now,
    ...(seed.state === "pendingDeletion" ? { deletionAt: now + 1096 * day } : {}),
  };
}

function toTrust(trust: AccountSeed["agencies"][number]["trust"]): Trust {
  if (trust === "oidc") return { type: "oidc" };
  if ("service" in trust) return { type: "service", service: trust.service };
  return { type: "account", accountId: accountId(trust.account) };
}
