// The state of the cloud: plain data, the same in memory and in the state file, which is read once and written whole on every
// change.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Organization } from "./organization";
import type { Rights } from "./permissions";

export interface Account {
  id: string;
  name: string;
  /** Whether the account has been admitted to the beta of EVS default encryption. */
  defaultEncryptionBeta: boolean;
}

export interface User extends Rights {
  id: string;
  accountId: string;
  name: string;
  password: string;
  accessKey: string;
  secretKey: string;
  enabled: boolean;
}

/** Who may act through an agency: another account, a cloud service, or identities of the account's providers. */
export type Trust = { type: "account"; accountId: string } | { type: "service"; service: string } | { type: "oidc" };

export interface Agency extends Rights {
  id: string;
  accountId: string;
  name: string;
  trust: Trust;
}

export interface DefaultEncryption {
  /** Empty: never set. */
  keyId: string;
  enabled: boolean;
  everEnabled: boolean;
}

export interface Project {
  id: string;
  accountId: string;
  name: string;
  region: string;
  parentId: string;
  defaultEncryption: DefaultEncryption;
  /** Whether it has been disabled. */
  disabled?: boolean;
  disks?: Disk[];
  /** Keys and disks that are created on first use, so that ten thousand projects start fast. */
  pending?: { keys: readonly KeySeed[]; disks: readonly DiskSeed[] };
}

export interface KeySeed {
  alias: string;
  spec: string;
  usage: string;
  state: KeyState;
  isDefault?: boolean;
  rotation?: Rotation;
}

export interface DiskSeed {
  name: string;
  /** The alias of a key. None: not encrypted. */
  key?: string;
}

export interface Disk {
  id: string;
  name: string;
  sizeGb: number;
  /** None: not encrypted. */
  keyId?: string;
  createdAt: number;
}

export interface Rotation {
  intervalDays: number;
  rotations: number;
  lastAt?: number;
}

export type KeyState = "pendingActivation" | "enabled" | "disabled" | "pendingDeletion" | "pendingImport" | "frozen";

export interface Key {
  id: string;
  projectId: string;
  alias: string;
  spec: string;
  usage: string;
  state: KeyState;
  /** A service's own key, such as evs/default. */
  isDefault: boolean;
  description: string;
  origin: "kms" | "external";
  createdAt: number;
  /** Set while the key waits for its deletion. */
  deletionAt?: number;
  /** Set while the key is rotated. */
  rotation?: Rotation;
}

export interface IdentityProvider {
  id: string;
  accountId: string;
  publicKeyPem: string;
  audience?: string;
}

export interface Principal extends Rights {
  type: "user" | "agency" | "federated";
  id: string;
  name: string;
  accountId: string;
  assumedBy?: { id: string; name: string; accountId: string };
}

export type Scope = { type: "project"; projectId: string } | { type: "domain"; accountId: string };

export interface Token {
  value: string;
  principal: Principal;
  scope: Scope;
  methods: string[];
  issuedAt: number;
  expiresAt: number;
}

export interface TemporaryKey {
  accessKey: string;
  secretKey: string;
  securityToken: string;
  principal: Principal;
  expiresAt: number;
}

/** Which of the two metadata services an instance offers, and whether it has an agency at all. */
export type MetadataMode = "v1AndV2" | "v1" | "v2" | "noAgency";

export interface CloudState {
  version: 1;
  accounts: Account[];
  users: User[];
  agencies: Agency[];
  projects: Project[];
  keys: Key[];
  identityProviders: IdentityProvider[];
  tokens: Token[];
  temporaryKeys: TemporaryKey[];
  metadata: MetadataMode;
  organization?: Organization;
  /** Regions without a service, as `SERVICE REGION`. */
  withdrawn?: string[];
}

/** `undefined` if there is no such file yet. */
export function readState(file: string): CloudState | undefined {
  if (!existsSync(file)) return undefined;
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error(`The state file ${file} is not JSON. Remove it to start afresh.`);
  }
  if ((state as Partial<CloudState> | null)?.version !== 1)
    throw new Error(`The state file ${file} is not one of this emulator. Remove it, or name another.`);
  return state as CloudState;
}

/** A reader sees the old state or the new one, never half of it. */
export function writeState(file: string, state: CloudState): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    throw new Error(`Cannot write the state file ${file}: ${(error as Error).message}`);
  }
}
