// Builds the first state from names.

import { accessKeyId, hexId, secretKey, uuid } from "./ids";
import { buildOrganization, buildUnit, type MemberStatus, type Organization } from "./organization";
import type { Role } from "./permissions";
import type { Agency, CloudState, Disk, DiskSeed, Key, KeySeed, Project, Trust } from "./state";

export interface AccountSeed {
  name: string;
  /** Default true. */
  defaultEncryptionBeta?: boolean;
  users: { name: string; password: string; role: Role }[];
  projects: { region: string; name: string; contents?: Contents }[];
  agencies: { name: string; trust: { service: string } | { account: string } | "oidc"; role: Role }[];
  /** The unit of the organization that it is in. Default: the root. */
  unit?: string;
  /** Default `active`. */
  status?: MemberStatus;
}

/** What a project has, instead of the keys and disks of every project. They are made when they are first asked for. */
export interface Contents {
  enabled: boolean;
  /** The alias of the default key; of none that exists, for a key that is gone. Default: never set. */
  key?: string;
  keys: readonly KeySeed[];
  disks: readonly DiskSeed[];
}

export interface OrganizationSeed {
  /** The account that manages it. */
  management: string;
  delegatedAdministrators?: string[];
  /** Names, each of a unit below the root or below a unit that was named before. */
  units?: { name: string; parent?: string }[];
}

export interface Seed {
  accounts: AccountSeed[];
  /** The keys of every project. */
  keys: KeySeed[];
  /** The disks of every project. */
  disks?: DiskSeed[];
  /** Of all accounts. Default: there is none. */
  organization?: OrganizationSeed;
}

export const accountId = (account: string): string => hexId("account", account);
export const projectId = (account: string, name: string): string => hexId("project", account, name);
export const keyId = (project: string, alias: string): string => uuid("key", project, alias);

const day = 24 * 3600 * 1000;
/** What the seed makes is older than any test's clock. */
export const seedTime = Date.UTC(2025, 0, 1);

export function buildState(seed: Seed): CloudState {
  const accounts = seed.accounts.map(({ name, defaultEncryptionBeta = true }) => ({
    id: accountId(name),
    name,
    defaultEncryptionBeta,
  }));
  const projects = seed.accounts.flatMap((account) =>
    account.projects.map(({ name, region, contents }) => {
      const project = buildProject(account.name, region, name);
      if (contents !== undefined) fill(project, contents);
      else if (seed.disks !== undefined) project.disks = seed.disks.map((disk) => buildDisk(project, disk));
      return project;
    }),
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
    keys: projects
      .filter(({ pending }) => pending === undefined)
      .flatMap((project) => seed.keys.map((key) => buildKey(project, key, seedTime))),
    identityProviders: [],
    tokens: [],
    temporaryKeys: [],
    metadata: "v1AndV2",
    ...(seed.organization === undefined ? {} : { organization: gather(seed.organization, seed.accounts) }),
  };
}

function fill(project: Project, { enabled, key, keys, disks }: Contents): void {
  project.pending = { keys, disks };
  project.defaultEncryption = {
    enabled,
    everEnabled: enabled,
    keyId: key === undefined ? "" : keyId(project.id, key),
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
    isDefault: false,
    ...seed,
    id: keyId(project.id, seed.alias),
    projectId: project.id,
    description: "",
    origin: seed.state === "pendingImport" ? "external" : "kms",
    createdAt: now,
    ...(seed.state === "pendingDeletion" ? { deletionAt: now + 1096 * day } : {}),
  };
}

export function buildDisk(project: Project, { name, key }: DiskSeed): Disk {
  return {
    id: uuid("disk", project.id, name),
    name,
    sizeGb: 40,
    createdAt: seedTime,
    ...(key === undefined ? {} : { keyId: keyId(project.id, key) }),
  };
}

function gather(seed: OrganizationSeed, accounts: readonly AccountSeed[]): Organization {
  const organization = buildOrganization(accountId(seed.management));
  const unitId = (name: string | undefined): string => {
    if (name === undefined) return organization.rootId;
    const unit = organization.units.find((candidate) => candidate.name === name);
    if (unit === undefined) throw new Error(`The seed has no unit ${name}`);
    return unit.id;
  };
  for (const { name, parent } of seed.units ?? [])
    organization.units.push(buildUnit(organization, name, unitId(parent), seedTime));
  for (const name of seed.delegatedAdministrators ?? []) organization.delegatedAdministratorIds.push(accountId(name));
  const units = new Map(organization.units.map(({ name, id }) => [name, id]));
  for (const { name, unit, status = "active" } of accounts)
    organization.members.push({
      accountId: accountId(name),
      parentId: units.get(unit ?? "") ?? unitId(unit),
      joinMethod: name === seed.management ? "created" : "invited",
      status,
      joinedAt: seedTime,
    });
  return organization;
}

function toTrust(trust: AccountSeed["agencies"][number]["trust"]): Trust {
  if (trust === "oidc") return { type: "oidc" };
  if ("service" in trust) return { type: "service", service: trust.service };
  return { type: "account", accountId: accountId(trust.account) };
}
