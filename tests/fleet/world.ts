// An emulated organization, examples/fleet as its user has it, and the command as it is started and ended from outside.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fleetDeployer, withFleet } from "../../emulator/cloud/fleet";
import type { Seed } from "../../emulator/cloud/seed";
import type { Project } from "../../emulator/cloud/state";
import { type Emulator, startEmulator } from "../../emulator/server";
import type { Report } from "../../examples/fleet/report";
import { createFleetProject, type FleetProject } from "../../scripts/fleetProject";
import { descendantsOf, kill } from "../harness/hosts";
import { ready } from "../harness/readiness";

export const regions = ["cn-north-4", "ap-southeast-3"];

export const seed: Seed = {
  accounts: [
    {
      name: "management",
      users: [{ name: "deployer", password: "unused", role: "admin" }],
      projects: [],
      agencies: [],
    },
  ],
  keys: [],
};

export const nameOf = (index: number): string => `fleet-${String(index).padStart(4, "0")}`;

export interface Ended {
  code: number | null;
  output: string;
}

/** A run of the command that has been started. */
export class Running {
  output = "";
  readonly ended: Promise<Ended>;

  constructor(readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text) => (this.output += text));
    this.ended = once(child, "close").then(([code]) => ({ code, output: this.output }));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the fleet did not start");
    return this.child.pid;
  }

  /** SIGKILL to the command, with its workers, or with all that runs below it. */
  async kill(what: "command" | "workers" | "all"): Promise<void> {
    const below = descendantsOf(this.pid);
    const workers = below.filter(({ args }) => args.includes("workers.js"));
    kill([this.pid, ...(what === "all" ? below : what === "workers" ? workers : []).map(({ pid }) => pid)]);
    await this.ended;
  }
}

export class World {
  private constructor(
    readonly emulator: Emulator,
    readonly project: FleetProject,
    readonly accounts: string[],
  ) {}

  static async create(size: number): Promise<World> {
    const engine = await ready();
    const conditions = ["never-set"] as const;
    const emulator = await startEmulator({ seed: withFleet(seed, { accounts: size, regions, conditions }) });
    const { accessKey = "", secretKey = "" } = emulator.cloud.user("management", "deployer") ?? {};
    const project = createFleetProject(engine, {
      HW_ENDPOINT_URL: emulator.endpoint,
      HW_ACCESS_KEY: accessKey,
      HW_SECRET_KEY: secretKey,
      HW_REGION_NAME: "cn-north-4",
      NODE_OPTIONS: `--require ${JSON.stringify(path.resolve(__dirname, "../harness/quickStart.cjs"))}`,
    });
    const accounts = Array.from({ length: size }, (_, index) => nameOf(index + 1));
    const listed = accounts.map((name) => ({ name, agency: fleetDeployer }));
    fs.writeFileSync(path.join(project.folder, "accounts.json"), JSON.stringify({ accounts: listed }));
    return new World(emulator, project, accounts);
  }

  start(args: string[], env: Record<string, string> = {}): Running {
    const { folder: cwd } = this.project;
    const all = ["dist/fleet.js", ...args];
    // A process group of its own, as a terminal gives to a command.
    const options = { cwd, env: { ...this.project.env, ...env }, detached: true };
    return new Running(spawn(process.execPath, all, { ...options, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** On the accounts of the file. */
  async run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start([...args, "--accounts", "accounts.json"], env).ended;
  }

  file(name: string): string {
    return path.join(this.project.folder, ".fleet", name);
  }

  report(): Report {
    return JSON.parse(fs.readFileSync(this.file("report.json"), "utf8"));
  }

  /** Each line of the ledger that is whole. */
  ledger(): { begun?: string; ended?: string; status?: string }[] {
    const text = fs.existsSync(this.file("ledger.jsonl")) ? fs.readFileSync(this.file("ledger.jsonl"), "utf8") : "";
    return text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  doneByLedger(): string[] {
    return this.ledger().flatMap(({ ended, status }) => (ended !== undefined && status === "done" ? [ended] : []));
  }

  projects(account: string): Project[] {
    return this.emulator.cloud.projects(this.emulator.cloud.account(account)?.id);
  }

  /** Whether every project encrypts with the key that its account calls app-disks. */
  isConverged(account: string): boolean {
    const { cloud } = this.emulator;
    const projects = this.projects(account);
    return (
      projects.length === regions.length &&
      projects.every(({ id }) => cloud.evs(id).enabled && cloud.evs(id).keyId === cloud.keyByAlias(id, "app-disks")?.id)
    );
  }

  /** How often a stack was applied, as the backend's history has it. */
  updates(account: string): number {
    const folder = path.join(this.project.root, "backend/.pulumi/history/evs-fleet", account);
    return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith(".history.json")).length : 0;
  }

  /** Files of locks that the backend holds. */
  locks(): string[] {
    const folder = path.join(this.project.root, "backend/.pulumi/locks");
    if (!fs.existsSync(folder)) return [];
    return fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".json"));
  }

  /** All that the command has started and that still runs, to the last provider host: they have its environment. Linux only. */
  processes(): { pid: number; args: string }[] {
    const here = `TMPDIR=${path.join(this.project.root, "tmp")}`;
    return fs
      .readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const [environment = "", args = ""] = ["environ", "cmdline"].map((name) =>
            fs.readFileSync(`/proc/${pid}/${name}`, "utf8"),
          );
          return environment.includes(here) ? [{ pid: Number(pid), args: args.replaceAll("\0", " ") }] : [];
        } catch {
          return []; // it has just ended, or is somebody else's
        }
      });
  }

  /** Engines that work this account's stack. */
  engines(account: string): number[] {
    const isIt = ({ args }: { args: string }) => args.includes("--exec-agent") && args.includes(`--stack ${account}`);
    return this.processes()
      .filter(isIt)
      .map(({ pid }) => pid);
  }

  async close(): Promise<void> {
    kill(this.processes().map(({ pid }) => pid));
    await this.emulator.close();
    this.project.remove();
  }
}

/** Resolves when it holds. */
export async function until(condition: () => boolean, what: string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what}: it was not so after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
