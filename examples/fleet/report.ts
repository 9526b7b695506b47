// The report of a run: what became of each account.
import type { Changes, Operation, Outcome } from "./account";
import type { Target } from "./targets";
import type { Ran } from "./waves";

export interface AccountReport {
  stack: string;
  account: Target["account"];
  /** From 1. */
  wave: number;
  /** `not-run`: the run was stopped before. */
  status: Outcome["status"] | "not-run";
  changes: Changes;
  error?: string;
  seconds?: number;
}

export interface Report {
  version: 1;
  operation: Operation;
  startedAt: string;
  endedAt: string;
  /** Why accounts were not run; absent if all were. */
  stopped?: string;
  /** `drifted` are those of `done` that a `drift` has found changed. */
  summary: { accounts: number; done: number; drifted: number; failed: number; cancelled: number; notRun: number };
  accounts: AccountReport[];
  /** The audit of the same accounts at the end: its HTML, and its exit code. */
  audit?: { html: string; exitCode: 0 | 1 | 2 };
}

export function toReport(operation: Operation, startedAt: Date, { accounts, stopped }: Ran): Report {
  const count = (status: AccountReport["status"]) => accounts.filter((account) => account.status === status).length;
  const drifted = operation === "drift" ? accounts.filter(isChanged).length : 0;
  return {
    version: 1,
    operation,
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    ...(stopped !== undefined && { stopped }),
    summary: {
      accounts: accounts.length,
      done: count("done"),
      drifted,
      failed: count("failed"),
      cancelled: count("cancelled"),
      notRun: count("not-run"),
    },
    accounts,
  };
}

/** 0: all is done. 1: something failed, or has drifted. 2: not all were run. */
export function exitCodeOf({ summary: { failed, drifted, cancelled, notRun } }: Report): 0 | 1 | 2 {
  if (cancelled + notRun > 0) return 2;
  return failed + drifted > 0 ? 1 : 0;
}

function isChanged({ changes }: AccountReport): boolean {
  return Object.entries(changes).some(([kind, count]) => kind !== "same" && count > 0);
}
