// What Temporal has a worker do: one account, by the engine. It is begun again if the worker dies, perhaps by another worker,
// so it takes the account's lease first. Its result is on disk before Temporal is told.

import { Context } from "@temporalio/activity";
import type { Operation, Outcome } from "../fleet/account";
import type { Target } from "../fleet/targets";
import { Accounts } from "./accounts";
import { type Lease, tryLease } from "./lease";

/** Never rejects; a signal that is aborted has the engine told, and awaited. `leftBy`: see {@link Lease}. */
export type RunAccount = (
  target: Target,
  operation: Operation,
  signal: AbortSignal,
  leftBy: string | undefined,
) => Promise<Outcome>;

export type Activities = ReturnType<typeof createActivities>;

/** How often Temporal hears that the account is worked, and is asked whether it is cancelled. */
const beatMs = 2_000;

export function createActivities(folder: string, runAccount: RunAccount) {
  return {
    async account(run: string, operation: Operation, stack: string): Promise<"done" | "failed"> {
      const accounts = new Accounts(folder, run);
      const lease = await leaseOf(stack);
      const { cancellationSignal, heartbeat } = Context.current();
      const lost = new AbortController();
      const beat = setInterval(() => {
        heartbeat();
        try {
          lease.renew();
        } catch (error) {
          lost.abort(error);
        }
      }, beatMs);
      const signal = AbortSignal.any([cancellationSignal, lost.signal]);
      try {
        const account = accounts.of(stack);
        // Its last worker died after the account's end, before it could say so.
        if (account.result && account.result.status !== "cancelled") return account.result.status;
        const begun = Date.now();
        const outcome = await runAccount(account.target, operation, signal, lease.leftBy);
        // Whoever has the account now says what becomes of it.
        lost.signal.throwIfAborted();
        accounts.set({ ...account, result: { ...outcome, seconds: (Date.now() - begun) / 1_000 } });
        if (outcome.status !== "cancelled") return outcome.status;
        // The reason: a worker that shuts down, say, is none for the account's end.
        signal.throwIfAborted();
        throw new Error(`the engine of ${stack} was stopped`);
      } finally {
        clearInterval(beat);
        lease.release();
      }
    },
  };

  async function leaseOf(stack: string): Promise<Lease> {
    for (;;) {
      const lease = tryLease(folder, stack);
      if (lease !== undefined) return lease;
      Context.current().heartbeat();
      await Context.current().sleep(beatMs);
    }
  }
}
