// The session of the host's process. The host serves one run, and hands the configuration over once for each resource type.
import type { Environment, StackConfiguration } from "../huaweicloud/settings";
import { createSession as createSessionOf, type Session } from "../session";
import { front } from "./front";
import { notify } from "./standardError";

/** What the host's `configure` hands over. `get` is its documented part; all keys are needed to tell misspelt ones. */
export interface ConfigureRequest {
  config: { get(key: string): string | undefined; rawConfig?: StackConfiguration };
}

/** A session of the dynamic front. */
export function createSession(stack: StackConfiguration, environment: Environment): Session {
  return createSessionOf(stack, environment, { front, notify });
}

let current: { session: Session; configuration: string } | undefined;

/**
 * Takes the host's configuration, once for each resource type, and synchronously: the host may call the other functions
 * before an asynchronous `configure` is through. Never throws, because the host would remember the failure without telling:
 * problems are reported by the calls that need the configuration.
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
