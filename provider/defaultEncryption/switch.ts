// Switches default encryption, and keeps the default key: switching on can change it, the first time to `evs/default`, later
// if the previous key has become unusable.
import type { ServiceReset } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import { type KmsKeyId, type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError, HuaweiCloudError, ResponseError } from "../huaweicloud/transport/errors";
import type { Call } from "../lifecycle";
import type { Notify } from "../protocol";
import { describeTarget } from "../target";
import { attemptWrite, type WriteOutcome } from "../write";

/** Returns the outcome. `unknown` if it is on but the key could not be kept: the next `up` repairs that. */
export async function switchTo(
  connection: Connection,
  enabled: boolean,
  { keys, notify }: Pick<Call, "keys" | "notify">,
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
  // A key created later must inherit the value before the service's change.
  const notePrevious = () => before !== "" && keys.notePrevious(connection, before);
  try {
    const reset = await keepKey(connection, { before, declared, notify });
    if (reset) {
      keys.noteServiceReset(connection, reset);
      notePrevious();
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    notePrevious();
    const where = describeTarget(connection);
    const reason = `Default encryption of ${where} is on, but the default key may have changed and could not be read or restored: ${error.message}`;
    if (declared !== undefined) {
      return { outcome: "unknown", live: undefined, error: new ResponseError(reason, { cause: error }) };
    }
    notify(reason);
    return outcome;
  }
}

/** Restores the declared key, or else the previous one. Returns the change if the key is lost, after one notice. */
async function keepKey(
  connection: Connection,
  { before, declared, notify }: { before: LiveKmsKeyId; declared: KmsKeyId | undefined; notify: Notify },
): Promise<ServiceReset<LiveKmsKeyId> | undefined> {
  const { getDefaultKey, setDefaultKey } = await import("../huaweicloud/services/evs");
  const after = await getDefaultKey(connection);
  const wanted = declared ?? before;
  if (sameId(after, wanted) || (declared === undefined && sameId(after, before))) return undefined;
  const subject = `Switching default encryption on has changed the default key of ${describeTarget(connection)}`;
  const unusable = await whyNotRestored(connection, wanted, declared !== undefined);
  if (unusable !== undefined) {
    notify(
      `${subject} to ${after === "" ? "none" : "another"}: the previous key ${unusable}. A DefaultEncryptionKey sets another.`,
    );
    return { from: before, to: after };
  }
  await setDefaultKey(connection, wanted);
  notify(`${subject}, as happens on first use; the previous key was restored.`);
  return undefined;
}

/** Returns `undefined` if KMS reports the key usable, or if a declared key may not be looked up. */
async function whyNotRestored(connection: Connection, key: string, isDeclared: boolean): Promise<string | undefined> {
  const { describeKey } = await import("../huaweicloud/services/kms");
  const { whyUnusable } = await import("../usableKey");
  try {
    return whyUnusable(await describeKey(connection, key));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    if (error.status === 403 && isDeclared) return undefined;
    return `could not be looked up: ${error.message}`;
  }
}
