// The shape of DefaultEncryptionKey: arguments as users write them, inputs as check resolves them, outputs as state has them.

import * as identifiers from "../huaweicloud/services/identifiers";
import { z } from "../huaweicloud/transport/zod";
import type { Resolved } from "../inputs";
import { target, targetShape } from "../target";

/** Also of what is only read. */
export const defaultOnDelete = "reset";
const onDelete = z.enum(["reset", "restore"], 'must be "reset" or "restore"');

export const args = z.strictObject({
  kmsKeyId: identifiers.kmsKeyId,
  ...targetShape,
  onDelete: onDelete.default(defaultOnDelete),
});
export type DefaultEncryptionKeyInputs = Resolved<z.output<typeof args>>;

/** As any version has written it. `projectName` is there only if `projectId` was looked up by it. */
export const state = target.extend({
  /** The live key, when state was last written; absent if that is not known. */
  kmsKeyId: identifiers.liveKmsKeyId.optional(),
  /** The key that this resource set last; absent while that is the live one. */
  appliedKmsKeyId: identifiers.kmsKeyId.optional(),
  onDelete,
  /** The key found at creation, if `onDelete` was `restore` then; empty if there was none. */
  previousKmsKeyId: identifiers.liveKmsKeyId.optional(),
});
export type DefaultEncryptionKeyState = z.output<typeof state>;
