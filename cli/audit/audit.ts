// An audit from its scope to its findings: the accounts, their projects, and each project asked and judged. Many at a time;
// the order of the findings is that of the accounts, and of the regions and names of their projects.
import { listProjects, type ReachableProject } from "../../provider/huaweicloud/services/projects";
import { listRegions } from "../../provider/huaweicloud/services/regions";
import { suggestion } from "../../provider/huaweicloud/settings";
import { shown } from "../../provider/huaweicloud/transport/shown";
import type { ProjectFinding } from "../report/findings";
import { type AccountScope, type AccountSource, findAccounts } from "./accounts";
import { notChecked, notReached } from "./cause";
import type { AccountClient, Client } from "./client";
import { askProject } from "./facts";
import { type Question, toFinding, unchecked, unknownPlace } from "./finding";
import { matchesPlace } from "./place";
import { Slots } from "./slots";

export interface Scope extends AccountSource {
  /** Empty for all. */
  regions: readonly string[];
  excludedRegions: readonly string[];
  /** Names or IDs; empty for all. */
  projects: readonly string[];
}

/** Told how far the audit is. */
export interface Progress {
  /** So many more projects are known. */
  found(projects: number): void;
  done(): void;
}

/** A finding, and as whom its project is reached. */
export interface Checked {
  finding: ProjectFinding;
  role: AccountScope["role"];
}

export interface Audited {
  checked: Checked[];
  notes: string[];
}

/** At most so many accounts at a time, and so many projects of all of them. */
const maxAccounts = 16;
const maxProjects = 48;

export class Audit {
  readonly #accounts: Checked[][] = [];
  readonly #notes: string[] = [];
  readonly #accountSlots: Slots;
  readonly #projectSlots: Slots;
  /** Regions that were asked for, with the accounts whose own regions in the file are others. */
  readonly #notOfAccounts = new Map<string, string[]>();

  constructor(
    private readonly client: Client,
    /** The region whose IAM is asked about accounts. */
    private readonly home: string,
    private readonly scope: Scope,
    private readonly question: Question,
    private readonly progress: Progress,
    private readonly stop: AbortSignal,
  ) {
    this.#accountSlots = new Slots(maxAccounts, stop);
    this.#projectSlots = new Slots(maxProjects, stop);
  }

