// The command: a stack for each account, worked by one machine. `node dist/fleet.js --help` says how.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { auditAccounts, UsageError } from "pulumi-huaweicloud-evs-cli";
import { type Operation, operations, project } from "./account";
import { Ledger } from "./ledger";
import { toManifests } from "./manifests";
import { keyAlias, regions } from "./program";
import { Progress } from "./progress";
import { exitCodeOf, toReport } from "./report";
import { only, readTargets, type Target } from "./targets";
import { asUsage, checkConsent, checkSource, commonOptions, number, readWaves } from "./usage";
import { runWaves } from "./waves";
import { Workers } from "./workers";

const help = `Usage: fleet preview|up|drift|destroy|manifests (--accounts FILE | --organization) [options]

  --accounts FILE       the accounts of this file (as audit of pulumi-huaweicloud-evs-cli takes it)
  --organization        every account of the organization; --ou ID: only those below this root or unit
  --agency NAME         the agency by which accounts are reached that name none of their own
  --only NAME           only this account, by name or ID; may be repeated
  --only-new            only accounts whose stack has nothing yet
  --concurrency N       so many accounts at a time (default 2)
  --wave 1%,10%,100%    in waves: so much of all accounts is done by the end of each (default 100%)
  --max-failures N      with more, no further wave is begun (default 0)
  --resume              go on with the last run: what is done is not done again
  --folder FOLDER       where ledger, report and working directories are kept (default .fleet)
  --report FILE         default report.json in that folder; the audit of the accounts is written beside it, as HTML
  --yes                 needed by destroy

Exit code: 0 all is done; 1 something failed or has drifted; 2 not all accounts were run; 64 the command line is not right.
`;

const options = {
  ...commonOptions,
  "only-new": { type: "boolean" },
  concurrency: { type: "string", default: "2" },
  resume: { type: "boolean" },
  folder: { type: "string", default: ".fleet" },
  report: { type: "string" },
  help: { type: "boolean" },
} as const;

async function main(): Promise<number> {
  const { values, positionals } = asUsage(() => parseArgs({ options, allowPositionals: true }));
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const [command = "", ...more] = positionals;
  const operation = operations.find((one) => one === command);
  if ((operation === undefined && command !== "manifests") || more.length > 0)
    throw new UsageError(`There is no command ${JSON.stringify(positionals.join(" "))}: see --help.`);
  checkSource(values);
  checkConsent(operation, values.yes);
  const waves = readWaves(values.wave);
  const concurrency = number("concurrency", values.concurrency, 1, 256);
  const maxFailures = number("max-failures", values["max-failures"], 0, 1e6);

  const organization = values.organization ? { unit: values.ou } : undefined;
  const all = await readTargets({ file: values.accounts, organization, agency: values.agency });
  const chosen = values.only ? only(all, values.only) : all;
  if (operation === undefined) {
    process.stdout.write(toManifests(chosen));
    return 0;
  }
  const folder = path.resolve(values.folder);
  const file = path.resolve(values.report ?? path.join(folder, "report.json"));
  const flags = { onlyNew: values["only-new"] === true, resume: values.resume === true };
  return run({ operation, chosen, waves, concurrency, maxFailures, folder, file, ...flags });
}

interface Asked {
  operation: Operation;
  chosen: Target[];
  waves: number[];
  concurrency: number;
  maxFailures: number;
  folder: string;
  file: string;
  onlyNew: boolean;
  resume: boolean;
}

async function run({ operation, chosen, folder, file, onlyNew, resume, ...asked }: Asked): Promise<number> {
  const startedAt = new Date();
  const ledger = new Ledger(folder, operation, resume);
  const used = onlyNew ? await usedStacks(folder) : new Set<string>();
  // One that a killed run has begun is not new any more, and not done.
  const targets = chosen.filter(({ stack }) => !used.has(stack) || ledger.hasBegun(stack));
  const workers = new Workers(folder);
  const progress = new Progress(process.stderr);
  const stop = new AbortController();
  // Again and again, because npm passes on what a terminal has sent already. Who cannot wait has SIGKILL, and --resume.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (!stop.signal.aborted) progress.say("Stopping: engines are told, and awaited.");
      stop.abort();
    });
  const work = (target: Target, signal: AbortSignal) => workers.run(target, operation, signal);
  const ran = await runWaves({ ...asked, targets, ledger, progress, work, signal: stop.signal });
  progress.end();
  workers.close();
  ledger.close();

  const report = toReport(operation, startedAt, ran);
  const write = () => fs.writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  write();
  if (!stop.signal.aborted && targets.length > 0) {
    const html = `${file.replace(/\.json$/, "")}.audit.html`;
    const audit = { expectKey: keyAlias, regions, html, stop: stop.signal };
    report.audit = { html, exitCode: await auditAccounts(targets, audit) };
    write();
  }
  if (report.stopped !== undefined) progress.say(report.stopped);
  progress.say(`Report: ${file}`);
  return exitCodeOf(report);
}

/** Names of the stacks that hold a resource. */
async function usedStacks(workDir: string): Promise<Set<string>> {
  const projectSettings = { name: project, runtime: "nodejs" as const };
  const stacks = await (await LocalWorkspace.create({ workDir, projectSettings })).listStacks();
  const used = stacks.filter(({ resourceCount = 0 }) => resourceCount > 0);
  return new Set(used.map(({ name }) => name.replace(/^.*\//, "")));
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(error instanceof UsageError ? 64 : 2);
  },
);
