// Runs a command to its end without blocking: the emulator that it talks to lives in this very process.

import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { descendantsOf, type Process, processes } from "./hosts";

export interface CommandOptions {
  cwd: string;
  env: Record<string, string>;
  /** After this time the command is killed, and the result says so. Default 120 000. */
  timeoutMs?: number;
  /** Aborting it kills the command at once. What an engine has started lives on until {@link killCommandsIn}. */
  signal?: AbortSignal;
  /** Aborting it sends SIGINT to the command alone, as one Ctrl-C does to the engine. */
  interrupt?: AbortSignal;
}

export interface CommandResult {
  /** -1 where the command was killed. */
  code: number;
  stdout: string;
  stderr: string;
  /** stdout and stderr, interleaved as they came. */
  output: string;
  durationMs: number;
}

const running = new Set<ChildProcess>();
/** Below commands that were killed: an engine gives its plugins process groups of their own. */
const orphans = new Map<ChildProcess, Process[]>();

export function runCommand(command: string, args: string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    // A process group of its own, so that what a shell has started ends with it.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const parts = { stdout: "", stderr: "", output: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => {
        parts[name] += text;
        parts.output += text;
      });
    }
    const timeoutMs = options.timeoutMs ?? 120_000;
    const timer = setTimeout(() => {
      parts.output += `\n[killed: no end after ${timeoutMs} ms]\n`;
      killGroup(child);
    }, timeoutMs);
    const abort = (): void => killGroup(child);
    options.signal?.addEventListener("abort", abort);
    const interrupt = (): void => void child.kill("SIGINT");
    options.interrupt?.addEventListener("abort", interrupt);
    const forget = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", abort);
      options.interrupt?.removeEventListener("abort", interrupt);
      running.delete(child);
    };
    child.once("error", (error) => {
      forget();
      reject(error);
    });
    child.once("close", (code) => {
      forget();
      resolve({ code: code ?? -1, ...parts, durationMs: Math.round(performance.now() - start) });
    });
  });
}

/** For the end of a test that has killed commands in its folder, or that failed while some were still running. */
export function killCommandsIn(folder: string): void {
  const isHere = (child: ChildProcess): boolean => child.spawnargs.some((arg) => arg.startsWith(folder));
  for (const child of running) {
    if (isHere(child)) killGroup(child);
  }
  for (const [child, left] of orphans) {
    if (!isHere(child)) continue;
    orphans.delete(child);
    // Its number may be another process's by now.
    const alive = processes().filter((now) => left.some(({ pid, args }) => pid === now.pid && args === now.args));
    for (const { pid } of alive) killNow(pid);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  orphans.set(child, descendantsOf(child.pid));
  killNow(-child.pid);
}

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}
