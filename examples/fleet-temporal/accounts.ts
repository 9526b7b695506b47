// The accounts of a run, in the folder that all workers share: a file each with who it is and what became of it. A file each,
// because workers of many machines write at the same time, and appending to one file is not safe over a network.

import fs from "node:fs";
import path from "node:path";
import type { Outcome } from "../fleet/account";
import type { Target } from "../fleet/targets";

export interface Account {
  target: Target;
  /** From 1. */
  wave: number;
  /** Absent until it has had its turn. */
  result?: Outcome & { seconds: number };
}

export class Accounts {
  readonly #folder: string;

  constructor(folder: string, run: string) {
    this.#folder = path.join(folder, "runs", run, "accounts");
  }

  all(): Account[] {
    const names = fs.existsSync(this.#folder) ? fs.readdirSync(this.#folder).sort() : [];
    return names.filter((name) => name.endsWith(".json")).map((name) => this.of(name.slice(0, -".json".length)));
  }

  of(stack: string): Account {
    return JSON.parse(fs.readFileSync(this.#file(stack), "utf8"));
  }

  /** Whole or not at all, and on the disk before anything else happens. */
  set(account: Account): void {
    const file = this.#file(account.target.stack);
    fs.mkdirSync(this.#folder, { recursive: true });
    fs.writeFileSync(`${file}.partial`, JSON.stringify(account), { flush: true });
    fs.renameSync(`${file}.partial`, file);
  }

  #file(stack: string): string {
    return path.join(this.#folder, `${stack}.json`);
  }
}
