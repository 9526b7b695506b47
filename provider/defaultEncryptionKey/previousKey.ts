// onDelete "restore" of DefaultEncryptionKey: whether the key found at creation can become the default again.
import { saysTokenIsStale } from "../huaweicloud/credentials/staleness";
import type { Connection } from "../huaweicloud/services/context";
import { type LiveKmsKeyId, sameId } from "../huaweicloud/services/identifiers";
import { ApiError } from "../huaweicloud/transport/errors";
import { describeTarget } from "../target";
import { whyUnusable } from "../usableKey";
import type { DefaultEncryptionKeyState } from "./schema";

/** The key to restore, `undefined` for the service's own; and the line to show once it has been restored. */
export interface Restored {
  key: LiveKmsKeyId | undefined;
  line?: string;
}

/**
 * Returns the previous key if KMS reports it usable, else `undefined` after one notice. Rethrows temporary errors so that delete
 * is retried.
 */
export async function previousKeyIfUsable(
  connection: Connection,
  { previousKmsKeyId: previous, kmsKeyId, appliedKmsKeyId }: DefaultEncryptionKeyState,
): Promise<Restored> {
  const where = `The default encryption key of ${describeTarget(connection)}`;
  if (!previous) {
    const why = previous === "" ? "none was set" : "the previous key was not recorded";
    return { key: undefined, line: `${where} is reset to the service's own: ${why} when this resource was created.` };
  }
  const { describeKey, isServiceKey } = await import("../huaweicloud/services/kms");
  let reason: string | undefined;
  try {
    const key = await describeKey(connection, previous);
    // The service's own key has a call of its own to go back to it.
    if (isServiceKey(key)) return { key: undefined };
    reason = whyUnusable(key);
  } catch (error) {
    if (!isFinal(error)) throw error;
    reason = `could not be looked up: ${error.message}`;
  }
  if (reason !== undefined) {
    return { key: undefined, line: `${where} is reset to the service's own: the key found at creation ${reason}` };
  }
  const line = sameId(previous, appliedKmsKeyId ?? kmsKeyId)
    ? `${where} stays as it is: the same key was set already when this resource was created.`
    : `${where} is restored to the key found at creation.`;
  return { key: previous, line };
}

/** Whether KMS answered that the key does not exist or that the permission is missing. */
function isFinal(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || saysTokenIsStale(error)) return false;
  return error.status === 400 || error.status === 403 || error.status === 404;
}
