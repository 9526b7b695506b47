// Accounts in child processes, one account at a time in each, so that the failure of one program is no other's. A process is kept
// for the next account. Each has a process group of its own, so that a Ctrl-C reaches no engine: the run tells them.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import process from "node:process";
import { shown } from "pulumi-huaweicloud-evs-cli";
import { type Operation, type Outcome, runAccount } from "./account";
import { endEngines, markOf } from "./engines";
import type { Target } from "./targets";

/** Then a process is replaced: what Pulumi's SDK keeps of each program adds up. */
const mostAccounts = 100;

interface Order {
  target: Target;
  operation: Operation;
  folder: string;
}

export class Workers {
  #idle: ChildProcess[] = [];
  readonly #runs = new WeakMap<ChildProcess, number>();

  constructor(private readonly folder: string) {
    fs.mkdirSync(folder, { recursive: true });
  }

  /** Never rejects. */
  async run(target: Target, operation: Operation, signal: AbortSignal): Promise<Outcome> {
    const child = this.#take();
    const over = new AbortController();
    let said = "";
    const listen = (text: Buffer) => {
      said = (said + text).slice(-1000);
    };
    const stop = () => child.connected && child.send("stop");
    child.stderr?.on("data", listen);
    signal.addEventListener("abort", stop, { signal: over.signal });
    try {
      const answered = once(child, "message", over).then(([outcome]): Outcome => outcome);
      const ended = once(child, "exit", over).then(([code, by]) => Promise.reject(new Error(`exit ${by ?? code}`)));
      child.send({ target, operation, folder: this.folder } satisfies Order);
      if (signal.aborted) stop();
      const outcome = await Promise.race([answered, ended]);
      this.#giveBack(child, outcome);
      return outcome;
    } catch (error) {
      await endEngines(markOf(target.stack, this.folder)).catch(() => {}); // if it does not end, the next run says so
      const reason = shown(`Its process has ended: ${(error as Error).message}. ${said}`);
      return { status: "failed", changes: {}, error: reason };
    } finally {
      over.abort();
      child.stderr?.off("data", listen);
    }
  }

  /** To be called when no account is running. */
  close(): void {
    for (const child of this.#idle.splice(0)) child.disconnect();
  }

  #take(): ChildProcess {
    this.#idle = this.#idle.filter(({ connected }) => connected);
    return this.#idle.pop() ?? fork(__filename, { detached: true, stdio: ["ignore", "ignore", "pipe", "ipc"] });
  }

  /** Not after a failure, of which something may come late, in the next account's time. */
  #giveBack(child: ChildProcess, { status }: Outcome): void {
    const runs = (this.#runs.get(child) ?? 0) + 1;
    this.#runs.set(child, runs);
    if (status === "done" && runs < mostAccounts) this.#idle.push(child);
    else child.disconnect();
  }
}

/** The child: it ends when the run has ended or was killed, and not before its engine. */
if (require.main === module) {
  let running: Promise<unknown> = Promise.resolve();
  let stop = new AbortController();
  process.on("message", (order: Order | "stop") => {
    if (order === "stop") return stop.abort();
    stop = new AbortController();
    running = runAccount(order.target, order.operation, { folder: order.folder, signal: stop.signal }).then(
      (outcome) => process.connected && process.send?.(outcome),
    );
  });
  process.once("disconnect", async () => {
    stop.abort();
    await running;
    process.exit();
  });
}
