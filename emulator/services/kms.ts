// KMS: the keys of a project. Nearly every value on the wire is text, numbers and flags too.

import { z } from "zod";
import { serviceKeyAlias } from "../cloud/defaultEncryption";
import type { Key, KeyState, Project } from "../cloud/state";
import { kmsError } from "../errors";
import { rotationOfServiceKey } from "../inferred";
import { type Answer, type Operation, type ProjectCall, readBody } from "../operation";

const path = "/v1.0/{project_id}/kms";

// biome-ignore format: one operation a line
export const kms = [
  { service: "kms", name: "ListKeyDetail", method: "POST", path: `${path}/describe-key`, auth: "project", permission: "kms:read", handle: describeKey },
  { service: "kms", name: "ListKeys", method: "POST", path: `${path}/list-keys`, auth: "project", permission: "kms:read", handle: listKeys },
  { service: "kms", name: "CreateKey", method: "POST", path: `${path}/create-key`, auth: "project", permission: "kms:write", handle: createKey },
  { service: "kms", name: "EnableKey", method: "POST", path: `${path}/enable-key`, auth: "project", permission: "kms:write", handle: enableKey },
  { service: "kms", name: "DisableKey", method: "POST", path: `${path}/disable-key`, auth: "project", permission: "kms:write", handle: disableKey },
  { service: "kms", name: "DeleteKey", method: "POST", path: `${path}/schedule-key-deletion`, auth: "project", permission: "kms:write", handle: scheduleKeyDeletion },
  { service: "kms", name: "CancelKeyDeletion", method: "POST", path: `${path}/cancel-key-deletion`, auth: "project", permission: "kms:write", handle: cancelKeyDeletion },
  { service: "kms", name: "ShowKeyRotationStatus", method: "POST", path: `${path}/get-key-rotation-status`, auth: "project", permission: "kms:readRotation", handle: showKeyRotationStatus },
] as const satisfies readonly Operation[];

export const keyStateCodes: Record<KeyState, string> = {
  pendingActivation: "1",
  enabled: "2",
  disabled: "3",
  pendingDeletion: "4",
  pendingImport: "5",
  frozen: "7",
};

/** Numbers are documented as text; some clients send them plain. */
const numeral = z.union([z.string(), z.number()]).transform(Number);

function describeKey(call: ProjectCall): Answer {
  return { body: { key_info: keyInfo(call.project, readKey(call, true)) } };
}

const maxLimit = 1000;

const listRequest = z.looseObject({
  limit: numeral.optional(),
  marker: numeral.optional(),
  key_state: z.union([z.string(), z.number()]).transform(String).optional(),
  key_spec: z.string().optional(),
});

function listKeys({ cloud, project, body }: ProjectCall): Answer {
  const request = readBody(listRequest, body ?? {}, () => kmsError("KMS.0308"));
  const { limit = maxLimit, marker = 0, key_spec: spec = "AES_256", key_state: state = "" } = request;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) throw kmsError("KMS.1601");
  if (!Number.isInteger(marker) || marker < 0) throw kmsError("KMS.1602");
  const matching = cloud
    .keys(project.id)
    .filter((key) => spec === "ALL" || key.spec === spec)
    .filter((key) => state === "" || keyStateCodes[key.state] === state);
  const page = matching.slice(marker, marker + limit);
  const truncated = marker + limit < matching.length;
  return {
    body: {
      keys: page.map((key) => key.id),
      key_details: page.map((key) => keyInfo(project, key)),
      next_marker: truncated ? String(marker + limit) : "",
      truncated: String(truncated),
      total: matching.length,
    },
  };
}

const usages: Record<string, string> = {
  AES_256: "ENCRYPT_DECRYPT",
  SM4: "ENCRYPT_DECRYPT",
  RSA_2048: "SIGN_VERIFY",
  RSA_3072: "SIGN_VERIFY",
  RSA_4096: "SIGN_VERIFY",
  EC_P256: "SIGN_VERIFY",
  EC_P384: "SIGN_VERIFY",
  SM2: "SIGN_VERIFY",
  HMAC_256: "GENERATE_VERIFY_MAC",
  HMAC_384: "GENERATE_VERIFY_MAC",
  HMAC_512: "GENERATE_VERIFY_MAC",
};

const createRequest = z.looseObject({
  key_alias: z.string(),
  key_spec: z.string().optional(),
  key_usage: z.string().optional(),
  key_description: z.string().max(255).optional(),
  origin: z.enum(["kms", "external"]).optional(),
});

