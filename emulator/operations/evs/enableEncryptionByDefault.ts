// EnableEncryptionByDefault: new disks are encrypted from now on; may change the key.

import { enable } from "../../cloud/defaultEncryption";
import type { Answer, ProjectCall } from "../../operation";

export function enableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  enable(cloud, project);
  return { body: { default_encryption: true } };
}
