// Starts a run of the fleet, or goes on with one, and shows how it gets on until its end. Ctrl-C cancels it: no account is begun
// any more, and engines that run are told to stop. If this process is killed, the run goes on; `--resume RUN` shows it again.
//
//   npm run fleet -- preview --accounts accounts.yaml
//   npm run fleet -- up --accounts accounts.yaml --wave 1%,10%,100% --max-failures 2
//   npm run fleet -- up --resume RUN          what is not done of a run that has ended
//
// Exit code: 0 all is done; 1 something failed or has drifted; 2 not all accounts were run; 64 the command line is not right.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, Connection, type WorkflowHandle } from "@temporalio/client";
import { UsageError } from "pulumi-huaweicloud-evs-cli";
import { operations } from "../fleet/account";
import { type AccountReport, exitCodeOf, toReport } from "../fleet/report";
import { only, readTargets } from "../fleet/targets";
import { asUsage, checkConsent, checkSource, commonOptions, readWaves } from "../fleet/usage";
import { endsOf } from "../fleet/waves";
import { Accounts } from "./accounts";
import { address, folder, namespace, taskQueue } from "./settings";
import { type fleet, progress, sliceProgress } from "./workflows";

const lookMs = 1_000;

const options = { ...commonOptions, resume: { type: "string" } } as const;

async function main(): Promise<number> {
  const startedAt = new Date();
  const { values, positionals } = asUsage(() => parseArgs({ options, allowPositionals: true }));
  const operation = operations.find((name) => name === positionals[0]);
  if (operation === undefined) throw new UsageError(`Say what to do: ${operations.join(", ")}.`);
  checkConsent(operation, values.yes);
  const waves = readWaves(values.wave);
  const maxFailures = Number(values["max-failures"]);
  if (!(maxFailures >= 0)) throw new UsageError("--max-failures is a number.");
  const run = values.resume ?? `${operation}-${startedAt.toISOString().replace(/[-:]|\..*/g, "")}`;
  const accounts = new Accounts(folder, run);
  if (values.resume === undefined) {
    checkSource(values);
    const organization = values.organization ? { unit: values.ou } : undefined;
    const all = await readTargets({ file: values.accounts, organization, agency: values.agency });
    const chosen = values.only ? only(all, values.only) : all;
    const ends = endsOf(waves, chosen.length);
    for (const [index, target] of chosen.entries())
      accounts.set({ target, wave: ends.findIndex((end) => index < end) + 1 });
  }

  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const handle = client.workflow.getHandle<typeof fleet>(run);
  if (values.resume !== undefined && (await handle.describe()).status.name === "RUNNING") {
    say(`${run} is running.`);
  } else {
    const stacks = unfinished(accounts);
    say(`${run}: ${operation} of ${stacks.flat().length} accounts in ${stacks.length} waves.`);
    const args: Parameters<typeof fleet> = [{ run, operation, waves: stacks, maxFailures }];
    await client.workflow.start<typeof fleet>("fleet", { workflowId: run, taskQueue, args });
  }
  process.on("SIGINT", () => {
    say("Cancelling: engines are told, and awaited.");
    handle.cancel().catch((error: Error) => say(error.message));
  });
  const status = await watch(client, handle);

  const reports = accounts.all().map(({ target: { stack, account }, wave, result }): AccountReport => {
    return { stack, account, wave, ...(result ?? { status: "not-run", changes: {} }) };
  });
  const all = reports.every(({ status }) => status !== "not-run");
  const report = toReport(operation, startedAt, {
    accounts: reports,
    ...(!all && { stopped: status === "COMPLETED" ? "A wave had too many failures." : `The run is ${status}.` }),
  });
  const file = path.join(folder, "runs", run, "report.json");
  fs.writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  for (const { stack, error } of reports) if (error !== undefined) say(`${stack}: ${error}`);
  say(report.stopped ?? "All accounts were run.");
  say(`Report: ${file}`);
  return exitCodeOf(report);
}

/** Stacks by wave. Those that failed or were cancelled have another turn. */
function unfinished(accounts: Accounts): string[][] {
  const waves: string[][] = [];
  for (const { target, wave, result } of accounts.all()) {
    if (result?.status === "done") continue;
    if (result) accounts.set({ target, wave });
    waves[wave - 1] ??= [];
    waves[wave - 1]?.push(target.stack);
  }
  return waves.filter((wave) => wave !== undefined);
}

/** Shows progress until the run has ended; returns how. A server that is away, or workers that are, are waited for. */
async function watch(client: Client, handle: WorkflowHandle<typeof fleet>): Promise<string> {
  for (let shown = ""; ; await sleep(lookMs)) {
    let line: string;
    try {
      const { status } = await handle.describe();
      if (status.name !== "RUNNING") return status.name;
      const { wave, slices, ...ended } = await handle.query(progress);
      const running = await Promise.all(slices.map((id) => client.workflow.getHandle(id).query(sliceProgress)));
      const done = running.reduce((sum, slice) => sum + slice.done, ended.done);
      const failed = running.reduce((sum, slice) => sum + slice.failed, ended.failed);
      line = `Wave ${wave}: ${done} done, ${failed} failed.`;
    } catch (error) {
      line = `Waiting: ${(error as Error).message}`;
    }
    if (line !== shown) say(line);
    shown = line;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exit(error instanceof UsageError ? 64 : 2);
  },
);
