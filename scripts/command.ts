// Runs a command and shows what it printed only if it failed.

import { spawn } from "node:child_process";
import path from "node:path";

export interface Ended {
  code: number | null;
  stdout: string;
  /** stdout and stderr as they came. */
  output: string;
}

/** Throws an error with all that it printed if the command fails. */
export async function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { code, stdout, output } = await end(command, args, cwd, env);
  if (code !== 0) throw new Error(`${path.basename(command)} ${args.join(" ")}: ended with code ${code}\n${output}`);
  return stdout;
}

/** As {@link run}, for a command that may fail. Does not block: the emulated cloud lives in this process. */
export function end(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, output }));
  });
}
