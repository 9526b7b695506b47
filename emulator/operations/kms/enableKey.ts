// EnableKey (enable-key): a disabled key becomes usable.

import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { keyStateCodes, readCustomKey } from "./keyInfo";

export function enableKey(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state === "pendingDeletion") throw kmsError("KMS.0210");
  if (key.state !== "disabled") throw kmsError("KMS.1201");
  call.cloud.setKeyState(key.id, "enabled");
  return { body: { key_info: { key_id: key.id, key_state: keyStateCodes.enabled } } };
}
