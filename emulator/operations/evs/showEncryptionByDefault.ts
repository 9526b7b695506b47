// ShowEncryptionByDefault: whether new disks of the project are encrypted.

import type { Answer, ProjectCall } from "../../operation";

export function showEncryptionByDefault({ project }: ProjectCall): Answer {
  return { body: { default_encryption: project.defaultEncryption.enabled } };
}
