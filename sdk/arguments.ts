// What programs in JavaScript, which no compiler has checked, hand over: a mistake gets a sentence, not a TypeError.
import * as pulumi from "@pulumi/pulumi";
import { runError } from "./runError";

/**
 * Throws a `RunError` if the value is not an object with properties of its own, as `{ … }` is: also if it is an array, a
 * `Map`, a promise or an output, of which the properties would be taken for none.
 */
export function requireObject(
  owner: string,
  what: string,
  value: unknown,
  example: string,
): asserts value is Record<string, unknown> {
  const kind = kindOf(value);
  if (kind === "Object") return;
  throw runError(`${owner}: ${what} must be an object, such as ${example}; what was given is ${describe(kind)}.`);
}

/** By the language's own tag, so that it does not matter which realm made the value. */
function kindOf(value: unknown): string {
  return pulumi.Output.isInstance(value)
    ? "Output"
    : Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function describe(kind: string): string {
  if (kind === "Undefined" || kind === "Null") return kind.toLowerCase();
  return `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
}
