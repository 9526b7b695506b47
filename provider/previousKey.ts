// onDelete "restore" of DefaultEncryptionKey: whether the key found at creation can become the default again.
import type { DefaultEncryptionKeyOutputs } from "./defaultEncryptionKeyInputs";
import { tell } from "./engine";
import { saysTokenIsStale } from "./huaweicloud/credentials/staleness";
import type { Connection } from "./huaweicloud/services/context";
import { ApiError } from "./huaweicloud/transport/errors";
import { sameKey, whyUnusable } from "./keys";
import { describeTarget } from "./target";

/** The key found at creation, if KMS says that it can still be used; else nothing, with one line that says why. */
export async function previousKeyIfUsable(
  connection: Connection,
  { previousKmsKeyId, kmsKeyId }: DefaultEncryptionKeyOutputs,
): Promise<string | undefined> {
  const where = `The default encryption key of ${describeTarget(connection)}`;
  if (!previousKmsKeyId) {
    tell(`${where} is reset to the service's own: no other was found at creation.`);
    return undefined;
  }
  if (sameKey(previousKmsKeyId, kmsKeyId)) {
    tell(`${where} stays ${kmsKeyId}: the same was found at creation.`);
    return previousKmsKeyId;
  }
  const { describeKey } = await import("./huaweicloud/services/kms");
  let reason: string | undefined;
  try {
    const key = await describeKey(connection, previousKmsKeyId);
    // The service's own key has a call of its own to go back to it.
    if (key.default_key_flag === "1") return undefined;
    reason = whyUnusable(key);
  } catch (error) {
    if (!saysFinally(error)) throw error; // it may pass: then delete is tried again
    reason = error.message;
  }
  if (reason === undefined) {
    tell(`${where} is restored to ${previousKmsKeyId}, found at creation.`);
    return previousKmsKeyId;
  }
  tell(`${where} is reset to the service's own: key ${previousKmsKeyId}, found at creation, ${reason}`);
  return undefined;
}

/** KMS has spoken: no such key, or no right to see it. */
function saysFinally(error: unknown): error is ApiError {
  if (!(error instanceof ApiError) || saysTokenIsStale(error)) return false;
  return error.status === 400 || error.status === 403 || error.status === 404;
}
