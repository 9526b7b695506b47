// One account: its stack is previewed, applied, looked at for drift, or destroyed, by Pulumi's Automation API.
//
// One at a time in a process: the Automation API takes an unhandled rejection of one account's program for a failure of every
// program that runs in the same process. `Workers` runs several.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ConcurrentUpdateError,
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import { shown } from "pulumi-huaweicloud-evs-cli";
import { program } from "./program";
import type { Target } from "./targets";

export const project = "evs-fleet";
export const operations = ["preview", "up", "drift", "destroy"] as const;
export type Operation = (typeof operations)[number];

/** How many resources were created, updated, left the same and so on; or would be, for `preview` and `drift`. */
export type Changes = Record<string, number>;

export interface Outcome {
  /** `cancelled`: the engine was told, and has ended. */
  status: "done" | "failed" | "cancelled";
  changes: Changes;
  /** Of one that failed: bounded, in one line, without control characters. */
  error?: string;
}

export interface AccountOptions {
  /** The run's folder: `stacks/STACK` below it is the account's working directory. */
  folder: string;
  /** Aborted: nothing is begun; an engine that runs is told to stop, and awaited. */
  signal: AbortSignal;
}

/** Never rejects. An engine that a killed run has left in this account is ended first, and its lock is removed. */
export async function runAccount(target: Target, operation: Operation, options: AccountOptions): Promise<Outcome> {
  const { folder, signal } = options;
  const events = new Events();
  const outcome = (status: Outcome["status"], error?: string): Outcome => ({
    status,
    changes: events.changes,
    ...(error !== undefined && { error: shown(error, 2000) }),
  });
  if (target.unreachable) return outcome("failed", target.unreachable.reason);
  try {
    const mark = markOf(target.stack, folder);
    await endEngines(mark);
    if (signal.aborted) return outcome("cancelled");
    const stack = await openStack(target, operation, folder);
    if (stack === undefined && operation === "drift") return outcome("failed", "It has no stack yet: run `up` first.");
    if (stack === undefined) return outcome("done");
    await withoutOldLock(stack, () => work(stack, operation, { mark, events, signal }));
    return outcome("done");
  } catch (error) {
    if (signal.aborted) return outcome("cancelled");
    return outcome("failed", events.errors.join(" ") || (error instanceof Error ? error.message : String(error)));
  }
}

let pulumi: Promise<PulumiCommand> | undefined;

/** `undefined` if there is none, and the operation needs none. */
async function openStack({ stack: stackName, ...target }: Target, operation: Operation, folder: string) {
  const workDir = path.join(folder, "stacks", stackName);
  fs.mkdirSync(workDir, { recursive: true });
  pulumi ??= PulumiCommand.get();
  const settings = {
    workDir,
    projectSettings: { name: project, runtime: "nodejs" as const },
    pulumiCommand: await pulumi,
  };
  const args = { stackName, projectName: project, program: () => program(target) };
  if (operation === "preview" || operation === "up") return LocalWorkspace.createOrSelectStack(args, settings);
  return LocalWorkspace.selectStack(args, settings).catch((error: unknown) => {
    if (error instanceof StackNotFoundError) return undefined;
    throw error;
  });
}

interface Work {
  mark: string;
  events: Events;
  signal: AbortSignal;
}

async function work(stack: Stack, operation: Operation, { mark, events, signal }: Work): Promise<void> {
  const interrupt = new AbortController();
  // Earlier, the engine would not have heard it: it listens once it has begun.
  const tell = () => {
    if (events.begun && signal.aborted) interrupt.abort();
  };
  signal.addEventListener("abort", tell);
  const onEvent = (event: EngineEvent) => {
    events.add(event);
    tell();
  };
  const engine = { onEvent, signal: interrupt.signal, userAgent: mark, color: "never" as const, suppressOutputs: true };
  // What is live is looked at first. One region that fails does not hold back the others.
  const careful = { ...engine, refresh: true, continueOnError: true };
  try {
    if (operation === "preview") await stack.preview({ ...engine, refresh: true });
    else if (operation === "up") await stack.up(careful);
    else if (operation === "drift") await stack.previewRefresh(engine);
    else await stack.destroy(careful);
  } finally {
    signal.removeEventListener("abort", tell);
  }
}

/** What the engine has said. */
class Events {
  begun = false;
  changes: Changes = {};
  readonly errors: string[] = [];

  add({ summaryEvent, diagnosticEvent }: EngineEvent): void {
    this.begun = true;
    if (summaryEvent) this.changes = summaryEvent.resourceChanges;
    if (diagnosticEvent?.severity !== "error" || this.errors.length === 10) return;
    const text = diagnosticEvent.message.replace(/<\{%.*?%\}>/g, "").trim();
    if (text !== "" && !this.errors.includes(text)) this.errors.push(text);
  }
}

/** On the command line of each engine, so that one that was left behind is known again. */
function markOf(stack: string, folder: string): string {
  return `fleet-${createHash("sha256")
    .update(`${fs.realpathSync(folder)} ${stack}`)
    .digest("hex")
    .slice(0, 24)}`;
}

/** Told to stop, an engine ends what is on the wire and writes its state; one that does not is killed. */
async function endEngines(mark: string): Promise<void> {
  for (const [signal, seconds] of [
    ["SIGINT", 60],
    ["SIGKILL", 10],
  ] as const) {
    for (const { pid } of processes().filter(({ args }) => args.includes(mark))) process.kill(pid, signal);
    for (let turn = 0; turn < seconds * 5; turn++) {
      if (!processes().some(({ args }) => args.includes(mark))) return;
      await sleep(200);
    }
  }
  throw new Error("An engine that was left behind does not end.");
}

/** A lock whose engine was a process of this machine that is gone is removed; any other is somebody's. */
async function withoutOldLock(stack: Stack, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError)) throw error;
    const holders = [...error.message.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)];
    const engines = new Set(
      processes()
        .filter(({ args }) => args.includes("pulumi"))
        .map(({ pid }) => pid),
    );
    const isGone = holders.every(([, host, pid]) => host === os.hostname() && !engines.has(Number(pid)));
    if (holders.length === 0 || !isGone) throw error;
    await stack.cancel();
    await body();
  }
}

/** Empty on Windows. */
function processes(): { pid: number; args: string }[] {
  if (process.platform === "win32") return [];
  const lines = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8", maxBuffer: 2 ** 26 }).split("\n");
  return lines.map((line) => ({ pid: Number.parseInt(line, 10), args: line }));
}