  /** Resolves when all is checked, or when the audit is interrupted: then what was not is `not-checked`. */
  async run(): Promise<Audited> {
    const stopped = new Promise<void>((resolve) => {
      if (this.stop.aborted) resolve();
      else this.stop.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([this.#auditAll(), stopped]);
    return { checked: this.#accounts.flat(), notes: [...this.#notes] };
  }

  async #auditAll(): Promise<void> {
    let scopes: AccountScope[];
    try {
      scopes = await findAccounts(this.client.of(undefined, this.home).account(), this.scope);
    } catch (error) {
      this.#accounts.push([{ finding: unknownPlace({ id: null, name: null }, notReached(error)), role: undefined }]);
      return;
    }
    for (const { account, role } of scopes) this.#accounts.push([unbegun(account, role)]);
    const [regions] = await Promise.all([
      this.#findRegions(),
      ...scopes.map(async (scope, index) => {
        try {
          await this.#accountSlots.run(() => this.#auditAccount(scope, index));
        } catch (error) {
          const finding = unknownPlace(scope.account, notReached(error));
          this.#accounts[index] = [{ finding, role: scope.role }];
        }
      }),
    ]);
    this.#dropRepeated();
    this.#addUnknownProjects();
    this.#compareWithRegions(regions);
    this.#noteUnseenDeclarations();
    for (const [region, names] of this.#notOfAccounts) {
      const what = `${region} is not among the regions that the file names for ${names.join(", ")}`;
      this.#notes.push(shown(`${what}: nothing was looked at there.`, { limit: 4000 }));
    }
  }

  async #auditAccount({ account, role, regions, unreachable }: AccountScope, index: number): Promise<void> {
    if (unreachable) {
      this.#accounts[index] = [{ finding: unknownPlace(account, unreachable), role }];
      return;
    }
    const client = this.client.of(role, this.home);
    const reachable = await listProjects(client.account());
    const known = { id: account.id ?? reachable[0]?.accountId ?? null, name: account.name };
    const wanted = this.#regionsOf(known, regions);
    const projects = reachable.filter((project) => this.#isInScope(project, known, wanted)).sort(byPlace);
    const list: Checked[] = projects.map((project) => ({
      finding: unchecked(known, project, { cause: "interrupted", reason: "The audit was interrupted before." }),
      role,
    }));
    list.push(...this.#missingRegions(known, wanted, reachable).map((finding) => ({ finding, role })));
    if (reachable.length === 0 && list.length === 0 && wanted?.length !== 0) {
      const reason = "The credentials reach no project of this account.";
      list.push({ finding: unknownPlace(known, { cause: "no-permission", reason }), role });
    }
    this.#accounts[index] = list;
    this.progress.found(projects.length);
    await Promise.all(
      projects.map(async (project, position) => {
        const finding = await this.#projectSlots
          .run(() => this.#auditProject(client, known, project))
          .catch((error: unknown) => unchecked(known, project, notChecked(error)));
        if (this.stop.aborted) return; // the report is being written
        list[position] = { finding, role };
        this.progress.done();
      }),
    );
  }

  /** Of the regions that the audit is about, those of the account; `undefined` for all. */
  #regionsOf(account: ProjectFinding["account"], own: readonly string[] = []): readonly string[] | undefined {
    const { regions, found } = this.scope;
    if (own.length === 0) return regions.length > 0 ? regions : undefined;
    // Of accounts that a program has found, the regions of the audit are for those that name none.
    if (regions.length === 0 || found) return own;
    for (const region of regions.filter((region) => !own.includes(region))) {
      const name = account.name ?? account.id ?? "the own account";
      this.#notOfAccounts.set(region, [...(this.#notOfAccounts.get(region) ?? []), name]);
    }
    return regions.filter((region) => own.includes(region));
  }

  #isInScope(project: ReachableProject, account: ProjectFinding["account"], wanted?: readonly string[]): boolean {
    const { excludedRegions, projects } = this.scope;
    if (wanted !== undefined && !wanted.includes(project.region)) return false;
    if (excludedRegions.includes(project.region)) return false;
    const where = { account, region: project.region, projectId: project.id, projectName: project.name };
    return projects.length === 0 || projects.some((name) => matchesPlace({ project: name }, where));
  }

  /** Regions that were asked for by name, and in which the account shows no project. */
  #missingRegions(
    account: ProjectFinding["account"],
    wanted: readonly string[] | undefined,
    reachable: readonly ReachableProject[],
  ): ProjectFinding[] {
    if (wanted === undefined || this.scope.projects.length > 0) return [];
    const here = new Set(reachable.map(({ region }) => region));
    const reason = "The credentials reach no project of this region.";
    return wanted
      .filter((region) => !here.has(region) && !this.scope.excludedRegions.includes(region))
      .map((region) => ({ ...unknownPlace(account, { cause: "no-permission", reason }), region }));
  }

  async #auditProject(
    client: AccountClient,
    account: ProjectFinding["account"],
    project: ReachableProject,
  ): Promise<ProjectFinding> {
    const { key, disks } = this.question;
    const { region, id: projectId, name: projectName } = project;
    const connection = await client.project({ region, projectId, projectName });
    const facts = await askProject(connection, { withDisks: disks || key !== undefined });
    return toFinding({ account, project, facts }, this.question);
  }

  /** The regions of the cloud; `undefined`, with a note, if they cannot be listed. */
  async #findRegions(): Promise<string[] | undefined> {
    try {
      return await listRegions(this.client.of(undefined, this.home).account());
    } catch (error) {
      this.#notes.push(shown(`Regions without a project could not be listed: ${notChecked(error).reason}`));
      return undefined;
    }
  }

  /** Notes regions without a reachable project, which an audit of projects does not cover; once for all accounts. */
  #compareWithRegions(regions: string[] | undefined): void {
    if (regions === undefined) return;
    const { excludedRegions, projects } = this.scope;
    for (const region of [...this.scope.regions, ...excludedRegions])
      if (!regions.includes(region))
        this.#notes.push(shown(`${region} is not a region.${suggestion(region, regions)}`));
    if (this.scope.regions.length > 0 || projects.length > 0) return;
    const seen = new Set(this.#accounts.flat().map(({ finding }) => finding.region));
    const unseen = regions.filter((region) => !seen.has(region) && !excludedRegions.includes(region));
    if (unseen.length === 0) return;
    this.#notes.push(
      shown(`The credentials reach no project in ${unseen.join(", ")}: nothing was checked there.`, { limit: 4000 }),
    );
  }

  /** A file may list an account by its name and by its ID: each project counts once. */
  #dropRepeated(): void {
    const seen = new Set<string | null>();
    for (const [index, list] of this.#accounts.entries()) {
      const left = list.filter(({ finding: { projectId } }) => projectId === null || !seen.has(projectId));
      const [repeated] = list.filter((checked) => !left.includes(checked));
      for (const { finding } of left) seen.add(finding.projectId);
      if (repeated === undefined) continue;
      this.#accounts[index] = left;
      const { id, name } = repeated.finding.account;
      this.#notes.push(`The account ${name ?? id} is listed twice: its projects are counted once.`);
    }
  }

  /** Projects that were asked for by name, and that no account shows. */
  #addUnknownProjects(): void {
    const findings = this.#accounts.flat().map(({ finding }) => finding);
    const unknown = this.scope.projects.filter(
      (project) => !findings.some((finding) => matchesPlace({ project }, finding)),
    );
    for (const name of unknown) {
      const reason = "The credentials reach no project of this name or ID.";
      const finding = unknownPlace({ id: null, name: null }, { cause: "no-permission", reason });
      this.#accounts.push([{ finding: { ...finding, projectName: shown(name) }, role: undefined }]);
    }
  }

  /** What is declared and was not looked at: nothing is known of it if the audit was interrupted. */
  #noteUnseenDeclarations(): void {
    const targets = this.#accounts.flat().map(({ finding }) => `${finding.region}/${finding.projectId}`.toLowerCase());
    this.#notes.push(...(this.question.against?.missing(new Set(targets)) ?? []));
  }
}

function byPlace(one: ReachableProject, other: ReachableProject): number {
  return one.region.localeCompare(other.region) || one.name.localeCompare(other.name);
}

function unbegun(account: ProjectFinding["account"], role: AccountScope["role"]): Checked {
  return {
    finding: unknownPlace(account, { cause: "interrupted", reason: "The audit was interrupted before." }),
    role,
  };
}
