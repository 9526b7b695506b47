// Every operation that the emulator has. A route that is not here does not exist.

import type { Operation } from "../operation";
import { resetDefaultKmsKeyId, showDefaultKmsKeyId, updateDefaultKmsKeyId } from "./evs/defaultKmsKeyId";
import {
  disableEncryptionByDefault,
  enableEncryptionByDefault,
  showEncryptionByDefault,
} from "./evs/encryptionByDefault";
import { listAuthDomains } from "./iam/authDomains";
import { listAuthProjects } from "./iam/authProjects";
import { listProjects } from "./iam/projects";
import { createUserToken } from "./iam/userToken";
import { describeKey } from "./kms/describeKey";
import { listKeys } from "./kms/listKeys";

// biome-ignore format: one operation a line
export const operations: readonly Operation[] = [
  { service: "iam", name: "KeystoneCreateUserTokenByPassword", method: "POST", path: "/v3/auth/tokens", identityMethod: "password", auth: "none", handle: createUserToken },
  { service: "iam", name: "KeystoneListProjects", method: "GET", path: "/v3/projects", auth: "caller", permission: "iam:listProjects", handle: listProjects },
  { service: "iam", name: "KeystoneListAuthProjects", method: "GET", path: "/v3/auth/projects", auth: "caller", handle: listAuthProjects },
  { service: "iam", name: "KeystoneListAuthDomains", method: "GET", path: "/v3/auth/domains", auth: "caller", handle: listAuthDomains },

  { service: "kms", name: "ListKeyDetail", method: "POST", path: "/v1.0/{project_id}/kms/describe-key", auth: "project", permission: "kms:read", handle: describeKey },
  { service: "kms", name: "ListKeys", method: "POST", path: "/v1.0/{project_id}/kms/list-keys", auth: "project", permission: "kms:read", handle: listKeys },

  { service: "evs", name: "ShowDefaultKmsKeyId", method: "GET", path: "/v5/{project_id}/default-encryption/key", auth: "project", permission: "evs:read", handle: showDefaultKmsKeyId },
  { service: "evs", name: "UpdateDefaultKmsKeyId", method: "PUT", path: "/v5/{project_id}/default-encryption/key", auth: "project", permission: "evs:write", handle: updateDefaultKmsKeyId },
  { service: "evs", name: "ResetDefaultKmsKeyId", method: "PUT", path: "/v5/{project_id}/default-encryption/key/reset", auth: "project", permission: "evs:write", handle: resetDefaultKmsKeyId },
  { service: "evs", name: "ShowEncryptionByDefault", method: "GET", path: "/v5/{project_id}/default-encryption/status", auth: "project", permission: "evs:read", handle: showEncryptionByDefault },
  { service: "evs", name: "EnableEncryptionByDefault", method: "POST", path: "/v5/{project_id}/default-encryption/enable", auth: "project", permission: "evs:write", handle: enableEncryptionByDefault },
  { service: "evs", name: "DisableEncryptionByDefault", method: "POST", path: "/v5/{project_id}/default-encryption/disable", auth: "project", permission: "evs:write", handle: disableEncryptionByDefault },
];
