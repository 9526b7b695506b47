// Runs accounts in child processes, one account at a time in each: so the failure of one program is no other's. A process is
// kept for the next account, because loading Pulumi's SDK takes longer than most of the rest.
import type { Operation, Outcome } from "./account";
import type { Target } from "./targets";

export class Workers {
  constructor(readonly folder: string) {}

  /** Never rejects. A worker that dies is an account that failed. */
  async run(target: Target, operation: Operation, signal: AbortSignal): Promise<Outcome> {
    throw new Error(`${operation} of ${target.stack} ${signal.aborted}: to be written`);
  }

  /** Ends the processes. To be called when no account is running. */
  close(): void {}
}
