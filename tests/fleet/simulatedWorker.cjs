// A worker whose accounts take no engine: each sends as many requests as the first argument says, and is done. Workflow, leases
// and files are the real ones.
const path = require("node:path");
const process = require("node:process");

const [, , scripts, requests] = process.argv;
const { work } = require(path.join(scripts, "worker.js"));

const status = `${process.env.HW_ENDPOINT_URL}/v5/none/default-encryption/status`;
const account = async () => {
  for (let sent = 0; sent < Number(requests); sent++) await fetch(status);
  return { status: "done", changes: { create: 5 } };
};

work(account).then(
  () => process.exit(),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
