// The session of the host's process. The host serves one run, and hands the configuration over once for each resource type.
import type { Environment, StackConfiguration } from "../huaweicloud/settings";
import { shown } from "../huaweicloud/transport/shown";
import type { Notify } from "../protocol";
import { createSession as createSessionOf, type Session } from "../session";
import { front } from "./front";

/** What the host's `configure` hands over. `get` is its documented part; all keys are needed to tell misspelt ones. */
export interface ConfigureRequest {
  config: { get(key: string): string | undefined; rawConfig?: StackConfiguration };
}

let standardErrorIsGuarded = false;

/**
 * Shows one line: the engine shows what its host writes to standard error. If that is closed, the line is lost, and the run goes
 * on.
 */
export const notify: Notify = (line) => {
  if (!standardErrorIsGuarded) process.stderr.on("error", () => {});
  standardErrorIsGuarded = true;
  process.stderr.write(`${shown(line, { limit: 4000 })}\n`);
};

/** A session of the dynamic front. */
export function createSession(stack: StackConfiguration, environment: Environment): Session {
  return createSessionOf(stack, environment, { front, notify });
}

let current: { session: Session; configuration: string } | undefined;

/**
 * Takes the host's configuration, once for each resource type, and synchronously: the host may call the other functions
 * before an asynchronous `configure` has ended. Never throws: the host would keep the error without showing it. Problems are
 * reported by the calls that need the configuration.
 */
export async function configure({ config }: ConfigureRequest): Promise<void> {
  const stack = config.rawConfig ?? {};
  const configuration = JSON.stringify(stack);
  // Both resource types of one run share a session, and so its logins.
  if (current?.configuration === configuration) return;
  current?.session.closeIdle();
  current = { session: createSession(stack, process.env), configuration };
}

/** The session of this run. */
export function session(): Session {
  current ??= { session: createSession({}, process.env), configuration: "" };
  return current.session;
}
