// One account: its stack is previewed, applied, looked at for drift, or destroyed, by Pulumi's Automation API.
//
// One at a time in a process: an unhandled rejection in one account's program is taken by the Automation API for a failure of
// every program that runs in the same process. Use `Workers` to run several.
import type { Target } from "./targets";

export const operations = ["preview", "up", "drift", "destroy"] as const;
export type Operation = (typeof operations)[number];

/** How many resources were (or, in a preview, would be) created, updated, left the same, and so on. */
export type Changes = Record<string, number>;

export type Outcome =
  | { status: "done"; changes: Changes }
  /** `error` is fit to be shown: bounded, in one line, without control characters. */
  | { status: "failed"; error: string; changes: Changes }
  /** The engine was told, and has ended. */
  | { status: "cancelled"; changes: Changes };

export interface AccountOptions {
  /** Where the run keeps its files: below it, `stacks/STACK` is the working directory of an account. */
  folder: string;
  /** Aborted: nothing is begun, a running engine is told to stop, and awaited. */
  signal: AbortSignal;
}

/** Never rejects. Before it begins, an engine that a killed run has left in this account is ended, and its lock removed. */
export async function runAccount(target: Target, operation: Operation, options: AccountOptions): Promise<Outcome> {
  throw new Error(`${operation} of ${target.stack} in ${options.folder}: to be written`);
}

/** A preview that would change something, or a drift: whether the account is as its program and state say. */
export function isChanged({ changes }: Outcome): boolean {
  return Object.entries(changes).some(([kind, count]) => kind !== "same" && count > 0);
}
