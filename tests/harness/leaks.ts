// Searches all that a test has printed or written for the secrets that it used, and for those that the cloud has issued to it.

import fs from "node:fs";
import path from "node:path";
import type { Stack, StackOptions } from "./stack";

/** Names of variables whose value is a secret; of a file with one, only the path. */
const secretVariable = /(PASSWORD|SECRET_KEY|SDK_SK|AUTH_TOKEN|SECURITY_TOKEN|ID_TOKEN)$/;

export function secretsOf({ env = {}, config = {}, emulator }: StackOptions): string[] {
  const given = Object.entries(env).flatMap(([name, value]) => (secretVariable.test(name) ? [value] : []));
  const configured = Object.values(config).flatMap((value) => (typeof value === "string" ? [] : [value.secret]));
  const { tokens = [], temporaryKeys = [] } = emulator?.cloud?.sessions.snapshot(0) ?? {};
  const issued = [
    ...tokens.map(({ value }) => value),
    ...temporaryKeys.flatMap(({ secretKey, securityToken }) => [secretKey, securityToken]),
  ];
  const users = emulator?.cloud?.users.flatMap(({ password, secretKey }) => [password, secretKey]) ?? [];
  return [...new Set([...given, ...configured, ...issued, ...users])].filter((secret) => secret.length > 3);
}

/** @throws with the place of each hit, never with the secret. */
export function expectNoLeak(stack: Pick<Stack, "transcript" | "writtenFiles" | "home">, secrets: string[]): void {
  // What a user keeps secrets in is not a leak: the profiles of KooCLI, an ID token's file.
  const own = [path.join(stack.home, ".hcloud"), path.join(stack.home, "id-token")];
  const files = stack.writtenFiles().filter((file) => !own.some((kept) => file.startsWith(kept)));
  const texts = [
    ["what was printed", stack.transcript],
    ...files.map((file) => [file, fs.readFileSync(file, "latin1")]),
  ];
  const hits = texts.filter(([, text]) => secrets.some((secret) => text?.includes(secret))).map(([place]) => place);
  if (hits.length > 0) throw new Error(`a secret was written down: ${hits.join(", ")}`);
}
