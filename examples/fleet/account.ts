// One account: its stack is previewed, applied, looked at for drift, or destroyed, by Pulumi's Automation API.
//
// One at a time in a process: the Automation API takes an unhandled rejection of one account's program for a failure of every
// program that runs in the same process. `Workers` runs several.
import fs from "node:fs";
import path from "node:path";
import {
  type EngineEvent,
  LocalWorkspace,
  PulumiCommand,
  type Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import { shown } from "pulumi-huaweicloud-evs-cli";
import { endEngines, markOf, withoutOldLock } from "./engines";
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
    const stack = await openStack(target, operation, { folder, mark });
    if (stack === undefined && operation === "drift") return outcome("failed", "It has no stack yet: run `up` first.");
    if (stack === undefined) return outcome("done");
    if (signal.aborted) return outcome("cancelled");
    await withoutOldLock(stack, () => work(stack, operation, { mark, events, signal }));
    return outcome("done");
  } catch (error) {
    if (signal.aborted) return outcome("cancelled");
    return outcome("failed", events.errors.join(" ") || (error instanceof Error ? error.message : String(error)));
  }
}

let pulumi: Promise<PulumiCommand> | undefined;

interface Place {
  folder: string;
  mark: string;
}

/** `undefined` if there is none, and the operation makes none. */
async function openStack({ stack: stackName, ...target }: Target, operation: Operation, { folder, mark }: Place) {
  const workDir = path.join(folder, "stacks", stackName);
  fs.mkdirSync(workDir, { recursive: true });
  pulumi ??= PulumiCommand.get();
  const settings = {
    workDir,
    projectSettings: { name: project, runtime: "nodejs" as const },
    pulumiCommand: await pulumi,
    envVars: { FLEET_MARK: mark },
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
  const engine = {
    onEvent,
    signal: interrupt.signal,
    userAgent: mark,
    color: "never" as const,
    suppressOutputs: true,
    suppressProgress: true,
  };
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
    const text = diagnosticEvent.message.replace(/<\{%[^%]{0,40}%\}>/g, "").trim();
    if (text !== "" && text !== "update failed" && !this.errors.includes(text)) this.errors.push(text);
  }
}
