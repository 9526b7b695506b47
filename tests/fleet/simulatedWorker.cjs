// A worker whose accounts take no engine: each sends as many requests as the first argument says, and is done. One named in
// FAILING has failed; one named in PATIENT waits until it is told to stop, the first time. Workflow, leases and files are real.
const path = require("node:path");
const process = require("node:process");

const [, , scripts, requests] = process.argv;
const { work } = require(path.join(scripts, "worker.js"));

const { HW_ENDPOINT_URL, FAILING, PATIENT } = process.env;
let patient = PATIENT;

async function account({ stack }, _operation, signal) {
  for (let sent = 0; sent < Number(requests); sent++)
    await fetch(`${HW_ENDPOINT_URL}/v5/none/default-encryption/status`);
  if (stack === FAILING) return { status: "failed", changes: {}, error: "as the test wants it" };
  if (stack !== patient) return { status: "done", changes: { create: 5 } };
  patient = undefined;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return { status: "cancelled", changes: {} };
}

work(account).then(
  () => process.exit(),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
