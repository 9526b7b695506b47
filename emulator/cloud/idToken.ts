// Checks an ID token of a pipeline (RFC 7519): its signature by the provider's public key, its times and its audience. It is
// here, and no library, because users of the emulator would install a dozen packages for one call.

import { constants, createPublicKey, type KeyObject, verify } from "node:crypto";
import { z } from "zod";

/** What is wrong with the token. */
export class IdTokenError extends Error {
  override readonly name = "IdTokenError";
}

export interface Expected {
  publicKeyPem: string;
  /** `undefined` for any. */
  audience?: string | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Asymmetric algorithms only: a symmetric one would take the public key as its secret. */
const algorithm = /^(RS|PS|ES)(256|384|512)$/;
const header = z.object({ alg: z.string().regex(algorithm, "algorithm is not allowed") });
const claims = z.object({
  sub: z.string().optional(),
  aud: z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([]),
  exp: z.number().optional(),
  nbf: z.number().optional(),
});

/** Returns the subject of the token. Throws an `IdTokenError` that says what is wrong. */
export function subjectOf(idToken: string, { publicKeyPem, audience, now }: Expected): string {
  const [head = "", body = "", signature = "", ...more] = idToken.split(".");
  if (signature === "" || more.length > 0) throw new IdTokenError("it is no signed token");
  const { alg } = decode(head, header);
  if (!isSigned(alg, `${head}.${body}`, Buffer.from(signature, "base64url"), createPublicKey(publicKeyPem)))
    throw new IdTokenError("its signature is not the provider's");
  const { sub, aud, exp, nbf } = decode(body, claims);
  const seconds = now / 1000;
  if (exp !== undefined && exp <= seconds) throw new IdTokenError("it has expired");
  if (nbf !== undefined && nbf > seconds) throw new IdTokenError("it is not valid yet");
  if (audience !== undefined && !aud.includes(audience)) throw new IdTokenError("it is for another audience");
  if (!sub) throw new IdTokenError("it has no subject");
  return sub;
}

function decode<T>(part: string, form: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    throw new IdTokenError("it is no JSON");
  }
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new IdTokenError(parsed.error.issues[0]?.message ?? "its form is not right");
}

/** RFC 7518, section 3: the first letters name the kind of signature, the number its hash. */
function isSigned(alg: string, text: string, signature: Buffer, key: KeyObject): boolean {
  const [, kind, bits] = algorithm.exec(alg) ?? [];
  if (key.asymmetricKeyType !== (kind === "ES" ? "ec" : "rsa")) return false;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const options = kind === "ES" ? { dsaEncoding: "ieee-p1363" as const } : kind === "PS" ? pss : {};
  return verify(`sha${bits}`, Buffer.from(text), { key, ...options }, signature);
}
