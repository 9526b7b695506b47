// How functions reach the cloud from a program: by the same configuration and credentials as the resources. Loaded with
// the client on the first call, so that programs without functions do not pay for it.
import * as pulumi from "@pulumi/pulumi";
import type { Session } from "../provider/session";
import { requireObject } from "./arguments";
import { runError } from "./runError";
import type { TargetFunctionArgs } from "./target";

/** Sessions by run: one process can run several programs, each with its own configuration. */
const sessions = new WeakMap<object, Session>();
const outsideOfRuns = {};

/**
 * Runs a function of this package. What goes wrong, with the arguments or in the cloud, is an error that Pulumi shows as it
 * is, without a stack trace.
 */
export async function askCloud<T>(
  functionName: string,
  args: TargetFunctionArgs,
  example: string,
  ask: (args: Record<string, unknown>, session: Session) => Promise<T>,
): Promise<T> {
  requireObject(functionName, "the arguments", args, example);
  const { HuaweiCloudError } = await import("../provider/huaweicloud/transport/errors");
  try {
    return await ask({ ...args }, await currentSession());
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    throw runError(`${functionName}: ${error.message}`);
  }
}

async function currentSession(): Promise<Session> {
  const { createSession } = await import("../provider/dynamic/session");
  const run = pulumi.runtime.getMonitor() ?? outsideOfRuns;
  const session = sessions.get(run) ?? createSession(pulumi.runtime.allConfig(), process.env);
  sessions.set(run, session);
  return session;
}
