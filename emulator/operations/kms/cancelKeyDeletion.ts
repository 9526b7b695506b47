// CancelKeyDeletion (cancel-key-deletion): the key stays, and comes back disabled.

import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { keyStateCodes, readCustomKey } from "./keyInfo";

export function cancelKeyDeletion(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  if (key.state !== "pendingDeletion") throw kmsError("KMS.1501");
  call.cloud.setKeyState(key.id, "disabled");
  return { body: { key_id: key.id, key_state: keyStateCodes.disabled } };
}
