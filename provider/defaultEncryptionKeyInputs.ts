// The shape of DefaultEncryptionKey: inputs as resolved by check, and outputs as kept in state.
import { z } from "zod";
import * as forms from "./forms";
import { targetShape } from "./inputs";
import type { TargetInputs } from "./target";

export interface DefaultEncryptionKeyInputs extends TargetInputs {
  kmsKeyId: string;
  onDelete: "reset" | "restore";
}

/** Inputs, and what the service answered. `projectName` is there only where `projectId` was looked up by it. */
export interface DefaultEncryptionKeyOutputs extends DefaultEncryptionKeyInputs {
  projectId: string;
  /** The key found at creation, where `onDelete` was `restore` then; empty where there was none. */
  previousKmsKeyId?: string;
}

export const defaultEncryptionKeySchema = z.object({
  kmsKeyId: forms.kmsKeyId,
  ...targetShape,
  onDelete: z.enum(["reset", "restore"], 'must be "reset" or "restore"').optional(),
});
