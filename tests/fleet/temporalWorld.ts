// A world of a fleet with Temporal: a server, workers and the starter of examples/fleet-temporal, each a process of its own that
// can be killed.
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import type { Account } from "../../examples/fleet-temporal/accounts";
import { buildExample, example } from "../../scripts/temporal/packages";
import { kill } from "../harness/hosts";
import { TemporalServer } from "./temporalServer";
import { Running, until, World } from "./world";

/** Of Node.js, as the example's own script has them. */
const workerFlags = fs.readFileSync(path.join(example, "package.json"), "utf8").match(/--max-[\w-]+=\d+/g) ?? [];

export class TemporalWorld {
  #watch: EngineWatch | undefined;

  private constructor(
    readonly world: World,
    readonly server: TemporalServer,
    private readonly scripts: string,
  ) {}

  /** In memory, the server is faster, and one that is killed has lost all. */
  static async create(size: number, options: { inMemory?: boolean } = {}): Promise<TemporalWorld> {
    const world = await World.create(size);
    const scripts = await buildExample();
    return new TemporalWorld(world, await TemporalServer.start(world.project.root, options), scripts);
  }

  /** Resolves when it takes accounts. */
  worker(env: Record<string, string> = {}): Promise<Running> {
    return this.#worker([path.join(this.scripts, "worker.js")], env);
  }

  /** One whose accounts take no engine: each only sends so many requests. */
  simulatedWorker(env: Record<string, string>, requests = 0): Promise<Running> {
    return this.#worker([path.join(__dirname, "simulatedWorker.cjs"), this.scripts, String(requests)], env);
  }

  async #worker(args: string[], env: Record<string, string>): Promise<Running> {
    const running = this.#spawn([...workerFlags, ...args], env);
    await until(() => running.output.includes("state: 'RUNNING'"), "a worker runs");
    return running;
  }

  /** The starter. */
  start(args: string[]): Running {
    return this.#spawn([path.join(this.scripts, "start.js"), ...args], {});
  }

  #spawn(args: string[], env: Record<string, string>): Running {
    const all = { ...this.world.project.env, TEMPORAL_ADDRESS: this.server.address, ...env };
    const options = { cwd: this.world.project.folder, env: all };
    return new Running(
      spawn(process.execPath, args, { ...options, stdio: ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"] }),
    );
  }

  /** The accounts of the run that was started last. */
  accounts(): Account[] {
    const runs = this.world.file("runs");
    const last = fs.existsSync(runs) ? fs.readdirSync(runs).sort().at(-1) : undefined;
    const folder = path.join(runs, last ?? "", "accounts");
    if (last === undefined || !fs.existsSync(folder)) return [];
    const names = fs.readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));
  }

  /** Those with a result that is this. */
  stacks(status: string): string[] {
    return this.accounts().flatMap(({ target, result }) => (result?.status === status ? [target.stack] : []));
  }

  /** Stacks that a worker has begun, with what their folder of leases holds. */
  leases(): Record<string, string[]> {
    const folder = this.world.file("leases");
    const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
    return Object.fromEntries(names.map((name) => [name, fs.readdirSync(path.join(folder, name))]));
  }

  /** Engines that run. A process that one of them is just starting has its command line for a moment, and does not count. */
  engines(): { pid: number; stack: string }[] {
    const all = this.world.processes().flatMap(({ pid, args }) => {
      const [, stack] = /--exec-agent .* --stack (?:\S+\/)?(\S+)/.exec(args) ?? [];
      return stack === undefined ? [] : [{ pid, stack }];
    });
    return all.filter(({ pid }) => !all.some((other) => other.pid === parentOf(pid)));
  }

  /** Looks at the engines from here on. */
  watch(): EngineWatch {
    this.#watch = new EngineWatch(this);
    return this.#watch;
  }

  /** Ends all that runs but the server. */
  endProcesses(): void {
    this.#watch?.stop();
    kill(this.world.processes().map(({ pid }) => pid));
  }

  async close(): Promise<void> {
    await this.server.kill();
    await this.world.close();
  }
}

/** 0 if the process has ended. */
function parentOf(pid: number): number {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")")).split(" ")[2]);
  } catch {
    return 0;
  }
}

/** Looks at the engines of a world again and again: which stacks have been seen with two at a time. */
export class EngineWatch {
  readonly #timer: NodeJS.Timeout;
  /** Process IDs that were seen, by stack, in order. */
  readonly seen = new Map<string, number[]>();
  readonly beside: string[] = [];

  constructor(fleet: TemporalWorld) {
    this.#timer = setInterval(() => {
      const now = new Map<string, number[]>();
      for (const { pid, stack } of fleet.engines()) now.set(stack, [...(now.get(stack) ?? []), pid]);
      for (const [stack, pids] of now) {
        if (pids.length > 1) this.beside.push(`${stack}: ${pids.join(" and ")}`);
        const before = this.seen.get(stack) ?? [];
        this.seen.set(stack, [...new Set([...before, ...pids])]);
      }
    }, 100);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
