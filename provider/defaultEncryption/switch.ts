// Switches default encryption, and keeps the default key: switching on can change it, the first time to `evs/default`, later
// if the key set before has become unusable.
import { whyUnusable } from "../defaultEncryptionKey/usableKey";
import type { Connection } from "../huaweicloud/services/context";
import { type KmsKeyId, type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError, HuaweiCloudError, ResponseError } from "../huaweicloud/transport/errors";
import type { Call } from "../lifecycle";
import type { Notify } from "../protocol";
import { describeTarget } from "../target";
import { attemptWrite, type WriteOutcome } from "../write";

/**
 * Returns what became of it. If it is on but the key could not be kept, the outcome is `unknown`: the next `up` repairs. After
 * a delete there is none, unless the program declares the key: then it is only said.
 */
export async function switchTo(
  connection: Connection,
  enabled: boolean,
  { keys, notify }: Pick<Call, "keys" | "notify">,
  { isDelete = false } = {},
): Promise<WriteOutcome<boolean>> {
  const { getDefaultKey, getEnabled, setEnabled } = await import("../huaweicloud/services/evs");
  const before = enabled ? await getDefaultKey(connection) : "";
  const outcome = await attemptWrite({
    write: () => setEnabled(connection, enabled),
    readBack: () => getEnabled(connection),
    isWanted: (found) => found === enabled,
  });
  const declared = keys.settledOn(connection)?.value;
  if (!enabled || outcome.outcome === "refused" || (before === "" && declared === undefined)) return outcome;
  // A key that the program declares further on is compared with what is live now, not only with what its state says.
  keys.noteLive(connection, undefined);
  // And one that is created after this has not found what the service fell back to, but this.
  const noteLost = () => before !== "" && keys.noteLost(connection, before);
  try {
    const { live, isKept } = await keepKey(connection, { before, declared, notify });
    keys.noteLive(connection, live);
    if (!isKept) {
      keys.noteFallBack(connection, { from: before, to: live });
      noteLost();
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    noteLost();
    const where = describeTarget(connection);
    const reason = `Default encryption of ${where} is on, but its default key may have changed by that, and could not be looked at or put back: ${error.message}`;
    if (declared !== undefined || !isDelete) {
      return { outcome: "unknown", live: undefined, error: new ResponseError(reason, { cause: error }) };
    }
    notify(reason);
    return outcome;
  }
}

/** Puts back the key that is declared, or else the one set before. Says what became of a key that was lost; returns the live one. */
async function keepKey(
  connection: Connection,
  { before, declared, notify }: { before: LiveKmsKeyId; declared: KmsKeyId | undefined; notify: Notify },
): Promise<{ live: LiveKmsKeyId; isKept: boolean }> {
  const { getDefaultKey, setDefaultKey } = await import("../huaweicloud/services/evs");
  const after = await getDefaultKey(connection);
  const wanted = declared ?? before;
  if (sameId(after, wanted)) return { live: after, isKept: true };
  const where = describeTarget(connection);
  const which = sameId(wanted, before) ? "the key set before" : "the declared key";
  const hasChanged = !sameId(after, before);
  const unusable = await whyNotPutBack(connection, wanted);
  if (unusable !== undefined) {
    const what = hasChanged
      ? `Switching default encryption on has changed the default key of ${where} to ${after || "none"}`
      : `The default key of ${where} is not the declared one`;
    notify(`${what}: ${which} ${unusable}. A DefaultEncryptionKey sets another.`);
    return { live: after, isKept: false };
  }
  const live = await setDefaultKey(connection, wanted);
  if (!sameId(live, wanted)) throw new ResponseError("the service answers another key than the one that was set.");
  const what = hasChanged
    ? `Switching default encryption on has changed the default key of ${where}, as it does the first time`
    : `The default key of ${where} was not the declared one`;
  notify(`${what}: ${which} has been ${which === "the declared key" ? "set" : "put back"}.`);
  return { live, isKept: true };
}

/** `undefined` if KMS says that the key can be used, or does not know: EVS looks at it itself, and refuses what it cannot use. */
async function whyNotPutBack(connection: Connection, key: string): Promise<string | undefined> {
  const { describeKey } = await import("../huaweicloud/services/kms");
  try {
    return whyUnusable(await describeKey(connection, key));
  } catch (error) {
    // Of a key of another account KMS says that there is none, and it may not be asked about any.
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return undefined;
  }
}
