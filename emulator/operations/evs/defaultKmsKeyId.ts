// ShowDefaultKmsKeyId, UpdateDefaultKmsKeyId and ResetDefaultKmsKeyId: which key new disks of a project are encrypted with.

import { z } from "zod";
import { refuseWithoutBeta, resetKey, setKey, shownKeyId } from "../../cloud/defaultEncryption";
import { evsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";

const body = z.looseObject({ kms_key_id: z.string().min(1) });

export function showDefaultKmsKeyId({ cloud, project }: ProjectCall): Answer {
  refuseWithoutBeta(cloud, project);
  return { body: { kms_key_id: shownKeyId(project) } };
}

export function updateDefaultKmsKeyId({ cloud, project, body: sent }: ProjectCall): Answer {
  refuseWithoutBeta(cloud, project);
  const asked = readBody(body, sent, (error) => {
    const wrongType = error.issues.some(({ path, code }) => path.length === 1 && code === "invalid_type");
    const present = typeof sent === "object" && sent !== null && "kms_key_id" in sent;
    return evsError(wrongType && present ? "EVS.1018" : "EVS.2108");
  });
  return { body: { kms_key_id: setKey(cloud, project, asked.kms_key_id) } };
}

export function resetDefaultKmsKeyId({ cloud, project }: ProjectCall): Answer {
  refuseWithoutBeta(cloud, project);
  return { body: { kms_key_id: resetKey(cloud, project) } };
}
