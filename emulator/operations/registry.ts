// Every operation that the emulator has. A route that is not here does not exist.

import type { Operation } from "../operation";
import { disableEncryptionByDefault } from "./evs/disableEncryptionByDefault";
import { enableEncryptionByDefault } from "./evs/enableEncryptionByDefault";
import { resetDefaultKmsKeyId } from "./evs/resetDefaultKmsKeyId";
import { showDefaultKmsKeyId } from "./evs/showDefaultKmsKeyId";
import { showEncryptionByDefault } from "./evs/showEncryptionByDefault";
import { updateDefaultKmsKeyId } from "./evs/updateDefaultKmsKeyId";
import { createAgencyToken } from "./iam/agencyToken";
import { listAuthDomains } from "./iam/authDomains";
import { listAuthProjects } from "./iam/authProjects";
import { createTokenWithIdToken } from "./iam/idTokenToken";
import { listProjects } from "./iam/projects";
import { createScopedToken } from "./iam/scopedToken";
import { createTemporaryAccessKeyByAgency } from "./iam/temporaryAccessKeyByAgency";
import { createTemporaryAccessKeyByToken } from "./iam/temporaryAccessKeyByToken";
import { createUserToken } from "./iam/userToken";
import { cancelKeyDeletion } from "./kms/cancelKeyDeletion";
import { createKey } from "./kms/createKey";
import { describeKey } from "./kms/describeKey";
import { disableKey } from "./kms/disableKey";
import { enableKey } from "./kms/enableKey";
import { listKeys } from "./kms/listKeys";
import { scheduleKeyDeletion } from "./kms/scheduleKeyDeletion";
import { createMetadataToken } from "./metadata/metadataToken";
import { getPodCredentials } from "./metadata/podCredentials";
import { getSecurityKey } from "./metadata/securityKey";
import { assumeAgency } from "./sts/assumeAgency";
import { assumeAgencyWithOidc } from "./sts/assumeAgencyWithOidc";
import { getCallerIdentity } from "./sts/callerIdentity";

// biome-ignore format: one operation a line
export const operations: readonly Operation[] = [
  { service: "iam", name: "KeystoneCreateUserTokenByPassword", method: "POST", path: "/v3/auth/tokens", identityMethod: "password", auth: "none", handle: createUserToken },
  { service: "iam", name: "KeystoneCreateScopedToken", method: "POST", path: "/v3/auth/tokens", identityMethod: "token", auth: "none", handle: createScopedToken },
  { service: "iam", name: "KeystoneCreateAgencyToken", method: "POST", path: "/v3/auth/tokens", identityMethod: "assume_role", auth: "caller", handle: createAgencyToken },
  { service: "iam", name: "CreateTokenWithIdToken", method: "POST", path: "/v3.0/OS-AUTH/id-token/tokens", auth: "none", handle: createTokenWithIdToken },
  { service: "iam", name: "CreateTemporaryAccessKeyByToken", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", identityMethod: "token", auth: "none", handle: createTemporaryAccessKeyByToken },
  { service: "iam", name: "CreateTemporaryAccessKeyByAgency", method: "POST", path: "/v3.0/OS-CREDENTIAL/securitytokens", identityMethod: "assume_role", auth: "caller", handle: createTemporaryAccessKeyByAgency },
  { service: "iam", name: "KeystoneListProjects", method: "GET", path: "/v3/projects", auth: "caller", permission: "iam:listProjects", handle: listProjects },
  { service: "iam", name: "KeystoneListAuthProjects", method: "GET", path: "/v3/auth/projects", auth: "caller", handle: listAuthProjects },
  { service: "iam", name: "KeystoneListAuthDomains", method: "GET", path: "/v3/auth/domains", auth: "caller", handle: listAuthDomains },

  { service: "sts", name: "GetCallerIdentity", method: "GET", path: "/v5/caller-identity", auth: "caller", handle: getCallerIdentity },
  { service: "sts", name: "AssumeAgency", method: "POST", path: "/v5/agencies/assume", auth: "caller", handle: assumeAgency },
  { service: "sts", name: "AssumeAgencyWithOIDC", method: "POST", path: "/v5/agencies/assume-with-oidc", auth: "none", handle: assumeAgencyWithOidc },

  { service: "kms", name: "ListKeyDetail", method: "POST", path: "/v1.0/{project_id}/kms/describe-key", auth: "project", permission: "kms:read", handle: describeKey },
  { service: "kms", name: "ListKeys", method: "POST", path: "/v1.0/{project_id}/kms/list-keys", auth: "project", permission: "kms:read", handle: listKeys },
  { service: "kms", name: "CreateKey", method: "POST", path: "/v1.0/{project_id}/kms/create-key", auth: "project", permission: "kms:write", handle: createKey },
  { service: "kms", name: "EnableKey", method: "POST", path: "/v1.0/{project_id}/kms/enable-key", auth: "project", permission: "kms:write", handle: enableKey },
  { service: "kms", name: "DisableKey", method: "POST", path: "/v1.0/{project_id}/kms/disable-key", auth: "project", permission: "kms:write", handle: disableKey },
  { service: "kms", name: "DeleteKey", method: "POST", path: "/v1.0/{project_id}/kms/schedule-key-deletion", auth: "project", permission: "kms:write", handle: scheduleKeyDeletion },
  { service: "kms", name: "CancelKeyDeletion", method: "POST", path: "/v1.0/{project_id}/kms/cancel-key-deletion", auth: "project", permission: "kms:write", handle: cancelKeyDeletion },

  { service: "evs", name: "ShowDefaultKmsKeyId", method: "GET", path: "/v5/{project_id}/default-encryption/key", auth: "project", permission: "evs:read", handle: showDefaultKmsKeyId },
  { service: "evs", name: "UpdateDefaultKmsKeyId", method: "PUT", path: "/v5/{project_id}/default-encryption/key", auth: "project", permission: "evs:write", handle: updateDefaultKmsKeyId },
  { service: "evs", name: "ResetDefaultKmsKeyId", method: "PUT", path: "/v5/{project_id}/default-encryption/key/reset", auth: "project", permission: "evs:write", handle: resetDefaultKmsKeyId },
  { service: "evs", name: "ShowEncryptionByDefault", method: "GET", path: "/v5/{project_id}/default-encryption/status", auth: "project", permission: "evs:read", handle: showEncryptionByDefault },
  { service: "evs", name: "EnableEncryptionByDefault", method: "POST", path: "/v5/{project_id}/default-encryption/enable", auth: "project", permission: "evs:write", handle: enableEncryptionByDefault },
  { service: "evs", name: "DisableEncryptionByDefault", method: "POST", path: "/v5/{project_id}/default-encryption/disable", auth: "project", permission: "evs:write", handle: disableEncryptionByDefault },

  { service: "metadata", name: "CreateMetadataToken", method: "PUT", path: "/meta-data/latest/api/token", auth: "none", handle: createMetadataToken },
  { service: "metadata", name: "GetSecurityKey", method: "GET", path: "/openstack/latest/securitykey", auth: "none", handle: getSecurityKey },
  { service: "metadata", name: "GetPodCredentials", method: "POST", path: "/pod-identity/credentials", auth: "none", handle: getPodCredentials },
];
