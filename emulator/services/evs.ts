// EVS v5: the six calls of default encryption. What they do to a project is in cloud/defaultEncryption.ts.

import { z } from "zod";
import { disable, enable, resetKey, setKey, shownKeyId } from "../cloud/defaultEncryption";
import { evsError } from "../errors";
import { type Answer, type Operation, type ProjectCall, readBody } from "../operation";

const path = "/v5/{project_id}/default-encryption";

// biome-ignore format: one operation a line
export const evs = [
  { service: "evs", name: "UpdateDefaultKmsKeyId", method: "PUT", path: `${path}/key`, auth: "project", permission: "evs:write", handle: updateDefaultKmsKeyId },
  { service: "evs", name: "ShowDefaultKmsKeyId", method: "GET", path: `${path}/key`, auth: "project", permission: "evs:read", handle: showDefaultKmsKeyId },
  { service: "evs", name: "ResetDefaultKmsKeyId", method: "PUT", path: `${path}/key/reset`, auth: "project", permission: "evs:write", handle: resetDefaultKmsKeyId },
  { service: "evs", name: "EnableEncryptionByDefault", method: "POST", path: `${path}/enable`, auth: "project", permission: "evs:write", handle: enableEncryptionByDefault },
  { service: "evs", name: "DisableEncryptionByDefault", method: "POST", path: `${path}/disable`, auth: "project", permission: "evs:write", handle: disableEncryptionByDefault },
  { service: "evs", name: "ShowEncryptionByDefault", method: "GET", path: `${path}/status`, auth: "project", permission: "evs:read", handle: showEncryptionByDefault },
] as const satisfies readonly Operation[];

const updateRequest = z.looseObject({ kms_key_id: z.string().min(1) });

function updateDefaultKmsKeyId({ cloud, project, body }: ProjectCall): Answer {
  const request = readBody(updateRequest, body, () => evsError(isWrongType(body) ? "EVS.1018" : "EVS.2108"));
  return { body: { kms_key_id: setKey(cloud, project, request.kms_key_id) } };
}

function isWrongType(body: unknown): boolean {
  return typeof body === "object" && body !== null && "kms_key_id" in body && typeof body.kms_key_id !== "string";
}

function showDefaultKmsKeyId({ project }: ProjectCall): Answer {
  return { body: { kms_key_id: shownKeyId(project) } };
}

function resetDefaultKmsKeyId({ cloud, project }: ProjectCall): Answer {
  return { body: { kms_key_id: resetKey(cloud, project) } };
}

function enableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  enable(cloud, project);
  return { body: { default_encryption: true } };
}

function disableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  disable(cloud, project);
  return { body: { default_encryption: false } };
}

function showEncryptionByDefault({ project }: ProjectCall): Answer {
  return { body: { default_encryption: project.defaultEncryption.enabled } };
}
