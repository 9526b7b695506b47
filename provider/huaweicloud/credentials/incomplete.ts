// A partly set source is an error: continuing could log in as another user.

import type { Setting } from "../settings";
import { CredentialsError } from "../transport/errors";

/** `set` is what the user did set, `what` what is missing and where to set it: "no password: set HW_USER_PASSWORD". */
export function incomplete(set: Setting | undefined, what: string): CredentialsError {
  return new CredentialsError(`Incomplete credentials: ${set?.origin} is set, but ${what}.`);
}
