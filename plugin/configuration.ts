// The provider's configuration as the engine hands it over: checked by property, and turned into what the session takes.
import { resolveConfiguration } from "../provider/configuration";
import { findCredentials } from "../provider/huaweicloud/credentials/chain";
import type { Environment, StackConfiguration } from "../provider/huaweicloud/settings";
import { HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import { type Bag, type CheckFailure, hasUnknown } from "../provider/protocol";
import { front } from "./front";

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

/** What variables of the environment that are read begin with. */
const ofCloud = /^(HW|OS|HUAWEICLOUD|HC)_/;

/**
 * Returns a failure for each invalid setting. Errors of the environment are reported by calls instead. Sends nothing.
 *
 * The reasons name the settings, and the failures do not: of a property that is named the engine prints the value, a secret one
 * too, which may also be under a misspelt name. It does not tell which are marked.
 */
export function checkSettings(inputs: Bag, environment: Environment): CheckFailure[] {
  const reasons: string[] = [];
  const refresh = inputs.refreshBeforeUpdate;
  if (refresh !== undefined && !hasUnknown(refresh) && asFlag(refresh) === undefined) {
    reasons.push(`${front.namespace}refreshBeforeUpdate must be true or false.`);
  }
  const left = { ...inputs };
  const variables = { ...environment };
  for (let error = whatIsWrong(left, variables); error; error = whatIsWrong(left, variables)) {
    const { message, isAboutCredentials } = error;
    const property = Object.keys(left).find((name) => names(message, front.namespace + name));
    if (property !== undefined) reasons.push(message.replace(quotedValue, ""));
    // Credentials make sense together: one failure says all.
    if (isAboutCredentials) break;
    // Without what is wrong, the next thing that is shows.
    const variable = Object.keys(variables).find((name) => ofCloud.test(name) && names(message, name));
    if (property !== undefined) delete left[property];
    else if (variable !== undefined) delete variables[variable];
    else break;
  }
  return reasons.map((reason) => ({ property: "", reason }));
}

/** Where a reason quotes the value. */
const quotedValue = / \(got "(?:[^"\\]|\\.)*"\)/;

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
  const at = message.indexOf(name);
  return at >= 0 && !/^\w/.test(message.slice(at + name.length));
}

/** Returns the boolean, or `undefined` if the value is not one. */
export function asFlag(value: unknown): boolean | undefined {
  if (value === true || value === "true") return true;
  return value === false || value === "false" ? false : undefined;
}
