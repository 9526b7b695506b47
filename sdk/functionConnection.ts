// How functions reach the cloud from a program: by the same configuration and credentials as the resources. Loaded with
// the client on the first call, so that programs without functions do not pay for it.
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../provider/huaweicloud/services/context";
import { ConfigurationError, HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import type { CheckFailure } from "../provider/protocol";
import type { Session } from "../provider/session";
import { requireObject } from "./arguments";
import { runError } from "./runError";
import type { TargetFunctionArgs } from "./target";

/** Sessions by run: one process can run several programs, each with its own configuration. */
const sessions = new WeakMap<object, Session>();
const outsideOfRuns = {};

/**
 * Runs a function of this package against its project. What goes wrong, with the arguments or in the cloud, is an error
 * that Pulumi shows as it is, without a stack trace.
 */
export async function askCloud<T>(
  functionName: string,
  args: TargetFunctionArgs,
  ask: (connection: Connection) => Promise<T>,
): Promise<T> {
  requireObject(functionName, "the arguments", args, '{ region: "cn-north-4" }');
  try {
    return await ask(await connect(args));
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    throw runError(`${functionName}: ${error.message}`);
  }
}

async function connect(args: TargetFunctionArgs): Promise<Connection> {
  const { createSession } = await import("../provider/session");
  const { resolveInputs } = await import("../provider/inputs");
  const { targetArgs } = await import("../provider/target");
  const run = pulumi.runtime.getMonitor() ?? outsideOfRuns;
  const session = sessions.get(run) ?? createSession(pulumi.runtime.allConfig(), process.env);
  sessions.set(run, session);
  const { inputs, failures } = resolveInputs(targetArgs, { ...args }, session);
  if (inputs === undefined) throw new ConfigurationError(failures.map(describe).join("; "));
  return session.connect(inputs);
}

function describe({ property, reason }: CheckFailure): string {
  return property ? `${property} ${reason}` : reason;
}
