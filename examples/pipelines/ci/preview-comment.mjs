// Turns `pulumi preview --json` into a short Markdown comment: each default key and switch that would change, with its
// region and project, before and after. No dependencies.
//
//   node ci/preview-comment.mjs preview.json [key-details.json]
//
// Aliases and states of keys are not in a preview: they come from key-details.json, which key-details.mjs makes. Without
// it the comment has IDs only, and says so.

import { readFileSync } from "node:fs";
import process from "node:process";

const TYPES = "pulumi-nodejs:dynamic/huaweicloud/evs:";
// A replacement is three steps; the first one tells all.
const MARKS = { create: "new", update: "change", delete: "remove", "create-replacement": "replace" };
// What stands for a value that is known only once another resource has been deployed.
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const KEY_STATES = {
  1: "to be activated",
  2: "enabled",
  3: "disabled",
  4: "scheduled for deletion",
  5: "without material",
};

const [previewFile, detailsFile] = process.argv.slice(2);
const preview = readJson(previewFile);
const details = detailsFile ? (readJson(detailsFile) ?? {}) : {};
process.stdout.write(`${comment().join("\n")}\n`);

function comment() {
  if (!preview)
    return ["### EVS default encryption: the preview failed", "", "It could not start: see the log of the job."];
  const rows = (preview.steps ?? []).map(row).filter(Boolean);
  const errors = (preview.diagnostics ?? []).filter(({ severity }) => severity === "error");
  return [
    `### EVS default encryption: ${errors.length > 0 ? "the preview failed" : countOf(rows.length)}`,
    ...errors.flatMap(({ message }) => ["", `<pre>${escapeHtml(message.trim())}</pre>`]),
    ...(rows.length > 0
      ? ["", "| | what | region | project | before | after |", "| --- | --- | --- | --- | --- | --- |"]
      : []),
    ...rows,
    ...otherChanges(rows.length),
  ];
}

function row({ op, urn, oldState, newState }) {
  const [type, name] = urn.split("::").slice(-2);
  const kind = type.split("$").at(-1);
  if (!(op in MARKS) || !kind.startsWith(TYPES)) return undefined;
  const before = oldState && propertiesOf(oldState);
  const after = newState && propertiesOf(newState);
  const { region, projectId, projectName } = { ...before, ...after };
  const show = kind === `${TYPES}DefaultEncryptionKey` ? keyText : switchText;
  const cells = [
    MARKS[op],
    `${kind.slice(TYPES.length)} ${code(name)}`,
    code(region ?? "as configured"),
    [projectName, projectId].filter(Boolean).map(code).join(" "),
    before?.region ? show(before) : "not managed yet",
    after?.region ? show(after) : `${show(afterDelete(kind, before))}, unless it was changed since`,
  ];
  return `| ${cells.join(" | ")} |`;
}

// Outputs are what the service said last; a resource that is planned has inputs only.
function propertiesOf({ inputs, outputs }) {
  return { ...outputs, ...inputs };
}

function afterDelete(kind, { onDelete, previousKmsKeyId, previouslyEnabled }) {
  if (kind !== `${TYPES}DefaultEncryptionKey`) return { enabled: onDelete === "restore" && previouslyEnabled === true };
  return { kmsKeyId: onDelete === "restore" ? previousKmsKeyId : undefined };
}

function keyText({ kmsKeyId }) {
  if (kmsKeyId === UNKNOWN) return "known after the deployment";
  if (!kmsKeyId) return "`evs/default`";
  const { alias, state, problem } = details[kmsKeyId] ?? { problem: "not looked up" };
  if (problem) return `${code(kmsKeyId)} (alias and state not known)`;
  const word = KEY_STATES[state] ?? `state ${state}`;
  return `${code(alias || "no alias")} ${state === "2" ? word : `**${word}**`} ${code(kmsKeyId)}`;
}

function switchText({ enabled }) {
  return enabled === UNKNOWN ? "known after the deployment" : enabled ? "on" : "**off**";
}

function otherChanges(shown) {
  const changes = Object.entries(preview.changeSummary ?? {}).filter(([op]) => op !== "same");
  const all = changes.map(([op, count]) => `${count} ${op}`).join(", ");
  const total = changes.reduce((sum, [, count]) => sum + count, 0);
  return total > shown ? ["", `All resources of the stack: ${all}.`] : [];
}

function countOf(count) {
  return count === 0 ? "no change" : count === 1 ? "1 change" : `${count} changes`;
}

// Names and values come from whoever wrote the pull request: they must stay text.
function code(text) {
  return `\`${String(text).replace(/[`|\r\n]/g, " ")}\``;
}

function escapeHtml(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
