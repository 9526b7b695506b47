// The cloud's state with the look-ups and changes that operations and tests make.

import type { Clock } from "../clock";
import type { Service } from "../errors";
import * as inferred from "../inferred";
import { hexId, uuid } from "./ids";
import { Lockout } from "./lockout";
import type { MemberStatus, Organization } from "./organization";
import type { Permission, Role } from "./permissions";
import { buildAgency, buildDisk, buildKey, buildProject, seedTime } from "./seed";
import { Sessions } from "./sessions";
import type {
  Account,
  Agency,
  CloudState,
  DefaultEncryption,
  Disk,
  IdentityProvider,
  Key,
  KeyState,
  MetadataMode,
  Project,
  Trust,
  User,
} from "./state";

const day = 24 * 3600 * 1000;
/** In the list of regions, and without a project. */
const emptyRegion = "af-south-1";

export interface AddedProject {
  id: string;
  name: string;
  /** Two usable keys: one to set, one to rotate to. */
  keyIds: string[];
}

export class Cloud {
  readonly accounts: Account[];
  readonly users: User[];
  readonly agencies: Agency[];
  readonly identityProviders: IdentityProvider[];
  readonly organization: Organization | undefined;
  readonly sessions: Sessions;
  readonly wrongPasswords = new Lockout(inferred.wrongPasswordsBeforeLock, inferred.passwordLockMs);
  readonly #projects = new Map<string, Project>();
  readonly #keys = new Map<string, Key>();
  /** The same keys by their project, in the order in which they were added. */
  readonly #keysOf = new Map<string, Set<Key>>();
  readonly #withdrawn: Set<string>;
  #metadata: MetadataMode;
  /** How long the keys of instance metadata and pod identity live. */
  instanceKeyLifetimeMs = 6 * 3600 * 1000;

  constructor(
    state: CloudState,
    readonly clock: Clock,
    readonly tokenLifetimeMs: number,
    readonly onChange: (state: () => CloudState) => void = () => {},
  ) {
    this.accounts = state.accounts;
    this.users = state.users;
    this.agencies = state.agencies;
    this.identityProviders = state.identityProviders;
    this.sessions = new Sessions(state.tokens, state.temporaryKeys, () => this.changed());
    for (const project of state.projects) this.#projects.set(project.id, project);
    for (const key of state.keys) this.#keep(key);
    this.organization = state.organization;
    this.#withdrawn = new Set(state.withdrawn);
    this.#metadata = state.metadata;
  }

