// Stops an `up` whose state is not what this program's own runs have written. State is code: Pulumi's host evaluates the
// text `__provider` of a resource, and the engine downloads the plugin that a provider in state names. No dependencies.
//
//   pulumi stack export >state.json
//   node ci/check-state.mjs state.json

import { readFileSync } from "node:fs";
import process from "node:process";

// The constants of pulumi-huaweicloud-evs, the same in all versions. If your program has dynamic providers of its own, add
// their texts as `pulumi stack export` shows them, from a state that you trust.
const PROVIDER_TEXTS = [
  'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
  'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryption");',
];
// The plugins that your program uses, without an address to download them from.
const PROVIDER_TYPES = ["pulumi:providers:pulumi-nodejs"];
const DYNAMIC = "pulumi-nodejs:dynamic";
const MAX_LINES = 20;

const problems = new Set();
const { deployment } = readState(process.argv[2]);
check(deployment, "the deployment");
if (problems.size > 0) fail([...problems]);

// Everything is looked at, however deep: resources, pending operations, and what later versions of Pulumi may add.
function check(value, owner) {
  if (Array.isArray(value)) {
    for (const entry of value) check(entry, owner);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const resource = "urn" in value || "type" in value ? value.urn || value.type || owner : owner;
  if ("urn" in value && typeof value.type === "string") checkResource(value);
  for (const [key, entry] of Object.entries(value)) {
    if (key === "__provider" && !PROVIDER_TEXTS.includes(entry))
      problems.add(`${shown(resource)}: its __provider is not a text of this package`);
    // Lists of names, by property: no values.
    else if (key !== "propertyDependencies") check(entry, resource);
  }
}

function checkResource({ urn, type, inputs, outputs }) {
  if (type.startsWith("pulumi:providers:")) {
    if (!PROVIDER_TYPES.includes(type))
      problems.add(`${shown(urn)}: the provider ${shown(type)} is not of this program`);
    for (const name of ["pluginDownloadURL", "pluginChecksums", "__internal"]) {
      if (inputs?.[name] !== undefined || outputs?.[name] !== undefined)
        problems.add(`${shown(urn)}: it says where its plugin is downloaded from (${name})`);
    }
  }
  if (type.startsWith(DYNAMIC) && inputs?.__provider === undefined && outputs?.__provider === undefined)
    problems.add(`${shown(urn)}: it has no __provider`);
}

function readState(file) {
  const state = parse(file);
  // A stack that has never been deployed has no list.
  if (!state?.deployment || !Array.isArray(state.deployment.resources ?? []))
    fail(["the state cannot be read: give the file that `pulumi stack export` has written"]);
  return state;
}

function parse(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

// Names come from the state, which is what is in doubt: one line each, without control characters, cut.
function shown(text) {
  return JSON.stringify(
    String(text)
      .replace(/\p{C}+/gu, " ")
      .slice(0, 300),
  );
}

function fail(reasons) {
  for (const reason of reasons.slice(0, MAX_LINES)) process.stderr.write(`check-state: ${reason}\n`);
  if (reasons.length > MAX_LINES) process.stderr.write(`check-state: and ${reasons.length - MAX_LINES} more\n`);
  process.stderr.write(
    "check-state: nothing was applied. Find out who has written the state, and restore a version of it that you trust.\n",
  );
  process.exit(1);
}
