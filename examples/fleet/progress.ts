// How far a run is: one line that is rewritten on a terminal; in a log a line for each failure, and one every ten seconds.
import type { AccountReport } from "./report";

const logEveryMs = 10_000;

export class Progress {
  readonly #startedAt = performance.now();
  #all = 0;
  #done = 0;
  #running = 0;
  #failed = 0;
  #ended = 0;
  #loggedAt = performance.now();

  constructor(private readonly stream: NodeJS.WritableStream & { isTTY?: boolean }) {}

  begin(accounts: readonly AccountReport[]): void {
    this.#all = accounts.length;
    this.#done = accounts.filter(({ status }) => status === "done").length;
    if (this.#done > 0) this.say(`${this.#done} accounts are done already.`);
  }

  began(): void {
    this.#running += 1;
    this.#draw();
  }

  ended({ stack, status, error }: AccountReport): void {
    this.#running -= 1;
    this.#ended += 1;
    if (status === "done") this.#done += 1;
    if (status === "failed") {
      this.#failed += 1;
      this.say(`${stack}: ${error}`);
    }
    this.#draw();
  }

  /** A line that stays. */
  say(line: string): void {
    this.stream.write(`${this.stream.isTTY ? "\r\u001b[K" : ""}${line}\n`);
  }

  end(): void {
    this.say(this.#line());
  }

  #draw(): void {
    if (this.stream.isTTY) this.stream.write(`\r\u001b[K${this.#line()}`);
    else if (performance.now() - this.#loggedAt >= logEveryMs) {
      this.#loggedAt = performance.now();
      this.say(this.#line());
    }
  }

  #line(): string {
    const minutes = Math.max((performance.now() - this.#startedAt) / 60_000, 1 / 60);
    const rate = (this.#ended / minutes).toFixed(1);
    return `${this.#done} of ${this.#all} accounts done, ${this.#failed} failed, ${this.#running} running, ${rate} a minute`;
  }
}