  snapshot(): CloudState {
    return {
      version: 1,
      accounts: this.accounts,
      users: this.users,
      agencies: this.agencies,
      projects: this.projects(),
      keys: [...this.#keys.values()].filter((key) => !this.#isDeleted(key)),
      identityProviders: this.identityProviders,
      ...this.sessions.snapshot(this.clock.now()),
      metadata: this.#metadata,
      ...(this.organization === undefined ? {} : { organization: this.organization }),
      withdrawn: [...this.#withdrawn],
    };
  }

  changed(): void {
    this.onChange(() => this.snapshot());
  }

  /** By ID or by name. */
  account(idOrName: string): Account | undefined {
    return this.accounts.find((account) => account.id === idOrName || account.name === idOrName);
  }

  projects(account?: string): Project[] {
    const all = [...this.#projects.values()];
    return account === undefined ? all : all.filter((project) => project.accountId === account);
  }

  project(id: string): Project | undefined {
    return this.#projects.get(id);
  }

  keys(projectId?: string): Key[] {
    if (projectId === undefined) for (const project of this.#projects.values()) this.#settle(project);
    else this.#settle(this.#projects.get(projectId));
    const all = projectId === undefined ? this.#keys.values() : (this.#keysOf.get(projectId) ?? []);
    return [...all].filter((key) => !this.#isDeleted(key));
  }

  /** Creates the project's pending keys and disks. */
  #settle(project: Project | undefined): void {
    const pending = project?.pending;
    if (project === undefined || pending === undefined) return;
    delete project.pending;
    for (const seed of pending.keys) this.#keep(buildKey(project, seed, seedTime));
    project.disks = pending.disks.map((seed) => buildDisk(project, seed));
  }

  #keep(key: Key): void {
    this.#keys.set(key.id, key);
    const known = this.#keysOf.get(key.projectId);
    if (known === undefined) this.#keysOf.set(key.projectId, new Set([key]));
    else known.add(key);
  }

  #drop(key: Key): void {
    this.#keys.delete(key.id);
    this.#keysOf.get(key.projectId)?.delete(key);
  }

  /** IDs are compared without regard to case. */
  key(id: string): Key | undefined {
    const known = this.#keys.get(id.toLowerCase());
    const key = known ?? this.keys().find((candidate) => candidate.id === id.toLowerCase());
    return key && this.#isDeleted(key) ? undefined : key;
  }

  #isDeleted({ deletionAt }: Key): boolean {
    return deletionAt !== undefined && deletionAt <= this.clock.now();
  }

  keyInProject(projectId: string, id: string): Key | undefined {
    this.#settle(this.#projects.get(projectId));
    const key = this.#keys.get(id.toLowerCase());
    return key?.projectId === projectId && !this.#isDeleted(key) ? key : undefined;
  }

  agency(account: string, name: string): Agency | undefined {
    return this.agencies.find((agency) => agency.accountId === account && agency.name === name);
  }

  /** The live default encryption of a project. Change it by the methods below. */
  evs(projectId: string): Readonly<DefaultEncryption> {
    return this.#need(this.project(projectId), "project", projectId).defaultEncryption;
  }

  /** As if somebody else had set the key: no check is made, so that a deleted or foreign key can be set too. */
  setDefaultKey(projectId: string, keyId: string): void {
    this.setDefaultEncryption(projectId, { keyId });
  }

  setDefaultEncryption(projectId: string, change: { keyId?: string; enabled?: boolean }): void {
    const setting = this.#need(this.project(projectId), "project", projectId).defaultEncryption;
    if (change.keyId !== undefined) setting.keyId = change.keyId;
    if (change.enabled !== undefined) {
      setting.enabled = change.enabled;
      setting.everEnabled ||= change.enabled;
    }
    this.changed();
  }

  /** As if the project had never been touched. */
  forgetDefaultEncryption(projectId: string): void {
    const project = this.#need(this.project(projectId), "project", projectId);
    project.defaultEncryption = { keyId: "", enabled: false, everEnabled: false };
    this.changed();
  }

  /** The project's key with this alias: for tests, which know keys by what they are for. */
  keyByAlias(projectId: string, alias: string): Key | undefined {
    return this.keys(projectId).find((key) => key.alias === alias);
  }

  setKeyState(keyId: string, state: KeyState, pendingDays = 7): void {
    const key = this.#need(this.key(keyId), "key", keyId);
    key.state = state;
    if (state === "pendingDeletion") key.deletionAt = this.clock.now() + pendingDays * day;
    else delete key.deletionAt;
    this.changed();
  }

  addKey(projectId: string, key: Pick<Key, "alias"> & Partial<Omit<Key, "id" | "projectId">>): Key {
    const project = this.#need(this.project(projectId), "project", projectId);
    const defaults = { spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "enabled" } as const;
    const added = { ...buildKey(project, { ...defaults, ...key }, this.clock.now()), ...key };
    this.#settle(project);
    while (this.#keys.has(added.id)) added.id = uuid("again", added.id);
    this.#keep(added);
    this.changed();
    return added;
  }

  deleteKey(keyId: string): void {
    const key = this.key(keyId);
    if (key !== undefined) this.#drop(key);
    this.changed();
  }

  /** `undefined` ends the rotation. */
  setRotation(keyId: string, rotation: Key["rotation"]): void {
    const key = this.#need(this.key(keyId), "key", keyId);
    if (rotation === undefined) delete key.rotation;
    else key.rotation = rotation;
    this.changed();
  }

  disks(projectId: string): readonly Disk[] {
    const project = this.#need(this.project(projectId), "project", projectId);
    this.#settle(project);
    return project.disks ?? [];
  }

  /** A key that does not exist can be named too, because a disk outlives its key. */
  addDisk(projectId: string, disk: { name: string; sizeGb?: number; keyId?: string }): Disk {
    const project = this.#need(this.project(projectId), "project", projectId);
    const disks = this.disks(projectId);
    const added = { ...buildDisk(project, { name: disk.name }), createdAt: this.clock.now(), ...disk };
    while (disks.some(({ id }) => id === added.id)) added.id = uuid("again", added.id);
    project.disks = [...disks, added];
    this.changed();
    return added;
  }

  /** `count` sub-projects of the region, named `{region}_{n}`, numbered on from those that exist. */
  addProjects(account: string, region: string, count: number): AddedProject[] {
    const owner = this.#need(this.account(account), "account", account);
    const taken = new Set(this.projects(owner.id).map((project) => project.name));
    const names = taken.has(region) ? [] : [region];
    const added: AddedProject[] = [];
    for (const name of names) this.#addProject(owner, region, name);
    for (let number = 1; added.length < count; number++) {
      const name = `${region}_${number}`;
      if (!taken.has(name)) added.push(this.#addProject(owner, region, name));
    }
    this.changed();
    return added;
  }

  /** A project of any name, such as MOS, which is no region's. */
  addProject(account: string, region: string, name: string): AddedProject {
    const added = this.#addProject(this.#need(this.account(account), "account", account), region, name);
    this.changed();
    return added;
  }

  setProjectEnabled(id: string, enabled: boolean): void {
    this.#need(this.project(id), "project", id).disabled = !enabled;
    this.changed();
  }

  /** The regions that have projects, and the one that has none. */
  regions(): string[] {
    return [...new Set([...[...this.#projects.values()].map(({ region }) => region), emptyRegion])].sort();
  }

  /** As if the region did not have the service. */
  withdraw(service: Service, region: string): void {
    this.#withdrawn.add(`${service} ${region}`);
    this.changed();
  }

  isWithdrawn(service: Service, region: string): boolean {
    return this.#withdrawn.has(`${service} ${region}`);
  }

  /** Deletes the project with its keys. Tokens for it stay valid; inferred.ts has what each service answers to them. */
  removeProject(id: string): void {
    this.#need(this.project(id), "project", id);
    for (const key of this.keys(id)) this.#drop(key);
    this.#keysOf.delete(id);
    this.#projects.delete(id);
    this.changed();
  }

  /** Adds the agency, or replaces the one of that name. */
  setAgency(account: string, name: string, trust: Trust, role: Role = "admin"): void {
    const owner = this.#need(this.account(account), "account", account);
    this.removeAgency(account, name);
    this.agencies.push(buildAgency(owner.name, name, trust, role));
    this.changed();
  }

  removeAgency(account: string, name: string): void {
    const owner = this.#need(this.account(account), "account", account);
    const index = this.agencies.findIndex((agency) => agency.accountId === owner.id && agency.name === name);
    if (index >= 0) this.agencies.splice(index, 1);
    this.changed();
  }

  setBeta(account: string, granted: boolean): void {
    this.#need(this.account(account), "account", account).defaultEncryptionBeta = granted;
    this.changed();
  }

  user(account: string, name: string): User | undefined {
    const owner = this.account(account);
    return this.users.find((user) => user.accountId === owner?.id && user.name === name);
  }

  /** A new password ends the tokens issued for the old one. */
  setPassword(account: string, name: string, password: string): void {
    const user = this.#need(this.user(account, name), "user", name);
    user.password = password;
    this.wrongPasswords.clear(user.id);
    this.sessions.revokeTokens(user.id);
  }

  setRole(account: string, name: string, role: Role): void {
    const user = this.#need(this.user(account, name), "user", name);
    user.role = role;
    this.sessions.revokeTokens(user.id);
  }

  /** Denies these to a user or an agency, whatever the role grants. The tokens that are out end. */
  deny(account: string, name: string, denied: readonly Permission[]): void {
    const owner = this.#need(this.account(account), "account", account);
    const found = this.user(account, name) ?? this.#need(this.agency(owner.id, name), "user or agency", name);
    found.denied = denied;
    this.sessions.revokeTokens(found.id);
  }

  /** A suspended account, or one that is being closed, cannot be entered. */
  setAccountStatus(account: string, status: MemberStatus): void {
    const owner = this.#need(this.account(account), "account", account);
    const member = this.organization?.members.find(({ accountId }) => accountId === owner.id);
    this.#need(member, "member of the organization", account).status = status;
    this.changed();
  }

  isAccountOpen(accountId: string): boolean {
    const member = this.organization?.members.find((candidate) => candidate.accountId === accountId);
    return member === undefined || member.status === "active";
  }

  setUserEnabled(account: string, name: string, enabled: boolean): void {
    const user = this.#need(this.user(account, name), "user", name);
    user.enabled = enabled;
    this.sessions.revokeTokens(user.id);
  }

  addUser(account: string, user: Pick<User, "name" | "password" | "accessKey" | "secretKey"> & { role?: Role }): User {
    const owner = this.#need(this.account(account), "account", account);
    const id = hexId("user", owner.name, user.name);
    const added: User = { role: "admin", ...user, id, accountId: owner.id, enabled: true };
    this.users.push(added);
    this.changed();
    return added;
  }

  /** Ends every token; with `temporaryKeys`, the temporary access keys too. */
  revokeTokens(options: { temporaryKeys?: boolean } = {}): void {
    this.sessions.revokeTokens();
    if (options.temporaryKeys === true) this.sessions.revokeTemporaryKeys();
  }

  registerIdentityProvider(provider: { id: string; account: string; publicKeyPem: string; audience?: string }): void {
    const { account, ...rest } = provider;
    const owner = this.#need(this.account(account), "account", account);
    const index = this.identityProviders.findIndex((known) => known.id === provider.id);
    if (index >= 0) this.identityProviders.splice(index, 1);
    this.identityProviders.push({ ...rest, accountId: owner.id });
    this.changed();
  }

  get metadata(): MetadataMode {
    return this.#metadata;
  }

  setMetadata(mode: MetadataMode): void {
    this.#metadata = mode;
    this.changed();
  }

  #addProject(owner: Account, region: string, name: string): AddedProject {
    const project = buildProject(owner.name, region, name);
    this.#projects.set(project.id, project);
    const seed = { spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "enabled" } as const;
    const keys = ["app-disks", "app-disks-next"].map((alias) =>
      buildKey(project, { alias, ...seed }, this.clock.now()),
    );
    for (const key of keys) this.#keep(key);
    return { id: project.id, name, keyIds: keys.map((key) => key.id) };
  }

  #need<T>(found: T | undefined, kind: string, name: string): T {
    if (found === undefined) throw new Error(`The emulator has no ${kind} ${name}`);
    return found;
  }
}
