// Asks the cloud for what a preview does not have, and prints it as JSON: alias and state of each key (a preview has only
// IDs), and what is set now in a project that is not managed yet. Credentials come from the environment, as for the
// provider; the stack's configuration is not read here.
//
//   node ci/cloud-details.mjs preview.jsonl >cloud-details.json

import process from "node:process";
import * as evs from "pulumi-huaweicloud-evs";
import { readPreview } from "./preview-events.mjs";

const TYPES = "pulumi-nodejs:dynamic/huaweicloud/evs:";
const details = { keys: {}, unmanaged: {} };

for (const { op, urn, oldState, newState } of changesOf(process.argv[2])) {
  const isKey = urn.includes(`${TYPES}DefaultEncryptionKey::`);
  const [before, after] = [oldState, newState].map((state) => ({ ...state?.outputs, ...state?.inputs }));
  if (op === "create") {
    const read = isKey ? evs.getDefaultEncryptionKey : evs.getDefaultEncryption;
    details.unmanaged[urn] = await ask(() => read(projectOf(after)));
  }
  for (const { kmsKeyId, ...rest } of [before, after, details.unmanaged[urn] ?? {}]) {
    if (!kmsKeyId || kmsKeyId in details.keys) continue;
    details.keys[kmsKeyId] = await ask(() => evs.getKmsKey({ keyId: kmsKeyId, ...projectOf({ ...after, ...rest }) }));
  }
}
process.stdout.write(`${JSON.stringify(details, undefined, 2)}\n`);

// A preview without an answer of the cloud is still worth a comment.
async function ask(question) {
  try {
    return await question();
  } catch (error) {
    return { problem: error.message };
  }
}

function projectOf({ region, projectId, projectName, assumeRole }) {
  return { region, assumeRole, ...(projectId ? { projectId } : { projectName }) };
}

// A preview that did not start has no changes.
function changesOf(file) {
  const { steps } = readPreview(file) ?? { steps: [] };
  return steps.filter(({ op, urn }) => op !== "same" && urn.includes(TYPES));
}
