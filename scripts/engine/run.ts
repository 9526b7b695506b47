// Runs a command that may have children of its own, and ends all of them when it takes too long or when we are ended.

import { spawn } from "node:child_process";
import process from "node:process";

export interface RunOptions {
  cwd: string;
  env: NodeJS.ProcessEnv;
  timeoutMs: number;
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Resolves with what the command printed on stdout.
 * Throws an error with the last lines that it printed on stderr.
 */
export function run(command: string, args: string[], options: RunOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that `sh`'s curl and go's compilers end with it.
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const stopGroup = (): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // Already gone.
      }
    };
    const passOn = (signal: NodeJS.Signals): void => {
      stopGroup();
      process.exit(signal === "SIGINT" ? 130 : 143);
    };
    for (const signal of SIGNALS) process.once(signal, passOn);

    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      stopGroup();
    }, options.timeoutMs);
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-4_000);
    });
    const settle = (error?: Error): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.removeListener(signal, passOn);
      if (error) reject(error);
      else resolve(stdout);
    };
    child.once("error", (error) => settle(error));
    child.once("close", (code) => {
      if (timedOut) settle(new Error(`no end after ${Math.round(options.timeoutMs / 1_000)} s`));
      else if (code !== 0) settle(new Error(lastLines(stderr) || `${command} ended with code ${code}`));
      else settle();
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join("\n    ");
}
