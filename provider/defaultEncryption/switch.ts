// Switches default encryption, and keeps the default key: switching on can change it, the first time to `evs/default`, later
// if the previous key has become unusable.

import type { Connection } from "../huaweicloud/services/context";
import { type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError, HuaweiCloudError, ResponseError } from "../huaweicloud/transport/errors";
import type { Call } from "../lifecycle";
import type { Notify } from "../protocol";
import { describeTarget } from "../target";
import { attemptWrite, type WriteOutcome } from "../write";

/**
 * Returns the outcome. `unknown` if it is done but the key could not be kept: the next `up` repairs that. No `up` follows a delete:
 * then one notice says so, unless the program declares the key.
 */
export async function switchTo(
  connection: Connection,
  enabled: boolean,
  { keys, notify }: Pick<Call, "keys" | "notify">,
  {
    isDelete = false,
    /** Whether it may have been switched on before, by a call that could not keep the declared key. */
    isKeyUnsure = false,
  } = {},
): Promise<WriteOutcome<boolean>> {
  const { getDefaultKey, getEnabled, setEnabled } = await import("../huaweicloud/services/evs");
  const before = enabled ? await getDefaultKey(connection) : undefined;
  const outcome = await attemptWrite({
    write: () => setEnabled(connection, enabled),
    readBack: () => getEnabled(connection),
    isWanted: (found) => found === enabled,
  });
  if (outcome.outcome === "refused" || (!enabled && !isKeyUnsure)) return outcome;
  const declared = keys.settledOn(connection)?.value;
  if (before === "" && declared === undefined) return outcome;
  // A key that is declared further on is compared with the live one, not only with its state.
  keys.noteLive(connection, undefined);
  const wanted = declared ?? before;
  if (wanted === undefined) return outcome;
  // A key created later must inherit the value before the service's change.
  const noteLost = () => before && keys.noteLost(connection, before);
  try {
    const { live, isKept } = await keepKey(connection, { before, wanted, notify });
    keys.noteLive(connection, live);
    if (!isKept) {
      if (before !== undefined) keys.noteServiceReset(connection, { from: before, to: live });
      noteLost();
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    noteLost();
    const where = describeTarget(connection);
    const reason = `Default encryption of ${where} is ${enabled ? "on" : "off"}, but the default key may have changed and could not be read or restored: ${error.message}`;
    if (declared !== undefined || !isDelete) {
      return { outcome: "unknown", live: undefined, error: new ResponseError(reason, { cause: error }) };
    }
    notify(reason);
    return outcome;
  }
}

/**
 * Sets the key that the program declares, and that state has, if another is live: whoever has switched encryption on may not have
 * put it back. Returns whether another was live, which one notice says. Throws the errors of the look-ups and of the write.
 */
export async function setDeclaredKey(
  connection: Connection,
  { keys, notify }: Pick<Call, "keys" | "notify">,
): Promise<boolean> {
  const wanted = keys.settledOn(connection)?.value;
  if (wanted === undefined) return false;
  return (await keepKey(connection, { before: undefined, wanted, notify })).wasOther;
}

/**
 * Sets the key that is wanted, if another is live. Returns the live key, whether another was, and whether the wanted one is; of
 * each change, and if it is not, one notice says so. `before` is the key before this run has switched on, if it has.
 */
async function keepKey(
  connection: Connection,
  { before, wanted, notify }: { before: LiveKmsKeyId | undefined; wanted: LiveKmsKeyId; notify: Notify },
): Promise<{ live: LiveKmsKeyId; wasOther: boolean; isKept: boolean }> {
  const { getDefaultKey, setDefaultKey } = await import("../huaweicloud/services/evs");
  const after = await getDefaultKey(connection);
  if (sameId(after, wanted)) return { live: after, wasOther: false, isKept: true };
  const where = describeTarget(connection);
  const which = sameId(wanted, before) ? "the previous key" : "the declared key";
  const hasChanged = before !== undefined && !sameId(after, before);
  const unusable = await whyNotRestored(connection, wanted);
  if (unusable !== undefined) {
    const what = hasChanged
      ? `Switching default encryption on has changed the default key of ${where} to ${after === "" ? "none" : "another"}`
      : `The default key of ${where} is not the declared one`;
    notify(`${what}: ${which} ${unusable}. A DefaultEncryptionKey sets another.`);
    return { live: after, wasOther: true, isKept: false };
  }
  const live = await setDefaultKey(connection, wanted);
  if (!sameId(live, wanted)) throw new ResponseError("the service answers another key than the one that was set.");
  const what = hasChanged
    ? `Switching default encryption on has changed the default key of ${where}, as happens on first use`
    : `The default key of ${where} was not the declared one`;
  notify(`${what}; ${which} was ${which === "the declared key" ? "set" : "restored"}.`);
  return { live, wasOther: true, isKept: true };
}

/** Returns `undefined` if KMS reports the key usable, or does not know it: EVS then refuses what it cannot use. */
async function whyNotRestored(connection: Connection, key: string): Promise<string | undefined> {
  const { describeKey } = await import("../huaweicloud/services/kms");
  const { whyUnusable } = await import("../usableKey");
  try {
    return whyUnusable(await describeKey(connection, key));
  } catch (error) {
    // KMS does not find a key of another account, and the permission to look keys up may be missing.
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    return undefined;
  }
}
