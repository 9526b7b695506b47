// Which KMS keys EVS can encrypt with, by what KMS says of them, and what the user should do about the others.
import { kmsKeyId } from "./huaweicloud/services/identifiers";
import type { KeyDetails } from "./huaweicloud/services/kms";
import { whyUnusable } from "./usableKey";

const id = kmsKeyId.parse("7e1f6d5a-bfe7-4b7d-8125-c3017e661954");
const key = (given: Partial<KeyDetails>): KeyDetails => ({
  key_id: id,
  key_alias: "app-disks",
  key_state: "2",
  key_spec: "AES_256",
  key_usage: "ENCRYPT_DECRYPT",
  scheduled_deletion_date: "",
  ...given,
});

it.each<[string, Partial<KeyDetails>]>([
  ["AES", {}],
  ["SM4", { key_spec: "SM4" }],
  ["a longer AES", { key_spec: "AES_512" }],
  ["a service's own", { key_alias: "evs/default", default_key_flag: "1" }],
])("an enabled key for encryption will do: %s", (_, given) => {
  expect(whyUnusable(key(given))).toBeUndefined();
});

it("gives regions that say neither spec nor usage the benefit of the doubt", () => {
  expect(whyUnusable({ key_id: id, key_state: "2" })).toBeUndefined();
});

it.each([
  ["1", "is not activated yet: activate it in DEW, or choose another"],
  ["3", "is disabled: enable it in DEW, or choose another"],
  ["4", "is scheduled for deletion: cancel the deletion in DEW and enable the key, or choose another"],
  ["5", "waits for its key material: import it in DEW, or choose another"],
  ["7", "is frozen: check the account for arrears, or choose another key"],
  ["9", "is in state 9, not enabled: choose another"],
])("a key in state %s %s", (key_state, reason) => {
  expect(whyUnusable(key({ key_state }))).toBe(`(alias app-disks) ${reason}`);
  const { key_alias: _, ...nameless } = key({ key_state });
  expect(whyUnusable(nameless)).toBe(reason);
});

it.each([
  ["in milliseconds", "1893456000000", " (it will be deleted on 2030-01-01)"],
  ["in seconds", "1893456000", " (it will be deleted on 2030-01-01)"],
  ["not at all", "", ""],
  ["in words", "soon", ""],
  ["as a number that is no date", "1e300", ""],
])("tells when a doomed key goes, where KMS says it %s", (_, scheduled_deletion_date, words) => {
  const reason = whyUnusable(key({ key_state: "4", scheduled_deletion_date }));
  expect(reason).toMatch(/or choose another( \(it will be deleted on 2030-01-01\))?$/);
  expect(reason?.endsWith("or choose another") ? "" : words).toBe(words);
});

it("does not tell the date of a deletion that was cancelled", () => {
  expect(whyUnusable(key({ key_state: "3", scheduled_deletion_date: "1893456000000" }))).not.toContain("2030");
});

it.each([
  ["RSA_3072", "ENCRYPT_DECRYPT"],
  ["SM2", "ENCRYPT_DECRYPT"],
  ["EC_P256", "SIGN_VERIFY"],
  ["HMAC_256", "GENERATE_VERIFY_MAC"],
  ["AES_256", "GENERATE_VERIFY_MAC"],
])("an enabled key %s for %s is refused, and the message says which is accepted", (key_spec, key_usage) => {
  expect(whyUnusable(key({ key_spec, key_usage }))).toBe(
    `(alias app-disks) is a key of type ${key_spec} for ${key_usage}: EVS needs a symmetric key for encryption (AES_256 or SM4, ENCRYPT_DECRYPT)`,
  );
});
