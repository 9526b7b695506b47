// Calls of EVS v5: default encryption of new disks in one project.
// API reference: https://support.huaweicloud.com/intl/en-us/api-evs/UpdateDefaultKmsKeyId.html and its siblings.
import { z } from "../transport/zod";
import type { Connection } from "./context";
import { answeredLiveKmsKeyId, type LiveKmsKeyId } from "./identifiers";

const paths = {
  key: (projectId: string) => `/v5/${projectId}/default-encryption/key`,
  resetKey: (projectId: string) => `/v5/${projectId}/default-encryption/key/reset`,
  enable: (projectId: string) => `/v5/${projectId}/default-encryption/enable`,
  disable: (projectId: string) => `/v5/${projectId}/default-encryption/disable`,
  status: (projectId: string) => `/v5/${projectId}/default-encryption/status`,
};

/** Alias of the key that EVS creates in each project. */
export const evsDefaultKeyAlias = "evs/default";

/** An absent, null or empty ID is not documented. It is taken as "no custom key", here only. */
const keyAnswer = z
  .object({ kms_key_id: answeredLiveKmsKeyId.nullish() })
  .transform(({ kms_key_id }): LiveKmsKeyId => kms_key_id ?? "");
const statusAnswer = z.object({ default_encryption: z.boolean() }).transform((answer) => answer.default_encryption);

/** `GET …/default-encryption/key`: ID of the default key; empty if none was ever set. */
export function getDefaultKey(connection: Connection): Promise<LiveKmsKeyId> {
  const { projectId } = connection;
  return connection.call(
    "evs",
    "reading the default encryption key",
    { method: "GET", path: paths.key(projectId) },
    keyAnswer,
  );
}

/** `PUT …/default-encryption/key`: returns the ID of the new default key. */
export function setDefaultKey(connection: Connection, kmsKeyId: string): Promise<LiveKmsKeyId> {
  const body = { kms_key_id: kmsKeyId.toLowerCase() }; // KMS has IDs in lower case only
  const request = { method: "PUT", path: paths.key(connection.projectId), body } as const;
  return connection.call("evs", "setting the default encryption key", request, keyAnswer);
}

/** `PUT …/default-encryption/key/reset`: back to the service's own key, `evs/default`. */
export function resetDefaultKey(connection: Connection): Promise<LiveKmsKeyId> {
  const request = { method: "PUT", path: paths.resetKey(connection.projectId) } as const;
  return connection.call("evs", "resetting the default encryption key", request, keyAnswer);
}

/** `GET …/default-encryption/status`: whether new disks are encrypted by default. */
export function getEnabled(connection: Connection): Promise<boolean> {
  const { projectId } = connection;
  return connection.call(
    "evs",
    "reading whether default encryption is on",
    { method: "GET", path: paths.status(projectId) },
    statusAnswer,
  );
}

/** `POST …/default-encryption/enable` or `/disable`. Enabling can change the default key: read it back. */
export function setEnabled(connection: Connection, enabled: boolean): Promise<boolean> {
  const path = (enabled ? paths.enable : paths.disable)(connection.projectId);
  const action = `switching default encryption ${enabled ? "on" : "off"}`;
  return connection.call("evs", action, { method: "POST", path }, statusAnswer);
}
