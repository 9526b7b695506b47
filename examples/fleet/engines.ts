// Engines that a killed run has left behind: found, ended, and their locks removed, before the account is begun again.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { ConcurrentUpdateError, type Stack } from "@pulumi/pulumi/automation";

/** On the command line of each engine, and in the environment of what it starts: so what was left behind is known again. */
export function markOf(stack: string, folder: string): string {
  return `fleet-${createHash("sha256")
    .update(`${fs.realpathSync(folder)} ${stack}`)
    .digest("hex")
    .slice(0, 24)}`;
}

/** An engine that is told ends what is on the wire and writes its state. What does not listen, or is left over, is killed. */
export async function endEngines(mark: string): Promise<void> {
  const isEngine = ({ args }: Process) => args.includes(mark);
  const isOfIt = (one: Process) => isEngine(one) || one.environment.includes(mark);
  await end(isEngine, "SIGINT", 60);
  await end(isOfIt, "SIGKILL", 10);
  if (processes().some(isOfIt)) throw new Error("An engine that was left behind does not end.");
}

/** Resolves when they have ended, or after so many seconds. */
async function end(isMeant: (one: Process) => boolean, signal: NodeJS.Signals, seconds: number): Promise<void> {
  for (const { pid } of processes().filter(isMeant)) ignoringErrors(() => process.kill(pid, signal));
  for (let turn = 0; turn < seconds * 5 && processes().some(isMeant); turn++) await sleep(200);
}

/** A lock whose engine was a process of this machine that is gone is removed; any other is somebody's. */
export async function withoutOldLock(stack: Stack, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof ConcurrentUpdateError)) throw error;
    const holders = [...error.message.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)];
    const running = processes();
    const engines = new Set(running.filter(({ args }) => args.includes("pulumi")).map(({ pid }) => pid));
    const isGone = holders.every(([, host, pid]) => host === os.hostname() && !engines.has(Number(pid)));
    if (holders.length === 0 || running.length === 0 || !isGone) throw error;
    await stack.cancel();
    await body();
  }
}

interface Process {
  pid: number;
  args: string;
  /** Empty where the system does not tell it: off Linux, and of other users. */
  environment: string;
}

/** Empty on Windows: there, nothing is known of them. */
function processes(): Process[] {
  if (process.platform === "win32") return [];
  if (process.platform !== "linux") {
    const lines = execFileSync("ps", ["-A", "-o", "pid=,args="], { encoding: "utf8", maxBuffer: 2 ** 26 }).split("\n");
    return lines.map((line) => ({ pid: Number.parseInt(line, 10), args: line, environment: "" }));
  }
  const read = (pid: string, file: string) =>
    ignoringErrors(() => fs.readFileSync(`/proc/${pid}/${file}`, "utf8")) ?? "";
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => ({ pid: Number(pid), args: read(pid, "cmdline"), environment: read(pid, "environ") }));
}

/** A process may end while it is looked at. */
function ignoringErrors<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
