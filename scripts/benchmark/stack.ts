// A stack of one contender, worked by the real engine's commands; each is timed as a whole process.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import type { Emulator } from "../../emulator/server";
import { withoutCloudVariables } from "../emulatedAccount";
import { type Engine, engineEnvironment } from "../engine";
import { linkPackage } from "../linkPackage";
import { type Contender, program } from "./programs";

export interface Project {
  region: string;
  projectId: string;
  keyId: string;
}

export interface Outcome {
  ms: number;
  /** Processor time of the command and all that it started: what a busy machine blurs least. NaN off Linux. */
  cpuMs: number;
  /** Largest resident size of the provider's process, in MB; 0 if there was none. */
  hostMb: number;
}

const root = path.resolve(__dirname, "../../..");

export class BenchStack {
  readonly #folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-bench-"));
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    readonly engine: Engine,
    readonly contender: Contender,
    emulator: Emulator,
    projects: Project[],
    tokens: Record<string, string>,
    more: Record<string, string> = {},
  ) {
    for (const name of ["home", "backend", "project/node_modules"]) {
      fs.mkdirSync(path.join(this.#folder, name), { recursive: true });
    }
    const modules = path.join(this.#folder, "project", "node_modules");
    for (const name of ["@pulumi", "axios"]) {
      fs.symlinkSync(path.join(root, "node_modules", name), path.join(modules, name));
    }
    linkPackage(modules);
    let settings = "name: bench\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
    if (contender === "plugin") {
      fs.symlinkSync(path.join(root, "dist/sdks/nodejs"), path.join(modules, "pulumi-huaweicloud-evs-sdk"));
      const folder = path.join(root, "dist/plugin/bin");
      settings += `plugins:\n  providers:\n    - name: huaweicloud-evs\n      path: ${folder}\n`;
    }
    fs.writeFileSync(path.join(this.#folder, "project", "Pulumi.yaml"), settings);
    fs.writeFileSync(path.join(this.#folder, "project", "package.json"), '{ "name": "bench", "private": true }\n');
    fs.writeFileSync(path.join(this.#folder, "project", "index.js"), program(contender));
    // Too large for environment variables.
    const data = path.join(this.#folder, "data.json");
    fs.writeFileSync(data, JSON.stringify({ projects, tokens }));
    this.#env = engineEnvironment(engine, {
      ...withoutCloudVariables(process.env),
      HOME: path.join(this.#folder, "home"),
      PULUMI_HOME: path.join(this.#folder, "home", ".pulumi"),
      PULUMI_BACKEND_URL: `file://${path.join(this.#folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "benchmark",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      HW_ENDPOINT_URL: emulator.endpoint,
      HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9",
      BENCH_DATA: data,
      ...more,
    });
  }

  async init(): Promise<void> {
    await this.#run(["stack", "init", "bench"]);
  }

  up(env: Record<string, string> = {}): Promise<Outcome> {
    return this.#run(["up", "--yes", "--skip-preview", "--suppress-outputs", "--suppress-progress"], env);
  }

  preview(): Promise<Outcome> {
    return this.#run(["preview", "--expect-no-changes", "--suppress-progress"]);
  }

  /** Of a stack that has nothing yet. */
  firstPreview(): Promise<Outcome> {
    return this.#run(["preview", "--suppress-progress"]);
  }

  refresh(): Promise<Outcome> {
    return this.#run(["refresh", "--yes", "--skip-preview", "--suppress-progress"]);
  }

  destroy(): Promise<Outcome> {
    return this.#run(["destroy", "--yes", "--skip-preview", "--suppress-progress"]);
  }

  stateBytes(): number {
    return fs.statSync(path.join(this.#folder, "backend", ".pulumi", "stacks", "bench", "bench.json")).size;
  }

  remove(): void {
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  #run(args: string[], env: Record<string, string> = {}): Promise<Outcome> {
    const all = [...args, "--non-interactive", "--color", "never", "--cwd", path.join(this.#folder, "project")];
    const start = performance.now();
    const cpuBefore = childrenCpuMs();
    return new Promise((resolve, reject) => {
      const child = spawn(this.engine.command, all, {
        env: { ...this.#env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text) => (output += text));
      let hostKb = 0;
      const watch = setInterval(() => {
        hostKb = Math.max(hostKb, hostSizeKb(child.pid ?? 0));
      }, 50);
      child.once("error", reject);
      child.once("close", (code) => {
        clearInterval(watch);
        if (code !== 0) return reject(new Error(`${this.contender}: pulumi ${args[0]} ended with ${code}:\n${output}`));
        resolve({
          ms: performance.now() - start,
          cpuMs: childrenCpuMs() - cpuBefore,
          hostMb: hostKb / 1024,
        });
      });
    });
  }
}

/** Processor time of all children of this process that have ended, and of theirs. Linux counts it in hundredths of a second. */
export function childrenCpuMs(): number {
  if (process.platform !== "linux") return Number.NaN;
  const stat = fs.readFileSync("/proc/self/stat", "utf8");
  // The second field, a name in brackets, may have spaces in it.
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(14, 16);
  return (Number(user) + Number(system)) * 10;
}

/** Looked up in /proc, so it is known on Linux only. */
function hostSizeKb(engine: number): number {
  if (process.platform !== "linux") return 0;
  for (const pid of descendants(engine)) {
    try {
      const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.startsWith("node") || !/dynamic-provider|plugin\.js/.test(command)) continue;
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      if (kilobytes !== undefined) return Number(kilobytes);
    } catch {
      // It has just ended.
    }
  }
  return 0;
}

/** Linux lists children by the thread that started them. */
export function descendants(pid: number): number[] {
  try {
    const children = fs
      .readdirSync(`/proc/${pid}/task`)
      .flatMap((thread) => fs.readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" "))
      .filter((child) => child.trim() !== "")
      .map(Number);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}
