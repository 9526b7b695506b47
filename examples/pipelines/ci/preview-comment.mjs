// Turns `pulumi preview --json` into a short Markdown comment: each default key and switch that would change, with its
// region and project, before and after. No dependencies.
//
//   node ci/preview-comment.mjs preview.json [cloud-details.json]
//
// Aliases and states of keys are not in a preview, nor is what is set in a project that is not managed yet: they come
// from cloud-details.json, which cloud-details.mjs makes. Without it the comment has IDs only, and says so.

import { readFileSync } from "node:fs";
import process from "node:process";

const TYPES = "pulumi-nodejs:dynamic/huaweicloud/evs:";
const MARKS = { create: "new", update: "change", delete: "remove", replace: "replace" };
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
const { keys = {}, unmanaged = {} } = (detailsFile && readJson(detailsFile)) || {};
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
  const [, , type, ...name] = urn.split("::");
  const kind = type.split("$").at(-1);
  if (!(op in MARKS) || !kind.startsWith(TYPES)) return undefined;
  const before = propertiesOf(oldState);
  const after = propertiesOf(newState);
  const show = kind === `${TYPES}DefaultEncryptionKey` ? keyText : switchText;
  const left = before && show(afterDelete(kind, before));
  const texts = {
    create: () => [unmanagedText(show, unmanaged[urn]), show(after)],
    update: () => [show(before), show(after) + destroyText(before, after)],
    delete: () => [show(before), `${left}, unless it was changed since`],
    replace: () => [show(before), `${show(after)}; the project before: ${left}`],
  };
  const cells = [
    MARKS[op],
    `${kind.slice(TYPES.length)} ${code(name.join("::"))}`,
    ...placeOf(op === "replace" ? after : { ...before, ...after }),
    ...texts[op](),
  ];
  return `| ${cells.join(" | ")} |`;
}

// The ID of a project that was never looked up is not known in a preview.
function placeOf({ region, projectName, projectId }) {
  return [code(region), [projectName, projectId].filter(Boolean).map(code).join(" ")];
}

// Outputs are what the service said last; a resource that is planned has inputs only.
function propertiesOf(state) {
  return state?.inputs && { ...state.outputs, ...state.inputs };
}

function afterDelete(kind, { onDelete, previousKmsKeyId, previouslyEnabled }) {
  if (kind !== `${TYPES}DefaultEncryptionKey`) return { enabled: onDelete === "restore" && previouslyEnabled === true };
  return { kmsKeyId: onDelete === "restore" ? previousKmsKeyId : undefined };
}

function unmanagedText(show, live) {
  if (!live || live.problem) return "not managed yet";
  return `${live.kmsKeyId === "" ? "no key" : show(live)}, not managed yet`;
}

function destroyText(before, after) {
  return before.onDelete === after.onDelete ? "" : `; destroying it would now ${code(after.onDelete)}`;
}

function keyText({ kmsKeyId }) {
  if (kmsKeyId === UNKNOWN) return "known after the deployment";
  if (!kmsKeyId) return "`evs/default`";
  const { alias, state, problem } = keys[kmsKeyId] ?? { problem: "not looked up" };
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
