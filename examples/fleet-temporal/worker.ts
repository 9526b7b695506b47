// A worker: takes accounts from the queue and works them, until SIGTERM. Start as many as you like, on as many machines. After
// SIGTERM an engine has a minute to end; then it is told to stop, and another worker begins its account again.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { NativeConnection, Worker } from "@temporalio/worker";
import { project } from "../fleet/account";
import { regions } from "../fleet/program";
import { Workers } from "../fleet/workers";
import { createActivities, type RunAccount } from "./activities";
import { bundleFile } from "./bundle";
import { accountsPerSecond, address, concurrency, folder, namespace, taskQueue } from "./settings";

/** Works until the process is told to stop. */
export async function work(runAccount: RunAccount): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue,
    workflowBundle: { codePath: bundleFile },
    activities: createActivities(folder, runAccount),
    maxConcurrentActivityTaskExecutions: concurrency,
    maxTaskQueueActivitiesPerSecond: accountsPerSecond(regions.length),
    // An account that is cancelled hears of it within so long.
    maxHeartbeatThrottleInterval: "2 seconds",
    // By default the workflows of a worker that died wait for it 10 s at each step.
    stickyQueueScheduleToStartTimeout: "1 second",
    shutdownGraceTime: "1 minute",
  });
  await worker.run();
  await connection.close();
}

/** For a stack whose last worker was on a machine that is gone: its lock is there, and its engine is not. */
async function unlock(stack: string): Promise<void> {
  const workDir = path.join(folder, "stacks", stack);
  fs.mkdirSync(workDir, { recursive: true });
  try {
    const workspace = await LocalWorkspace.create({ workDir, projectSettings: { name: project, runtime: "nodejs" } });
    await (await Stack.select(stack, workspace)).cancel();
  } catch (error) {
    if (!(error instanceof StackNotFoundError)) throw error;
  }
}

if (require.main === module) {
  const workers = new Workers(folder);
  const runAccount: RunAccount = async (target, operation, signal, leftBy) => {
    // One that was left on this machine is ended by runAccount, which then removes the lock.
    if (leftBy !== undefined && leftBy !== os.hostname()) await unlock(target.stack);
    return workers.run(target, operation, signal);
  };
  work(runAccount).then(
    () => workers.close(),
    (error: Error) => {
      process.stderr.write(`error: ${error.message}\n`);
      process.exit(1);
    },
  );
}
