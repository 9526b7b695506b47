// A mistake of the user's: an option, or a file that an option names. The command ends with exit code 64.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
