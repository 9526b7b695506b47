// ShowDefaultKmsKeyId: which key new disks of the project are encrypted with.

import { shownKeyId } from "../../cloud/defaultEncryption";
import type { Answer, ProjectCall } from "../../operation";

export function showDefaultKmsKeyId({ project }: ProjectCall): Answer {
  return { body: { kms_key_id: shownKeyId(project) } };
}
