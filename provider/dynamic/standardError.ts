// How a dynamic provider shows the user a line: the engine shows what its host writes to standard error.
import { shown } from "../huaweicloud/transport/shown";
import type { Notify } from "../protocol";

let standardErrorIsGuarded = false;

/** Shows one line. If standard error is closed, the line is lost, and the run goes on. */
export const notify: Notify = (line) => {
  if (!standardErrorIsGuarded) process.stderr.on("error", () => {});
  standardErrorIsGuarded = true;
  process.stderr.write(`${shown(line, { limit: 4000 })}\n`);
};
