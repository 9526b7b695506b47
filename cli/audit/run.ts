// The audit as a command: what its files say, the audit itself, and what is done with the report.
import fs from "node:fs";
import path from "node:path";
import type { Environment } from "../../provider/huaweicloud/settings";
import { ConfigurationError, CredentialsError } from "../../provider/huaweicloud/transport/errors";
import { createProgress, type Output } from "../progress";
import { type Assembly, assemble, exitCodeOf } from "../report/assemble";
import type { ProjectFinding, Report } from "../report/findings";
import { UsageError } from "../usageError";
import { writersOf } from "../write/writers";
import { readAccounts } from "./accounts";
import { readExport } from "./against";
import { Audit, type Checked, type Scope } from "./audit";
import { readBaseline } from "./baseline";
import { type Client, createClient } from "./client";
import type { AuditOptions } from "./command";
import { expectKey, readExpectations } from "./expectations";
import type { Question } from "./finding";
import { matchesPlace, type Where } from "./place";
import { readWaivers, Waivers } from "./waivers";

/** Where the command runs: what it reads and writes besides the cloud. */
export interface Surroundings {
  environment: Environment;
  stdout: Output;
  stderr: Output;
  /** Aborted when the user ends the audit. */
  stop: AbortSignal;
  now: () => Date;
}

/** Runs the audit and writes what was asked for. Resolves to the exit code. Throws a `UsageError`. */
export async function runAudit(options: AuditOptions, surroundings: Surroundings): Promise<number> {
  const scope = scopeOf(options);
  const question = {
    expect: options.expect === undefined ? expectKey(options.expectKey) : readExpectations(options.expect),
    against: options.against === undefined ? undefined : readExport(options.against),
    key: options.key,
    disks: options.disks === true,
  };
  const startedAt = surroundings.now();
  const waivers = new Waivers(
    options.waivers === undefined ? [] : readWaivers(options.waivers),
    startedAt.toISOString().slice(0, 10),
  );
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  const writers = writersOf(options.write ?? []);
  for (const [file] of writers) requireNew(file);
  if (options.out !== undefined) requirePlace(options.out);
  requireDifferent([...(options.out === undefined ? [] : [options.out]), ...writers.map(([file]) => file)]);

  const { checked, report } = await audit({ scope, question, startedAt, waivers, baseline }, surroundings);
  // The report first: it has taken minutes, and is there even if a program cannot be written.
  await deliver(await render(report, options, surroundings), options.out, surroundings);
  for (const [file, write] of writers) writeWhole(file, write(checked, report));
  return exitCodeOf(report);
}

export interface Work {
  scope: Scope;
  question: Question;
  startedAt: Date;
  waivers: Waivers;
  baseline: Assembly["baseline"];
}

/** Asks the cloud. Throws a `UsageError`. */
export async function audit(
  { scope, question, startedAt, waivers, baseline }: Work,
  { environment, stderr, stop, now }: Omit<Surroundings, "stdout">,
): Promise<{ checked: Checked[]; report: Report }> {
  const notes = new Set<string>();
  const progress = createProgress(stderr);
  try {
    const client = asUsage(() =>
      createClient({
        environment,
        warn: (line) => notes.add(line),
        log: (line) => stderr.write(`${line}\n`),
        throttled: progress.throttled,
      }),
    );
    const home = homeOf(client, scope.regions);
    const audited = await new Audit(client, home, scope, question, progress, stop).run();
    const report = assemble({
      findings: audited.checked.map(({ finding }) => finding),
      notes: [...notes, ...audited.notes],
      partial: stop.aborted,
      startedAt,
      endedAt: now(),
      key: question.key,
      waiverFor: (finding) => waivers.for(finding),
      baseline: baseline && {
        changeOf: (finding) => baseline.changeOf(finding),
        gone: (findings) => baseline.gone(findings).filter((place) => wasLookedFor(place, scope, findings)),
      },
    });
    const isWhole = [scope.regions, scope.excludedRegions, scope.projects].every(({ length }) => length === 0);
    const unused = () => [...waivers.unused(report.projects, isWhole), ...(question.expect.unused?.() ?? [])];
    if (!stop.aborted) report.notes.push(...unused());
    return { checked: audited.checked, report };
  } finally {
    progress.end();
  }
}

