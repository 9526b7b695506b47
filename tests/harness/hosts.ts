// The processes below a command that serve resources, Pulumi's dynamic-provider hosts or the plugin: found and killed. They
// outlive an engine that is killed.
import { execFileSync } from "node:child_process";
import process from "node:process";

export interface Process {
  pid: number;
  parent: number;
  args: string;
}

/** The provider hosts of the command that works in this folder: descendants of the engine. */
export function hostsOf(folder: string): number[] {
  const all = processes();
  const engines = all.filter(({ args }) => args.includes(`--cwd ${folder}`));
  const hosts = engines
    .flatMap(({ pid }) => descendantsOf(pid, all))
    .filter(({ args }) => /dynamic-provider|plugin\/bin\/plugin\.js/.test(args));
  if (hosts.length === 0) throw new Error("there is no provider host to kill");
  return hosts.map(({ pid }) => pid);
}

/** Those that still run: the plugin ends by itself when its engine is gone. */
export function kill(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      // Jest has an Error of its own, so that of Node.js is not asked for by its class.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

export function descendantsOf(pid: number, all = processes()): Process[] {
  return all.filter(({ parent }) => parent === pid).flatMap((child) => [child, ...descendantsOf(child.pid, all)]);
}

export function processes(): Process[] {
  return execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .map((line) => /^ *(\d+) +(\d+) (.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parent, args = ""]) => ({ pid: Number(pid), parent: Number(parent), args }));
}
