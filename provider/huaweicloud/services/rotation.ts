// Calls of KMS about the rotation of a key.
// API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ShowKeyRotationStatus.html
import { z } from "../transport/zod";
import type { Connection } from "./context";

/** Older regions send the flag as text. */
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);
const answer = z.object({ key_rotation_enabled: flag, rotation_interval: z.number().int().min(0).nullish() });

export interface Rotation {
  enabled: boolean;
  /** How often the key is rotated, in days. */
  intervalDays: number | undefined;
}

/** `POST …/kms/get-key-rotation-status`: whether KMS rotates the key, and how often. */
export async function getRotation(connection: Connection, keyId: string): Promise<Rotation> {
  const path = `/v1.0/${connection.projectId}/kms/get-key-rotation-status`;
  const request = { method: "POST", path, body: { key_id: keyId.toLowerCase() } } as const;
  const { key_rotation_enabled, rotation_interval } = await connection.call(
    "kms",
    "reading the key's rotation",
    request,
    answer,
  );
  return { enabled: key_rotation_enabled, intervalDays: rotation_interval ?? undefined };
}
