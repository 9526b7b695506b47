// Switches default encryption, and keeps the default key: switching on can change it, the first time to `evs/default`, later
// if the key set before has become unusable.
import type { FallBack } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import { type KmsKeyId, type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError, HuaweiCloudError, ResponseError } from "../huaweicloud/transport/errors";
import type { Call } from "../lifecycle";
import type { Notify } from "../protocol";
import { describeTarget } from "../target";
import { attemptWrite, type WriteOutcome } from "../write";

/** Returns what became of it. If it is on but the key could not be kept, the outcome is `unknown`: the next `up` repairs. */
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
  // A key that is created after this has not found what the service fell back to, but this.
  const noteFound = () => before !== "" && keys.noteFound(connection, before);
  try {
    const fallBack = await keepKey(connection, { before, declared, notify });
    if (fallBack) {
      keys.noteFallBack(connection, fallBack);
      noteFound();
    }
    return outcome;
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    noteFound();
    const where = describeTarget(connection);
    const reason = `Default encryption of ${where} is on, but its default key may have changed by that, and could not be looked at or put back: ${error.message}`;
    if (declared !== undefined) {
      return { outcome: "unknown", live: undefined, error: new ResponseError(reason, { cause: error }) };
    }
    notify(reason);
    return outcome;
  }
}

/** Puts back the key that is declared, or else the one set before. Says, and returns, what became of a key that was lost. */
async function keepKey(
  connection: Connection,
  { before, declared, notify }: { before: LiveKmsKeyId; declared: KmsKeyId | undefined; notify: Notify },
): Promise<FallBack<LiveKmsKeyId> | undefined> {
  const { getDefaultKey, setDefaultKey } = await import("../huaweicloud/services/evs");
  const after = await getDefaultKey(connection);
  const wanted = declared ?? before;
  if (sameId(after, wanted) || (declared === undefined && sameId(after, before))) return undefined;
  const subject = `Switching default encryption on has changed the default key of ${describeTarget(connection)}`;
  const unusable = await whyNotPutBack(connection, wanted, declared !== undefined);
  if (unusable !== undefined) {
    notify(
      `${subject} to ${after === "" ? "none" : "another"}: the key set before ${unusable}. A DefaultEncryptionKey sets another.`,
    );
    return { from: before, to: after };
  }
  await setDefaultKey(connection, wanted);
  notify(`${subject}, as it does the first time: the key set before has been put back.`);
  return undefined;
}

/** `undefined` if KMS says that the key can be used, or may not be asked about one that the program declares. */
async function whyNotPutBack(connection: Connection, key: string, isDeclared: boolean): Promise<string | undefined> {
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
