// onDelete "restore" of DefaultEncryptionKey: whether the key found at creation can become the default again.
import { saysTokenIsStale } from "../huaweicloud/credentials/staleness";
import type { Connection } from "../huaweicloud/services/context";
import { type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError } from "../huaweicloud/transport/errors";
import { describeTarget } from "../target";
import type { DefaultEncryptionKeyState } from "./schema";
import { whyUnusable } from "./usableKey";

/** What is put back, `undefined` for the service's own key; and the line that says so once it has been. */
export interface Restored {
  key: LiveKmsKeyId | undefined;
  line?: string;
}

/**
 * The key found at creation, if KMS says that it can still be used; else `undefined`, with one line that says why. Throws
 * what the look-up throws if it may pass: then delete is tried again.
 */
export async function previousKeyIfUsable(
  connection: Connection,
  { previousKmsKeyId: previous, kmsKeyId, appliedKmsKeyId }: DefaultEncryptionKeyState,
): Promise<Restored> {
  const where = `The default encryption key of ${describeTarget(connection)}`;
  if (!previous) {
    const why = previous === "" ? "none was set" : "what was set before was not noted";
    return { key: undefined, line: `${where} is reset to the service's own: ${why} when this resource was created.` };
  }
  const { describeKey } = await import("../huaweicloud/services/kms");
  let reason: string | undefined;
  try {
    const key = await describeKey(connection, previous);
    // The service's own key has a call of its own to go back to it.
    if (key.default_key_flag === "1") return { key: undefined };
    reason = whyUnusable(key);
  } catch (error) {
    if (!isFinal(error)) throw error;
    reason = error.message;
  }
  if (reason !== undefined) {
    return {
      key: undefined,
      line: `${where} is reset to the service's own: key ${previous}, found at creation, ${reason}`,
    };
  }
  const line = sameId(previous, appliedKmsKeyId ?? kmsKeyId)
    ? `${where} stays as it is: the same key was set already when this resource was created.`
    : `${where} is restored to ${previous}, found at creation.`;
  return { key: previous, line };
}

/** KMS has answered: there is no such key, or no right to see it. */
function isFinal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || saysTokenIsStale(error)) return false;
  return error.status === 400 || error.status === 403 || error.status === 404;
}
