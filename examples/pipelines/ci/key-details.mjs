// Asks KMS for the alias and state of every key in a preview, and prints them as JSON by key ID. A preview itself has
// only the IDs. Credentials come from the environment, as for the provider; the stack's configuration is not read here.
//
//   pulumi preview --json >preview.json
//   node ci/key-details.mjs preview.json >key-details.json

import { readFileSync } from "node:fs";
import process from "node:process";
import * as evs from "pulumi-huaweicloud-evs";

const KEY = "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey";
const details = {};

for (const state of keysOf(process.argv[2])) {
  const { kmsKeyId, region, projectId, projectName, assumeRole } = { ...state.outputs, ...state.inputs };
  if (!kmsKeyId || kmsKeyId in details) continue;
  const project = projectId ? { projectId } : { projectName };
  try {
    const key = await evs.getKmsKey({ keyId: kmsKeyId, region, assumeRole, ...project });
    details[kmsKeyId] = { alias: key.alias, state: key.state, usable: key.usable };
  } catch (error) {
    // A preview without an answer of KMS is still worth a comment.
    details[kmsKeyId] = { problem: error.message };
  }
}
process.stdout.write(`${JSON.stringify(details, undefined, 2)}\n`);

function keysOf(file) {
  let steps = [];
  try {
    steps = JSON.parse(readFileSync(file, "utf8")).steps ?? [];
  } catch {
    // The preview failed before it had anything to say.
  }
  const changed = steps.filter(({ op, urn }) => op !== "refresh" && op !== "same" && urn.includes(`${KEY}::`));
  return changed.flatMap(({ oldState, newState }) => [oldState, newState]).filter(Boolean);
}
