// A key as KMS shows it: nearly every value is text.

import { z } from "zod";
import type { Key, KeyState, Project } from "../../cloud/state";
import { kmsError } from "../../errors";
import type { ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";

export const keyStateCodes: Record<KeyState, string> = {
  pendingActivation: "1",
  enabled: "2",
  disabled: "3",
  pendingDeletion: "4",
  pendingImport: "5",
  frozen: "7",
};

export function keyInfo(project: Project, key: Key) {
  return {
    key_id: key.id,
    domain_id: project.accountId,
    key_alias: key.alias,
    realm: project.region,
    key_description: key.description,
    creation_date: String(key.createdAt),
    scheduled_deletion_date: key.deletionAt === undefined ? "" : String(key.deletionAt),
    key_state: keyStateCodes[key.state],
    default_key_flag: key.isDefault ? "1" : "0",
    key_type: "1",
    expiration_time: "",
    origin: key.origin,
    key_rotation_enabled: "false",
    sys_enterprise_project_id: "0",
    keystore_id: "0",
    key_spec: key.spec,
    key_usage: key.usage,
    key_label: "",
    partition_type: "1",
  };
}

const uuid = /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/;
const keyIdBody = z.looseObject({ key_id: z.string() });

/** The key that the body names by ID, or, where `aliases` are allowed, by `alias/<name>`. */
export function readKey(call: ProjectCall, aliases = false): Key {
  const { key_id: id } = readBody(keyIdBody, call.body, () => kmsError("KMS.0204"));
  if (aliases && id.startsWith("alias/"))
    return found(call.cloud.keyByAlias(call.project.id, id.slice("alias/".length)));
  if (!uuid.test(id)) throw kmsError("KMS.0205");
  return found(call.cloud.keyInProject(call.project.id, id));
}

/** As `readKey`, but for calls that change the key, which services' own keys refuse. */
export function readCustomKey(call: ProjectCall): Key {
  const key = readKey(call);
  if (key.isDefault) throw kmsError("KMS.0211");
  return key;
}

function found(key: Key | undefined): Key {
  if (key === undefined) throw kmsError("KMS.0207");
  return key;
}
