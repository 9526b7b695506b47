// The one look-up of check: does KMS know this key here, and can EVS encrypt with it? A definite no fails the preview,
// in the pull request, instead of the deployment after the merge.
import { hasUnknown, tell } from "./engine";
import { ApiError, ConfigurationError } from "./huaweicloud/transport/errors";
import { whyUnusable } from "./keys";
import type { Session } from "./session";
import type { TargetInputs } from "./target";
import { scopeOf } from "./target";

/** A preview must not wait for a slow KMS: in mode `auto` the check is given this long, in milliseconds. */
const patienceMs = 2000;

export interface PreflightInputs extends TargetInputs {
  kmsKeyId: string;
}

/** Asks KMS about the key. Answers with the reason why it cannot be used; nothing where it can, or where nobody could tell. */
export async function preflight(
  inputs: PreflightInputs,
  olds: Partial<PreflightInputs>,
  session: Session,
): Promise<string | undefined> {
  const mode = session.configuration().preflight;
  if (mode === "off" || hasUnknown(scopeOf(inputs)) || hasUnknown(inputs.kmsKeyId) || isUnchanged(inputs, olds))
    return undefined;
  // In a replacement the engine checks twice: the answer is remembered for the run.
  const question = questionOf(inputs);
  let answer = session.preflights.get(question);
  if (!answer) {
    answer = ask(inputs, session, mode);
    session.preflights.set(question, answer);
  }
  return answer;
}

/**
 * Waits for what check has asked in a deployment, before the key is set. The engine checks one resource after the other,
 * but creates and updates many at a time: if check waited there, each look-up would hold up all that come after it.
 * Throws a `ConfigurationError` where the key cannot be used.
 */
export async function requireUsable(inputs: PreflightInputs, session: Session): Promise<void> {
  const reason = await session.preflights.get(questionOf(inputs));
  if (reason) throw new ConfigurationError(`kmsKeyId ${inputs.kmsKeyId} ${reason}.`);
}

function questionOf(inputs: PreflightInputs): string {
  return JSON.stringify([scopeOf(inputs), inputs.kmsKeyId.toLowerCase()]);
}

function isUnchanged(inputs: PreflightInputs, olds: Partial<PreflightInputs>): boolean {
  return (
    olds.region === inputs.region &&
    olds.projectId === inputs.projectId &&
    olds.projectName === inputs.projectName &&
    olds.kmsKeyId?.toLowerCase() === inputs.kmsKeyId.toLowerCase()
  );
}

async function ask(inputs: PreflightInputs, session: Session, mode: "auto" | "require"): Promise<string | undefined> {
  const lookUp = async () => {
    const connection = await session.connect(scopeOf(inputs));
    const { describeKey } = await import("./huaweicloud/services/kms");
    return describeKey(connection, inputs.kmsKeyId.toLowerCase()); // KMS knows no capitals
  };
  try {
    const key = await (mode === "auto" ? within(patienceMs, lookUp()) : lookUp());
    return whyUnusable(key);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof ApiError && unknownKeyCodes.has(error.code)) {
      return (
        `is not a key that KMS knows in project ${inputs.projectId ?? inputs.projectName}, region ${inputs.region} (${error.code}): nearly always a ` +
        "typo or another region's key. For a key shared from another account, set huaweicloud:preflight to off"
      );
    }
    if (mode === "require") return `could not be checked, and huaweicloud:preflight is "require": ${message}`;
    skip(session, message);
    return undefined;
  }
}

/** Answers of describe-key that mean "no such key here". */
const unknownKeyCodes = new Set(["KMS.0205", "KMS.0207"]);

/** Says once a run, for each reason, that the check was skipped. */
function skip(session: Session, reason: string): void {
  if (session.told.has(reason)) return;
  session.told.add(reason);
  tell(`KMS keys are not checked in advance (huaweicloud:preflight is "auto"): ${reason}`);
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`KMS did not answer within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
