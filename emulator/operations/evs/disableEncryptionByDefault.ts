// DisableEncryptionByDefault: new disks are no longer encrypted; the key stays.

import { disable } from "../../cloud/defaultEncryption";
import type { Answer, ProjectCall } from "../../operation";

export function disableEncryptionByDefault({ cloud, project }: ProjectCall): Answer {
  disable(cloud, project);
  return { body: { default_encryption: false } };
}
