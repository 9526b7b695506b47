// DeleteKey (schedule-key-deletion): the key goes in so many days; until then it can be cancelled.

import { z } from "zod";
import { kmsError } from "../../errors";
import type { Answer, ProjectCall } from "../../operation";
import { readBody } from "../../requestBody";
import { keyStateCodes, readCustomKey } from "./keyInfo";

const body = z.looseObject({ pending_days: z.union([z.string(), z.number()]).transform(Number) });

export function scheduleKeyDeletion(call: ProjectCall): Answer {
  const key = readCustomKey(call);
  const { pending_days: days } = readBody(body, call.body, () => kmsError("KMS.0204"));
  if (!Number.isInteger(days) || days < 7 || days > 1096) throw kmsError("KMS.1401");
  if (key.state === "pendingDeletion") throw kmsError("KMS.1402");
  call.cloud.setKeyState(key.id, "pendingDeletion", days);
  return { body: { key_id: key.id, key_state: keyStateCodes.pendingDeletion } };
}