function createKey({ cloud, project, body }: ProjectCall): Answer {
  const request = readBody(createRequest, body, (error) => kmsError(isAliasMissing(error) ? "KMS.0204" : "KMS.0308"));
  const { key_alias: alias, key_spec: spec = "AES_256", origin = "kms" } = request;
  const usage = request.key_usage ?? usages[spec];
  if (usage === undefined || !(spec in usages)) throw kmsError("KMS.0308");
  if (!/^[a-zA-Z0-9:/_-]{1,255}$/.test(alias) || alias === serviceKeyAlias) throw kmsError("KMS.0308");
  if (cloud.keyByAlias(project.id, alias) !== undefined) throw kmsError("KMS.1104");
  const key = cloud.addKey(project.id, {
    alias,
    spec,
    usage,
    origin,
    description: request.key_description ?? "",
    state: origin === "external" ? "pendingImport" : "enabled",
  });
  return { body: { key_info: { key_id: key.id, domain_id: project.accountId } } };
}

function isAliasMissing(error: z.ZodError): boolean {
  return error.issues.some(({ path, code }) => path[0] === "key_alias" && code === "invalid_type");
}

function enableKey(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state === "pendingDeletion") throw kmsError("KMS.0210");
  if (key.state !== "disabled") throw kmsError("KMS.1201");
  call.cloud.setKeyState(key.id, "enabled");
  return { body: { key_info: { key_id: key.id, key_state: keyStateCodes.enabled } } };
}

function disableKey(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state === "pendingDeletion") throw kmsError("KMS.0210");
  if (key.state !== "enabled") throw kmsError("KMS.1301");
  call.cloud.setKeyState(key.id, "disabled");
  return { body: { key_info: { key_id: key.id, key_state: keyStateCodes.disabled } } };
}

const deletionRequest = z.looseObject({ pending_days: numeral });

/** The key is deleted after so many days; until then the deletion can be cancelled. */
function scheduleKeyDeletion(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  const { pending_days: days } = readBody(deletionRequest, call.body, () => kmsError("KMS.0204"));
  if (!Number.isInteger(days) || days < 7 || days > 1096) throw kmsError("KMS.1401");
  if (key.state === "pendingDeletion") throw kmsError("KMS.1402");
  call.cloud.setKeyState(key.id, "pendingDeletion", days);
  return { body: { key_id: key.id, key_state: keyStateCodes.pendingDeletion } };
}

/** The key comes back disabled. */
function cancelKeyDeletion(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state !== "pendingDeletion") throw kmsError("KMS.1501");
  call.cloud.setKeyState(key.id, "disabled");
  return { body: { key_id: key.id, key_state: keyStateCodes.disabled } };
}

/** Here values are no text. */
function showKeyRotationStatus(call: ProjectCall): Answer {
  const { isDefault, usage, spec, rotation } = readKey(call);
  if (isDefault) throw rotationOfServiceKey();
  if (usages[spec] !== "ENCRYPT_DECRYPT" || usage !== "ENCRYPT_DECRYPT") throw kmsError("KMS.0325");
  if (rotation === undefined) return { body: { key_rotation_enabled: false } };
  return {
    body: {
      key_rotation_enabled: true,
      rotation_interval: rotation.intervalDays,
      number_of_rotations: rotation.rotations,
      ...(rotation.lastAt === undefined ? {} : { last_rotation_time: String(rotation.lastAt) }),
    },
  };
}

const uuid = /^[0-9a-z]{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}$/;
const keyRequest = z.looseObject({ key_id: z.string() });

/** The key that the body names by ID or, if `aliases` are allowed, by `alias/<name>`. */
function readKey(call: ProjectCall, aliases = false): Key {
  const { key_id: id } = readBody(keyRequest, call.body, () => kmsError("KMS.0204"));
  const isAlias = aliases && id.startsWith("alias/");
  if (!isAlias && !uuid.test(id)) throw kmsError("KMS.0205");
  const key = isAlias
    ? call.cloud.keyByAlias(call.project.id, id.slice("alias/".length))
    : call.cloud.keyInProject(call.project.id, id);
  if (key === undefined) throw kmsError("KMS.0207");
  return key;
}

/** As `readKey`, for calls that change the key: the keys of services, such as evs/default, refuse them. */
function readCustomKey(call: ProjectCall): Key {
  const key = readKey(call);
  if (key.isDefault) throw kmsError("KMS.0211");
  return key;
}

function keyInfo(project: Project, key: Key) {
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
    key_rotation_enabled: String(key.rotation !== undefined),
    sys_enterprise_project_id: "0",
    keystore_id: "0",
    key_spec: key.spec,
    key_usage: key.usage,
    key_label: "",
    partition_type: "1",
  };
}
