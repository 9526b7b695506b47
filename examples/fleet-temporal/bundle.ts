// Puts the workflows into one file, as workers load them: at each start it would cost seconds, and 100 MB.

import fs from "node:fs";
import path from "node:path";
import { bundleWorkflowCode } from "@temporalio/worker";

export const bundleFile = path.join(__dirname, "workflows.bundle.js");

if (require.main === module) {
  void bundleWorkflowCode({ workflowsPath: path.join(__dirname, "workflows.js") }).then(({ code }) =>
    fs.writeFileSync(bundleFile, code),
  );
}
