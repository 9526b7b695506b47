// The shape of DefaultEncryption: inputs as resolved by check, and outputs as kept in state.
import { z } from "zod";
import { targetShape } from "./inputs";
import type { TargetInputs } from "./target";

export interface DefaultEncryptionInputs extends TargetInputs {
  enabled: boolean;
  onDelete: "reset" | "restore";
}

/** Inputs, and what the service answered. `projectName` is there only where `projectId` was looked up by it. */
export interface DefaultEncryptionOutputs extends DefaultEncryptionInputs {
  projectId: string;
  /** Whether it was on at creation, where `onDelete` was `restore` then. */
  previouslyEnabled?: boolean;
}

export const defaultEncryptionSchema = z.object({
  enabled: z.boolean("must be true or false").optional(),
  ...targetShape,
  onDelete: z.enum(["restore", "reset"], 'must be "restore" or "reset"').optional(),
});
