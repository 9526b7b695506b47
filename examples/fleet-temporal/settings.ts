// What workers and the starter are told by their environment, and how fast the fleet may go.

import path from "node:path";
import process from "node:process";

const { env } = process;

export const address = env.TEMPORAL_ADDRESS ?? "127.0.0.1:7233";
export const namespace = env.TEMPORAL_NAMESPACE ?? "default";
export const taskQueue = env.FLEET_TASK_QUEUE ?? "fleet";
/** All workers and the starter see the same: leases, what became of each account, and the working directories of stacks. */
export const folder = path.resolve(env.FLEET_FOLDER ?? ".fleet");
/** Engines at a time in a worker. */
export const concurrency = Number(env.FLEET_CONCURRENCY ?? 2);

/** Of 200, the gateway's limit for each user and API where the service has no lower one. EVS publishes none for these calls. */
const requestsPerSecond = Number(env.FLEET_REQUESTS_PER_SECOND ?? 190);
/** Requests to EVS of an account's first `up`, for each region; later ones and the other services take fewer. */
export const requestsPerRegion = 5;

/** For all workers together: the server of Temporal keeps to it. `regions` is how many an account has. */
export function accountsPerSecond(regions: number): number {
  return requestsPerSecond / (requestsPerRegion * regions);
}
