// The shape of DefaultEncryption: arguments as users write them, inputs as check resolves them, outputs as state has them.
import { z } from "../huaweicloud/transport/zod";
import type { Resolved } from "../inputs";
import { target, targetShape } from "../target";

/** Also of what is only read. */
export const defaultOnDelete = "restore";
const onDelete = z.enum(["restore", "reset"], 'must be "restore" or "reset"');

export const args = z.strictObject({
  enabled: z.boolean("must be true or false").default(true),
  ...targetShape,
  onDelete: onDelete.default(defaultOnDelete),
});
export type DefaultEncryptionInputs = Resolved<z.output<typeof args>>;

/** As any version has written it. `projectName` is there only if `projectId` was looked up by it. */
export const state = target.extend({
  /** Whether it was on when state was last written; absent if that is not known. */
  enabled: z.boolean().optional(),
  /** Whether this resource has switched it on or off last; absent while that is how it is. */
  appliedEnabled: z.boolean().optional(),
  onDelete,
  /** Whether it was on at creation, if `onDelete` was `restore` then. */
  previouslyEnabled: z.boolean().optional(),
});
export type DefaultEncryptionState = z.output<typeof state>;
