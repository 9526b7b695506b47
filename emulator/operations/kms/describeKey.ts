// ListKeyDetail (describe-key): one key, by ID or alias.

import type { Answer, ProjectCall } from "../../operation";
import { keyInfo, readKey } from "./keyInfo";

export function describeKey(call: ProjectCall): Answer {
  return { body: { key_info: keyInfo(call.project, readKey(call, true)) } };
}
