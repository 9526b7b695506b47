// A source that is half set stops the search: going on would log in as somebody else than the user meant.
import { CredentialsError } from "../errors";
import type { Setting } from "../settings";

/** `set` is what the user did set, `what` what is missing and where to set it: "no password: set HW_USER_PASSWORD". */
export function incomplete(set: Setting | undefined, what: string): CredentialsError {
  return new CredentialsError(`Incomplete credentials: ${set?.origin} is set, but ${what}.`);
}
