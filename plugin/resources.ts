// The resources and functions that the plugin serves, by token.
import { defaultEncryption } from "../provider/defaultEncryption/lifecycle";
import { defaultEncryptionKey } from "../provider/defaultEncryptionKey/lifecycle";
import type { Lifecycle } from "../provider/lifecycle";
import type { Bag } from "../provider/protocol";
import type { Session } from "../provider/session";
import { tokens } from "./names";

export interface ResourceType {
  lifecycle: Lifecycle<object, object>;
  /** The property that the resource sets in the cloud: what drifts. */
  setting: string;
  /** Outputs that hold an input's value under another name: secret if that is. */
  derived: Record<string, string>;
}

export const resources: ReadonlyMap<string, ResourceType> = new Map<string, ResourceType>([
  [
    tokens.DefaultEncryptionKey,
    { lifecycle: defaultEncryptionKey, setting: "kmsKeyId", derived: { appliedKmsKeyId: "kmsKeyId" } },
  ],
  [
    tokens.DefaultEncryption,
    { lifecycle: defaultEncryption, setting: "enabled", derived: { appliedEnabled: "enabled" } },
  ],
]);

/** Loaded with the client on the first call. */
export const functions: ReadonlyMap<string, (args: Bag, session: Session) => Promise<object>> = new Map<
  string,
  (args: Bag, session: Session) => Promise<object>
>([
  [
    tokens.getDefaultEncryptionKey,
    async (args, session) =>
      (await import("../provider/functions/getDefaultEncryptionKey")).getDefaultEncryptionKey(args, session),
  ],
  [
    tokens.getDefaultEncryption,
    async (args, session) =>
      (await import("../provider/functions/getDefaultEncryption")).getDefaultEncryption(args, session),
  ],
  [
    tokens.getKmsKey,
    async (args, session) => (await import("../provider/functions/getKmsKey")).getKmsKey(args, session),
  ],
]);
