// The report of a run, as JSON.
import type { Changes, Operation } from "./account";

export interface AccountReport {
  stack: string;
  account: { id?: string; name?: string };
  /** `not-run`: the run was stopped before its turn. */
  status: "done" | "failed" | "cancelled" | "not-run";
  /** The wave that it belongs to, from 1. */
  wave: number;
  changes: Changes;
  error?: string;
  seconds?: number;
}

export interface Report {
  version: 1;
  operation: Operation;
  /** The run was stopped, by its rule or by a signal, before every account had its turn. */
  partial: boolean;
  /** Why, if it was. */
  stopped?: string;
  startedAt: string;
  endedAt: string;
  summary: { accounts: number; done: number; drifted: number; failed: number; cancelled: number; notRun: number };
  accounts: AccountReport[];
}
