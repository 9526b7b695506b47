// A run of the fleet as Temporal keeps it: wave after wave, each in slices, a child workflow a slice. So no history grows beyond
// a few thousand events, however many accounts there are. What became of an account is in a file of its own; here it is counted.

import {
  ActivityFailure,
  defineQuery,
  isCancellation,
  proxyActivities,
  setHandler,
  startChild,
} from "@temporalio/workflow";
import type { Operation } from "../fleet/account";
import type { Activities } from "./activities";

/** An account takes some 5 events of a history, which should end before 4,096. */
const sliceSize = 500;
/** With one alone, workers would wait for the slowest account of each slice. */
const slicesAtATime = 2;

export interface Run {
  /** Its name, and that of its folder. */
  run: string;
  operation: Operation;
  /** The names of stacks, wave by wave. */
  waves: string[][];
  /** A wave after which more accounts have failed is the last. */
  maxFailures: number;
}

export interface Tally {
  done: number;
  failed: number;
}

export interface Progress extends Tally {
  /** From 1. */
  wave: number;
  /** Slices that are running. What they have done is to be asked from them, and added. */
  slices: string[];
}

export interface RunResult extends Tally {
  /** The last wave that was begun, from 1. */
  wave: number;
  /** Whether that was not the last of the run. */
  stopped: boolean;
}

export const progress = defineQuery<Progress>("progress");
export const sliceProgress = defineQuery<Tally>("sliceProgress");

export async function fleet({ run, operation, waves, maxFailures }: Run): Promise<RunResult> {
  const tally: Tally = { done: 0, failed: 0 };
  const running = new Set<string>();
  let wave = 0;
  setHandler(progress, () => ({ ...tally, wave, slices: [...running] }));

  for (const stacks of waves) {
    wave += 1;
    const waiting = slicesOf(stacks).map((part, index) => ({ part, workflowId: `${run}/${wave}.${index + 1}` }));
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { part, workflowId } = next;
        const child = await startChild(slice, { workflowId, args: [run, operation, part] });
        running.add(workflowId);
        const { done, failed } = await child.result();
        running.delete(workflowId);
        tally.done += done;
        tally.failed += failed;
      }
    };
    await allOf(Array.from({ length: slicesAtATime }, lane));
    if (tally.failed > maxFailures) break;
  }
  return { ...tally, wave, stopped: wave < waves.length };
}

export async function slice(run: string, operation: Operation, stacks: string[]): Promise<Tally> {
  const tally: Tally = { done: 0, failed: 0 };
  setHandler(sliceProgress, () => tally);
  await allOf(
    stacks.map(async (stack) => {
      const activities = proxyActivities<Activities>({
        activityId: stack,
        // The SDK's documentation calls this the default, but the default is to go on while the engine still runs.
        cancellationType: "WAIT_CANCELLATION_COMPLETED",
        startToCloseTimeout: "1 hour",
        // A worker that is silent for so long is dead. The account is begun again, by another if need be.
        heartbeatTimeout: "15 seconds",
        // Deaths of workers and of the server. An engine that fails is a result.
        retry: { maximumAttempts: 10, initialInterval: "1 second", maximumInterval: "30 seconds" },
      });
      try {
        tally[await activities.account(run, operation, stack)] += 1;
      } catch (error) {
        // Anything else is a mistake in this file, not an account that failed.
        if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
        tally.failed += 1;
      }
    }),
  );
  return tally;
}

function slicesOf(stacks: string[]): string[][] {
  const slices: string[][] = [];
  for (let from = 0; from < stacks.length; from += sliceSize) slices.push(stacks.slice(from, from + sliceSize));
  return slices;
}

/** Waits for the end of all, also if one fails: a cancelled run ends when its last engine has. */
async function allOf(parts: Promise<void>[]): Promise<void> {
  for (const part of await Promise.allSettled(parts)) if (part.status === "rejected") throw part.reason;
}
