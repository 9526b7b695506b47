// A worker: takes accounts from the queue and works them, until SIGTERM. Start as many as you like, on as many machines. Then
// engines that are running may end; those that take too long are told to stop, and another worker begins their accounts again.

import path from "node:path";
import { NativeConnection, Worker } from "@temporalio/worker";
import { Workers } from "../fleet/workers";
import { bundleFile } from "./bundle";
import { createActivities, type RunAccount } from "./activities";
import { accountsPerSecond, address, concurrency, folder, namespace, taskQueue } from "./settings";

/** Works until the process is told to stop. */
export async function work(runAccount: RunAccount, regions: number): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      workflowBundle: { codePath: bundleFile },
      activities: createActivities(path.resolve(folder), runAccount),
      maxConcurrentActivityTaskExecutions: concurrency,
      maxTaskQueueActivitiesPerSecond: accountsPerSecond(regions),
      // Each cancelled account is told within so long.
      maxHeartbeatThrottleInterval: "2 seconds",
      // Otherwise the workflows of a worker that died wait 10 s for it, at every step.
      stickyQueueScheduleToStartTimeout: "1 second",
      shutdownGraceTime: "1 minute",
    });
    await worker.run();
  } finally {
    await connection.close();
  }
}
