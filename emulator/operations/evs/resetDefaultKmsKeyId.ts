// ResetDefaultKmsKeyId: back to the service's own key, evs/default.

import { resetKey } from "../../cloud/defaultEncryption";
import type { Answer, ProjectCall } from "../../operation";

export function resetDefaultKmsKeyId({ cloud, project }: ProjectCall): Answer {
  return { body: { kms_key_id: resetKey(cloud, project) } };
}