/** Whether a place would be among the findings if it were there: it is in the scope, and its account and region were reached. */
function wasLookedFor(place: Where, scope: Scope, findings: readonly ProjectFinding[]): boolean {
  const { region, account } = place;
  if (scope.regions.length > 0 && !scope.regions.some((one) => one === region)) return false;
  if (scope.excludedRegions.some((one) => one === region)) return false;
  if (scope.projects.length > 0 && !scope.projects.some((project) => matchesPlace({ project }, place))) return false;
  const ofAccount = findings.filter((finding) => mayBeSame(finding.account, account));
  const isUnreached = ({ projectId, ...finding }: ProjectFinding) =>
    projectId === null && (finding.region === null || finding.region === region);
  return !ofAccount.some(isUnreached) && (ofAccount.length > 0 || scope.organization !== undefined);
}

/** Accounts of which only the name or only the ID is known. */
function mayBeSame(one: Where["account"], other: Where["account"]): boolean {
  if (one.id !== null && other.id !== null) return one.id === other.id;
  return one.name === null || other.name === null || one.name === other.name;
}

/** The region whose IAM is asked about accounts. Throws a `UsageError` if none is known. */
export function homeOf({ configuredRegion }: Client, [region]: readonly string[]): string {
  const home = configuredRegion ?? region;
  if (home !== undefined) return home;
  throw new UsageError("No region is known: pass --region, or set HW_REGION_NAME to the region whose IAM is asked.");
}

function scopeOf({ accounts, organization, ou, agency, region, excludeRegion, project }: AuditOptions): Scope {
  if (ou !== undefined && !organization) throw new UsageError("--ou is for --organization: pass that too.");
  if (agency !== undefined && !organization && accounts === undefined)
    throw new UsageError("--agency is for other accounts: pass --accounts or --organization too.");
  if (organization && agency === undefined)
    throw new UsageError("--organization needs --agency: the agency by which its accounts are reached.");
  return {
    accounts: accounts === undefined ? undefined : readAccounts(accounts),
    organization: organization ? { unit: ou } : undefined,
    agency,
    regions: region ?? [],
    excludedRegions: excludeRegion ?? [],
    projects: project ?? [],
  };
}

/** A program may have been changed by hand since: it is not overwritten. */
function requireNew(file: string): void {
  if (fs.existsSync(file)) throw new UsageError(`${file} is there already, and is not overwritten: name another file.`);
  requirePlace(file);
}

/** Now, and not after an audit of minutes. */
function requirePlace(file: string): void {
  const there = fs.statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new UsageError(`${file} cannot be written: it is a folder.`);
  if (there && !there.isFile()) return;
  const folder = path.dirname(path.resolve(file));
  if (!fs.existsSync(folder)) throw new UsageError(`${file} cannot be written: there is no such folder.`);
  try {
    fs.accessSync(folder, fs.constants.W_OK);
  } catch {
    throw new UsageError(`${file} cannot be written: the folder is not writable.`);
  }
}

/** The last that is written would be all that is left. */
function requireDifferent(files: readonly string[]): void {
  const places = files.map((file) => path.resolve(file));
  const twice = files.find((_, index) => places.indexOf(places[index] ?? "") !== index);
  if (twice !== undefined) throw new UsageError(`${twice} is named twice: each file is written once.`);
}

/** What is wrong with the environment is wrong before anything was asked. */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ConfigurationError || error instanceof CredentialsError) throw new UsageError(error.message);
    throw error;
  }
}

/** Each format is loaded when it is asked for. */
async function render(
  report: Report,
  { format, out }: AuditOptions,
  { stdout, environment }: Surroundings,
): Promise<string> {
  switch (format) {
    case "json":
      return (await import("../report/json")).toJson(report);
    case "csv":
      return (await import("../report/csv")).toCsv(report);
    case "html":
      return (await import("../report/html")).toHtml(report);
    case "table": {
      const isTerminal = stdout.isTTY === true && out === undefined;
      const width = (isTerminal ? stdout.columns : undefined) ?? (Number(environment.COLUMNS) || 120);
      return (await import("../report/table")).toTable(report, { width, colour: isTerminal && !environment.NO_COLOR });
    }
  }
}

async function deliver(text: string, out: string | undefined, { stdout }: Surroundings): Promise<void> {
  if (out !== undefined) writeWhole(out, text);
  else await new Promise<void>((resolve) => stdout.write(text, () => resolve()));
}

/** A reader sees the file of before, or the whole of the new one. Throws an error that names the file. */
export function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const there = fs.statSync(file, { throwIfNoEntry: false });
    if (there && !there.isFile()) {
      // A device or a pipe, such as /dev/null, must not become a file.
      fs.writeFileSync(file, text);
      return;
    }
    fs.writeFileSync(temporary, text);
    fs.renameSync(temporary, there ? fs.realpathSync(file) : file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be written (${code}).`);
  }
}
