// CreateKey (create-key): a new key of the project, enabled at once.

import { z } from "zod";
import { serviceKeyAlias } from "../../cloud/defaultEncryption";
import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";

const usages: Record<string, string> = {
  AES_256: "ENCRYPT_DECRYPT",
  SM4: "ENCRYPT_DECRYPT",
  RSA_2048: "SIGN_VERIFY",
  RSA_3072: "SIGN_VERIFY",
  RSA_4096: "SIGN_VERIFY",
  EC_P256: "SIGN_VERIFY",
  EC_P384: "SIGN_VERIFY",
  SM2: "SIGN_VERIFY",
  HMAC_256: "GENERATE_VERIFY_MAC",
  HMAC_384: "GENERATE_VERIFY_MAC",
  HMAC_512: "GENERATE_VERIFY_MAC",
};

const body = z.looseObject({
  key_alias: z.string(),
  key_spec: z.string().optional(),
  key_usage: z.string().optional(),
  key_description: z.string().max(255).optional(),
  origin: z.enum(["kms", "external"]).optional(),
});

export function createKey({ cloud, project, body: sent }: ProjectCall): Answer {
  const asked = readBody(body, sent, (error) => kmsError(isMissing(error) ? "KMS.0204" : "KMS.0308"));
  const { key_alias: alias, key_spec: spec = "AES_256", origin = "kms" } = asked;
  const usage = asked.key_usage ?? usages[spec];
  if (usage === undefined || !(spec in usages)) throw kmsError("KMS.0308");
  if (!/^[a-zA-Z0-9:/_-]{1,255}$/.test(alias) || alias === serviceKeyAlias) throw kmsError("KMS.0308");
  if (cloud.keyByAlias(project.id, alias) !== undefined) throw kmsError("KMS.1104");
  const key = cloud.addKey(project.id, {
    alias,
    spec,
    usage,
    origin,
    description: asked.key_description ?? "",
    state: origin === "external" ? "pendingImport" : "enabled",
  });
  return { body: { key_info: { key_id: key.id, domain_id: project.accountId } } };
}

function isMissing(error: z.ZodError): boolean {
  return error.issues.some(({ path, code }) => path[0] === "key_alias" && code === "invalid_type");
}
