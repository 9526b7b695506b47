// DisableKey (disable-key): an enabled key becomes unusable.

import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { keyStateCodes, readCustomKey } from "./keyInfo";

export function disableKey(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state === "pendingDeletion") throw kmsError("KMS.0210");
  if (key.state !== "enabled") throw kmsError("KMS.1301");
  call.cloud.setKeyState(key.id, "disabled");
  return { body: { key_info: { key_id: key.id, key_state: keyStateCodes.disabled } } };
}
