// What is known of a project: what the services answered, before it is judged.
import type { Connection } from "../../provider/huaweicloud/services/context";
import { listDisks } from "../../provider/huaweicloud/services/disks";
import { getDefaultKey, getEnabled } from "../../provider/huaweicloud/services/evs";
import { describeKey, type KeyDetails, saysKeyIsUnknown } from "../../provider/huaweicloud/services/kms";
import { getRotation, type Rotation } from "../../provider/huaweicloud/services/rotation";
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import type { ProjectFinding } from "../report/findings";
import { type NotChecked, notChecked } from "./cause";

/** What KMS says of the default key: its details, that it has no such key, or nothing because of an error. */
export type KeyAnswer = { details: KeyDetails; rotation: Rotation | undefined } | "gone" | NotChecked;

export interface Facts {
  enabled: boolean;
  /** Empty if no key was ever set. */
  kmsKeyId: string;
  /** `undefined` if no key was ever set. */
  key: KeyAnswer | undefined;
  /** `undefined` if they were not asked for; an error if they could not be counted. */
  disks: Disks | NotChecked | undefined;
}

export type Disks = NonNullable<ProjectFinding["disks"]>;

/** Asks EVS and KMS. Throws the client's error if EVS does not say how the project is. */
export async function askProject(connection: Connection, { withDisks }: { withDisks: boolean }): Promise<Facts> {
  const [enabled, kmsKeyId] = await Promise.all([getEnabled(connection), getDefaultKey(connection)]);
  const key = kmsKeyId === "" ? undefined : await askKey(connection, kmsKeyId);
  const disks = withDisks ? await countDisks(connection).catch(notChecked) : undefined;
  return { enabled, kmsKeyId, key, disks };
}

async function askKey(connection: Connection, keyId: string): Promise<KeyAnswer> {
  try {
    const details = await describeKey(connection, keyId);
    return { details, rotation: await askRotation(connection, details) };
  } catch (error) {
    return saysKeyIsUnknown(error) ? "gone" : notChecked(error);
  }
}

/**
 * A key's details say whether it is rotated, except in older regions, but not how often, which is a second request.
 * `undefined` if KMS does not answer it: the verdict does not depend on it.
 */
async function askRotation(connection: Connection, details: KeyDetails): Promise<Rotation | undefined> {
  if (details.key_rotation_enabled === "false") return { enabled: false, intervalDays: undefined };
  try {
    return await getRotation(connection, details.key_id);
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    return details.key_rotation_enabled === "true" ? { enabled: true, intervalDays: undefined } : undefined;
  }
}

async function countDisks(connection: Connection): Promise<Disks> {
  const groups = new Map<string, { kmsKeyId: string | null; keyAlias: null; count: number; sizeGib: number }>();
  const disks = { total: 0, encrypted: 0 };
  for await (const { encrypted, kmsKeyId = "", sizeGib } of listDisks(connection)) {
    disks.total += 1;
    if (encrypted) disks.encrypted += 1;
    const id = encrypted ? kmsKeyId : null;
    const group = groups.get(String(id)) ?? { kmsKeyId: id, keyAlias: null, count: 0, sizeGib: 0 };
    groups.set(String(id), { ...group, count: group.count + 1, sizeGib: group.sizeGib + sizeGib });
  }
  const byKey = [...groups.values()].sort((one, other) => rank(one.kmsKeyId) - rank(other.kmsKeyId));
  return { ...disks, byKey };
}

/** Disks without encryption come last. */
function rank(kmsKeyId: string | null): number {
  return kmsKeyId === null ? 1 : 0;
}
