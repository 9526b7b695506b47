// What a KMS key must be so that EVS can encrypt with it, in words for the user.
import { type KeyDetails, timeOf } from "./huaweicloud/services/kms";

/** The states of a key by KMS's number, and what to do about each that does not encrypt. */
const states = {
  "1": { name: "pendingActivation", problem: "is not activated yet: activate it in DEW, or choose another" },
  "2": { name: "enabled", problem: undefined },
  "3": { name: "disabled", problem: "is disabled: enable it in DEW, or choose another" },
  "4": {
    name: "pendingDeletion",
    problem: "is scheduled for deletion: cancel the deletion in DEW and enable the key, or choose another",
  },
  "5": { name: "pendingImport", problem: "waits for its key material: import it in DEW, or choose another" },
  "7": { name: "frozen", problem: "is frozen: check the account for arrears, or choose another key" },
} as const;

export type KeyState = (typeof states)[keyof typeof states]["name"] | "unknown";

/** The state in words; `unknown` for one that the API reference does not name. */
export function stateOf({ key_state: state }: KeyDetails): KeyState {
  return isKnown(state) ? states[state].name : "unknown";
}

function isKnown(state: string): state is keyof typeof states {
  return Object.hasOwn(states, state);
}

/** Why EVS cannot encrypt with this key; `undefined` if it can. A field that a region omits is taken to be right. */
export function whyUnusable(key: KeyDetails): string | undefined {
  const named = key.key_alias ? `(alias ${key.key_alias}) ` : "";
  const state = stateOf(key);
  if (state !== "enabled") {
    const date = state === "pendingDeletion" ? deletionDate(key.scheduled_deletion_date) : "";
    const problem = isKnown(key.key_state) ? states[key.key_state].problem : undefined;
    return `${named}${problem ?? `is in state ${key.key_state}, not enabled: choose another`}${date}`;
  }
  const asymmetric = key.key_spec !== undefined && !/^(AES|SM4)/.test(key.key_spec);
  const otherUse = key.key_usage !== undefined && key.key_usage !== "ENCRYPT_DECRYPT";
  if (asymmetric || otherUse) {
    return `${named}is a key${key.key_spec ? ` of type ${key.key_spec}` : ""} for ${key.key_usage ?? "another use"}: EVS needs a symmetric key for encryption (AES_256 or SM4, ENCRYPT_DECRYPT)`;
  }
  return undefined;
}

function deletionDate(text: string | undefined): string {
  const [day] = timeOf(text).split("T");
  return day ? ` (it will be deleted on ${day})` : "";
}
