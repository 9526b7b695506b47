// What a KMS key must be so that EVS can encrypt with it, in words for the user.
import type { KeyDetails } from "../huaweicloud/services/kms";

const enabledState = "2";
const states: Readonly<Record<string, string>> = {
  "1": "is not activated yet: activate it in DEW, or choose another",
  "3": "is disabled: enable it in DEW, or choose another",
  "4": "is scheduled for deletion: cancel the deletion in DEW and enable the key, or choose another",
  "5": "waits for its key material: import it in DEW, or choose another",
  "7": "is frozen: check the account for arrears, or choose another key",
};

/** Why EVS cannot encrypt with this key; nothing where it can. Regions that omit a field are given the benefit of the doubt. */
export function whyUnusable(key: KeyDetails): string | undefined {
  const named = key.key_alias ? `(alias ${key.key_alias}) ` : "";
  if (key.key_state !== enabledState) {
    const date = key.key_state === "4" ? deletionDate(key.scheduled_deletion_date) : "";
    return `${named}${states[key.key_state] ?? `is in state ${key.key_state}, not enabled: choose another`}${date}`;
  }
  const asymmetric = key.key_spec !== undefined && !/^(AES|SM4)/.test(key.key_spec);
  const otherUse = key.key_usage !== undefined && key.key_usage !== "ENCRYPT_DECRYPT";
  if (asymmetric || otherUse) {
    return `${named}is a key ${key.key_spec ?? ""} for ${key.key_usage ?? "another use"}: EVS needs a symmetric key for encryption (AES_256 or SM4, ENCRYPT_DECRYPT)`;
  }
  return undefined;
}

/** The API calls its dates seconds, but sends milliseconds: both are understood. */
function deletionDate(text: string | undefined): string {
  const value = Number(text);
  if (!text || Number.isNaN(value)) return "";
  const date = new Date(value > 1e11 ? value : value * 1000);
  return ` (it will be deleted on ${date.toISOString().slice(0, 10)})`;
}
