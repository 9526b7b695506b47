// ShowEncryptionByDefault, EnableEncryptionByDefault and DisableEncryptionByDefault: whether new disks are encrypted at all.

import { disable, enable, refuseWithoutBeta } from "../../cloud/defaultEncryption";
import type { Answer, ProjectCall } from "../../operation";

export function showEncryptionByDefault(call: ProjectCall): Answer {
  refuseWithoutBeta(call.cloud, call.project);
  return status(call);
}

export function enableEncryptionByDefault(call: ProjectCall): Answer {
  refuseWithoutBeta(call.cloud, call.project);
  enable(call.cloud, call.project);
  return status(call);
}

export function disableEncryptionByDefault(call: ProjectCall): Answer {
  refuseWithoutBeta(call.cloud, call.project);
  disable(call.cloud, call.project);
  return status(call);
}

function status({ project }: ProjectCall): Answer {
  return { body: { default_encryption: project.defaultEncryption.enabled } };
}
