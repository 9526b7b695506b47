// The access key of a container, for the token that is mounted into it.

import type { Answer, Call } from "../../operation";
import { instanceCredential } from "./instanceCredential";

/** What the file named by HC_CONTAINER_AUTHORIZATION_TOKEN_FILE must hold. */
export const podToken = "emulator-pod-token";

export function getPodCredentials(call: Call): Answer {
  if (call.headers.authorization !== podToken) return { status: 401, body: "401 Unauthorized" };
  const credential = instanceCredential(call);
  return credential === undefined ? { status: 404, body: "404 Not Found" } : { body: { credential } };
}
