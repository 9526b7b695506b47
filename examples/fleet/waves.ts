// A run over many accounts: waves, so many accounts at a time, and the rule by which it stops.
import type { Outcome } from "./account";
import type { Ledger } from "./ledger";
import type { Progress } from "./progress";
import type { AccountReport } from "./report";
import type { Target } from "./targets";

export interface Run {
  targets: readonly Target[];
  /** How much of all accounts is done by the end of each wave, in percent: 1, 10, 100. */
  waves: readonly number[];
  concurrency: number;
  /** With more, no further wave is begun. One that has begun goes on to its end. */
  maxFailures: number;
  /** What is done with one account. It never rejects. */
  work: (target: Target, signal: AbortSignal) => Promise<Outcome>;
  ledger: Ledger;
  progress: Progress;
  /** Aborted: no further account is begun. */
  signal: AbortSignal;
}

export interface Ran {
  accounts: AccountReport[];
  /** Why accounts were not run; absent if all were. */
  stopped?: string;
}

/** How many of so many accounts are done by the end of each wave. */
export function endsOf(waves: readonly number[], count: number): number[] {
  return waves.map((percent) => Math.ceil((percent * count) / 100));
}

export async function runWaves(run: Run): Promise<Ran> {
  const { targets, waves, maxFailures, ledger, signal } = run;
  const ends = endsOf(waves, targets.length);
  const accounts = targets.map(({ stack, account }, index): AccountReport => {
    const wave = ends.findIndex((end) => index < end) + 1;
    const before = ledger.endOf(stack);
    return { stack, account, wave, ...(before?.status === "done" ? before : { status: "not-run", changes: {} }) };
  });
  run.progress.begin(accounts);
  let from = 0;
  for (const [index, to] of ends.entries()) {
    await runWave(run, accounts, from, to);
    from = Math.max(from, to);
    const failures = accounts.filter(({ status }) => status === "failed").length;
    if (signal.aborted) return { accounts, stopped: "It was told to stop." };
    if (failures > maxFailures && from < targets.length)
      return {
        accounts,
        stopped: `Wave ${index + 1} of ${waves.length} ended with ${failures} failures, and ${maxFailures} were allowed.`,
      };
  }
  return { accounts };
}

async function runWave(run: Run, accounts: AccountReport[], from: number, to: number): Promise<void> {
  const { targets, ledger, progress, signal, work } = run;
  let next = from;
  const lane = async () => {
    while (next < to && !signal.aborted) {
      const index = next++;
      const target = targets[index];
      const report = accounts[index];
      if (target === undefined || report === undefined || report.status === "done") continue;
      ledger.begin(target.stack);
      progress.began();
      const start = performance.now();
      const outcome = await work(target, signal);
      const ended = { ...outcome, seconds: Math.round((performance.now() - start) / 100) / 10 };
      ledger.end(target.stack, ended);
      accounts[index] = { ...report, ...ended };
      progress.ended(accounts[index]);
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, lane));
}
