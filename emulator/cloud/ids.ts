// Identifiers: those of the seed follow from names, so that they are the same on every machine; secrets are random.

import { createHash, randomBytes } from "node:crypto";

/** 32 lower-case hexadecimal digits, as IDs of accounts, users and projects are. */
export function hexId(...names: string[]): string {
  return createHash("sha256").update(names.join("/")).digest("hex").slice(0, 32);
}

/** The form of a KMS key ID. */
export function uuid(...names: string[]): string {
  const hex = hexId(...names);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** 20 capital letters and digits, as access keys are. */
export function accessKeyId(...names: string[]): string {
  return `EMU${hexId(...names)
    .slice(0, 17)
    .toUpperCase()}`;
}

/** 40 characters, as secret keys are. */
export function secretKey(...names: string[]): string {
  return hexId("secret", ...names) + hexId("key", ...names).slice(0, 8);
}

export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}

/** Tokens of IAM are long base64 texts that begin like the signed message they are. */
export function randomToken(bytes: number): string {
  return `MII${randomBytes(bytes).toString("base64").replaceAll("=", "")}`;
}
