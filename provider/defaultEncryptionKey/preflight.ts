// The one look-up of check: does KMS know this key here, and can EVS encrypt with it? A definite no fails the preview,
// in the pull request, instead of the deployment after the merge.

import { sameId } from "../huaweicloud/services/identifiers";
import { ConfigurationError } from "../huaweicloud/transport/errors";
import { interpreted } from "../inputs";
import type { Call } from "../lifecycle";
import { causeOf } from "../notices";
import { type Bag, hasUnknown } from "../protocol";
import { sameSpelling, scopeOf, targetInputs } from "../target";
import type { DefaultEncryptionKeyInputs } from "./schema";

/** A preview must not wait for a slow service: in mode `auto`, the look-up of the key is given this long, in milliseconds. */
const preflightTimeoutMs = 2000;
/** And what has to come before it, once for each project: the login and the look-up of the project's ID. */
const connectTimeoutMs = 10_000;

/**
 * Asks KMS about the key. Returns why it cannot be used, or `undefined` if it can or is not known. Contains no key ID (may be
 * secret).
 */
export async function preflight(
  inputs: DefaultEncryptionKeyInputs,
  olds: Bag,
  call: Call,
): Promise<string | undefined> {
  const mode = call.configuration().preflight;
  if (mode === "off" || hasUnknown(scopeOf(inputs)) || hasUnknown(inputs.kmsKeyId) || isUnchanged(inputs, olds))
    return undefined;
  // In a replacement the engine checks twice: the answer is remembered for the run.
  const question = questionOf(inputs);
  let answer = call.preflights.get(question);
  if (!answer) {
    answer = ask(inputs, call, mode);
    call.preflights.set(question, answer);
  }
  return answer;
}

/**
 * Waits for the look-up that check started, before the key is set. The engine checks one resource after the other,
 * but creates and updates many at a time: if check waited there, each look-up would hold up all that come after it.
 * Throws a `ConfigurationError` if the key cannot be used.
 */
export async function requireUsable(inputs: DefaultEncryptionKeyInputs, call: Call): Promise<void> {
  const reason = await call.preflights.get(questionOf(inputs));
  if (reason) throw new ConfigurationError(`kmsKeyId ${reason}.`);
}

function questionOf(inputs: DefaultEncryptionKeyInputs): string {
  return JSON.stringify([scopeOf(inputs), inputs.kmsKeyId.toLowerCase()]);
}

/** The same key in the same project as in state: it was looked up when it got there. */
function isUnchanged(inputs: DefaultEncryptionKeyInputs, olds: Bag): boolean {
  const before = targetInputs.safeParse(olds, interpreted);
  if (!before.success || typeof olds.kmsKeyId !== "string" || !sameId(olds.kmsKeyId, inputs.kmsKeyId)) return false;
  const { projectId } = before.data;
  return (
    before.data.region === inputs.region && (sameId(projectId, inputs.projectId) || sameSpelling(before.data, inputs))
  );
}

async function ask(
  inputs: DefaultEncryptionKeyInputs,
  call: Call,
  mode: "auto" | "require",
): Promise<string | undefined> {
  const within = <T>(ms: number, what: string, work: Promise<T>) => (mode === "auto" ? limit(ms, what, work) : work);
  const { describeKey, saysKeyIsUnknown } = await import("../huaweicloud/services/kms");
  const { whyUnusable } = await import("../usableKey");
  try {
    const scope = scopeOf(inputs);
    const connection = await within(connectTimeoutMs, "The login or the look-up of the project", call.connect(scope));
    return whyUnusable(await within(preflightTimeoutMs, "KMS", describeKey(connection, inputs.kmsKeyId)));
  } catch (error) {
    const { message } = error as Error;
    if (saysKeyIsUnknown(error)) {
      return (
        `is not a key that KMS knows in project ${inputs.projectId ?? inputs.projectName}, region ${inputs.region} (${error.code}): nearly always a ` +
        `typo or another region's key. For a key shared from another account, set ${call.keyOf("preflight")} to off`
      );
    }
    if (mode === "require") return `could not be checked, and ${call.keyOf("preflight")} is "require": ${message}`;
    call.notices.once(
      causeOf(error as Error),
      `KMS keys are not checked in advance (${call.keyOf("preflight")} is "auto"): ${message}`,
      call,
    );
    return undefined;
  }
}

async function limit<T>(ms: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
