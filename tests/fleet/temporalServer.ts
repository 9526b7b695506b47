// Temporal's own development server, for one file of tests: its database is a file, so that a server that was killed goes on
// where it was.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { ensureTemporal } from "../../scripts/temporal/build";

export class TemporalServer {
  #child: ChildProcess | undefined;

  private constructor(
    private readonly command: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly inMemory: boolean,
  ) {}

  /** `folder` has to be a fresh one. */
  static async start(folder: string, { inMemory = false } = {}): Promise<TemporalServer> {
    const server = new TemporalServer(await ensureTemporal(), folder, await freePort(), inMemory);
    await server.start();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const log = fs.openSync(path.join(this.folder, "temporal.log"), "a");
    const args = ["server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", String(this.port)];
    const file = this.inMemory ? [] : ["--db-filename", path.join(this.folder, "temporal.db")];
    this.#child = spawn(this.command, [...args, ...file, "--log-level", "error"], { stdio: ["ignore", log, log] });
    fs.closeSync(log);
    for (let turn = 0; ; turn++) {
      try {
        await this.ask(["operator", "namespace", "describe", "default"]);
        return;
      } catch (error) {
        if (turn === 100) throw error;
        await sleep(100);
      }
    }
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.#child === undefined || this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }

  /** What a command of `temporal` prints as JSON. */
  async ask(args: string[]): Promise<unknown> {
    const all = [...args, "--address", this.address, "--output", "json"];
    const { stdout } = await promisify(execFile)(this.command, all, { timeout: 20_000, maxBuffer: 2 ** 28 });
    return JSON.parse(stdout);
  }
}

async function freePort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}
