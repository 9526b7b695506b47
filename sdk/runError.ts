// Errors of a program, for its author to read.
import * as pulumi from "@pulumi/pulumi";

/**
 * An error that Pulumi shows as its message alone. While the program's first pass runs, a `RunError` does that by
 * itself; what fails later, such as a function's promise, is shown by its stack.
 */
export function runError(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = message;
  return error;
}
