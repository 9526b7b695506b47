// Starts a run of the fleet, or goes on with one, and shows how it gets on until its end. Ctrl-C cancels it: no account is begun
// any more, and engines that run are stopped. If this process is killed, the run goes on; `--resume RUN` watches it again.
//
//   npm run fleet -- preview --accounts accounts.yaml
//   npm run fleet -- up --accounts accounts.yaml --wave 1%,10%,100% --max-failures 2
//   npm run fleet -- up --resume RUN          what is not done of a run that has ended

import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Client, Connection, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from "@temporalio/client";
import { type Operation, operations } from "../fleet/account";
import { readTargets } from "../fleet/targets";
import { wavesOf } from "../fleet/waves";
import { type Account, Accounts } from "./accounts";
import { address, folder, namespace, taskQueue } from "./settings";
import { fleet, progress, sliceProgress } from "./workflows";

const lookMs = 1_000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      accounts: { type: "string" },
      agency: { type: "string" },
      wave: { type: "string", default: "100%" },
      "max-failures": { type: "string", default: "0" },
      resume: { type: "string" },
    },
  });
  const operation = operations.find((name) => name === positionals[0]);
  if (operation === undefined) throw new Error(`Say what to do: ${operations.join(", ")}.`);
  const run = values.resume ?? `${operation}-${new Date().toISOString().replace(/\W/g, "").slice(0, 15)}`;
  const accounts = new Accounts(path.resolve(folder), run);
  if (values.resume === undefined) {
    const targets = await readTargets({ file: values.accounts, agency: values.agency });
    for (const [index, wave] of wavesOf(targets, values.wave).entries())
      for (const target of wave) accounts.set({ target, wave: index + 1 });
  }

  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const handle = client.workflow.getHandle<typeof fleet>(run);
  const waves = unfinished(accounts.all());
  const total = waves.flat().length;
  say(`${run}: ${operation} of ${total} accounts in ${waves.length} waves`);
  try {
    const args: Parameters<typeof fleet> = [{ run, operation, waves, maxFailures: Number(values["max-failures"]) }];
    await client.workflow.start(fleet, { workflowId: run, taskQueue, args });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    say(`${run} is running already`);
  }
  process.once("SIGINT", () => void handle.cancel().then(() => say("cancelling")));
  const status = await watch(client, handle, total);
  process.exitCode = report(run, status, accounts.all());
  await client.connection.close();
}

/** Stacks by wave. An account that failed or was cancelled is to have another turn. */
function unfinished(accounts: Account[]): string[][] {
  const waves: string[][] = [];
  for (const { target, wave, result } of accounts) {
    if (result?.status !== "done") (waves[wave - 1] ??= []).push(target.stack);
  }
  return waves.filter((wave) => wave !== undefined);
}

/** Returns how the workflow ended. A server that is away is waited for. */
async function watch(client: Client, handle: WorkflowHandle<typeof fleet>, total: number): Promise<string> {
  for (let shown = ""; ; await sleep(lookMs)) {
    try {
      const { status } = await handle.describe();
      if (status.name !== "RUNNING") return status.name;
      const { wave, done, failed, slices } = await handle.query(progress);
      const parts = await Promise.all(slices.map((id) => client.workflow.getHandle(id).query(sliceProgress)));
      const sum = (key: "done" | "failed", first: number): number => parts.reduce((all, part) => all + part[key], first);
      const line = `wave ${wave}: ${sum("done", done)} done, ${sum("failed", failed)} failed of ${total}`;
      if (line !== shown) say(line);
      shown = line;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      say(`waiting: ${error.message}`);
    }
  }
}

/** Returns the exit code: 0 if all is done, 1 if not. */
function report(run: string, status: string, accounts: Account[]): number {
  for (const { target, result } of accounts) {
    if (result?.status === "failed") say(`${target.stack}: ${result.error}`);
  }
  const count = (wanted: string | undefined): number => accounts.filter(({ result }) => result?.status === wanted).length;
  const [done, failed, cancelled, notRun] = ["done", "failed", "cancelled", undefined].map(count);
  say(`${run} ${status.toLowerCase()}: ${done} done, ${failed} failed, ${cancelled} cancelled, ${notRun} not run`);
  return done === accounts.length ? 0 : 1;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
