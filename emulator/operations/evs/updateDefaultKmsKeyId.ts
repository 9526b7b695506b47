// UpdateDefaultKmsKeyId: sets the key that new disks of the project are encrypted with.

import { z } from "zod";
import { setKey } from "../../cloud/defaultEncryption";
import { evsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";

const body = z.looseObject({ kms_key_id: z.string().min(1) });

export function updateDefaultKmsKeyId({ cloud, project, body: sent }: ProjectCall): Answer {
  const asked = readBody(body, sent, () => evsError(isWrongType(sent) ? "EVS.1018" : "EVS.2108"));
  return { body: { kms_key_id: setKey(cloud, project, asked.kms_key_id) } };
}

function isWrongType(sent: unknown): boolean {
  return typeof sent === "object" && sent !== null && "kms_key_id" in sent && typeof sent.kms_key_id !== "string";
}
