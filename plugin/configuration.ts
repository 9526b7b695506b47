// The provider's configuration as the engine hands it over: checked by property, and turned into what the session takes.
import { resolveConfiguration } from "../provider/configuration";
import { findCredentials } from "../provider/huaweicloud/credentials/chain";
import type { Environment, StackConfiguration } from "../provider/huaweicloud/settings";
import { HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import { type Bag, type CheckFailure, hasUnknown } from "../provider/protocol";
import { front } from "./front";
import { secretSettings } from "./settings";

/**
 * Settings as text, by full key. The engine passes values other than text as JSON, or, of an explicit provider in some
 * languages, unchanged.
 */
export function toStack(inputs: Bag): StackConfiguration {
  const stack: Record<string, string> = {};
  for (const [name, value] of Object.entries(inputs)) {
    if (value === undefined || hasUnknown(value)) continue;
    stack[front.namespace + name] = typeof value === "string" ? value : JSON.stringify(value);
  }
  return stack;
}

/**
 * Returns a failure for each invalid setting. Errors of the environment are reported by calls instead. Sends nothing.
 */
export function checkSettings(inputs: Bag, environment: Environment): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const left = { ...inputs };
  const refresh = left.refreshBeforeUpdate;
  if (refresh !== undefined && !hasUnknown(refresh) && asFlag(refresh) === undefined) {
    failures.push({ property: "refreshBeforeUpdate", reason: "must be true or false" });
  }
  for (let settled = false; !settled; ) {
    const error = whatIsWrong(left, environment);
    const property = error && Object.keys(left).find((name) => names(error.message, name));
    settled = error === undefined || property === undefined;
    if (error === undefined || property === undefined) continue;
    // Of a failure that names a property the engine prints the value too.
    failures.push({ property: secretSettings.has(property) ? "" : property, reason: error.message });
    // Without it, the next thing that is wrong shows. Credentials make sense together: one failure says all.
    settled = error.isAboutCredentials;
    delete left[property];
  }
  return failures;
}

function whatIsWrong(
  inputs: Bag,
  environment: Environment,
): { message: string; isAboutCredentials: boolean } | undefined {
  let isAboutCredentials = false;
  try {
    const { settings } = resolveConfiguration(toStack(inputs), environment, front);
    isAboutCredentials = true;
    // A part that is not known yet may complete them.
    if (!hasUnknown(inputs)) findCredentials(settings, front);
    return undefined;
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    return { message: error.message, isAboutCredentials };
  }
}

/** The name as a whole: `key` is not named by `keyFile`. */
function names(message: string, name: string): boolean {
  const at = message.indexOf(front.namespace + name);
  return at >= 0 && !/^\w/.test(message.slice(at + front.namespace.length + name.length));
}

/** Returns the boolean, or `undefined` if the value is not one. */
export function asFlag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
