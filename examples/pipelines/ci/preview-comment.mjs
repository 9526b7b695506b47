// Turns the events of a preview into a short Markdown comment: each default key and switch that would change, with its
// region and project, before and after. No dependencies.
//
//   node ci/preview-comment.mjs preview.jsonl [cloud-details.json]
//
// Aliases and states of keys are not in a preview, nor is what is set in a project that is not managed yet: they come
// from cloud-details.json, which cloud-details.mjs makes. Without it the comment has IDs only, and says so.

import { readFileSync } from "node:fs";
import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { readPreview } from "./preview-events.mjs";

const TYPES = "pulumi-nodejs:dynamic/huaweicloud/evs:";
const KINDS = ["DefaultEncryptionKey", "DefaultEncryption"];
// GitHub refuses a comment of more than 65,536 characters. What is added after this script needs room too.
const MAX_COMMENT = 60_000;
const MAX_ERROR = 2_000;
const MAX_NAME = 200;
const MARKS = { create: "new", update: "change", delete: "remove", replace: "replace" };
// What stands for a value that is known only once another resource has been deployed.
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const KEY_STATES = {
  pendingActivation: "to be activated",
  enabled: "enabled",
  disabled: "disabled",
  pendingDeletion: "scheduled for deletion",
  pendingImport: "without material",
  frozen: "frozen",
};

const [previewFile, detailsFile] = process.argv.slice(2);
const preview = readPreview(previewFile);
const { keys = {}, unmanaged = {} } = (detailsFile && readJson(detailsFile)) || {};
process.stdout.write(`${comment().join("\n")}\n`);

function comment() {
  if (!preview)
    return ["### EVS default encryption: the preview failed", "", "It could not start: see the log of the job."];
  const rows = preview.steps.map(row).filter(Boolean);
  const errors = [...new Set(preview.errors.map((message) => message.trim()))];
  const shownErrors = fitting(
    errors.map((message) => `<pre>${preformatted(message)}</pre>`),
    MAX_COMMENT / 2,
  );
  const head = [
    `### EVS default encryption: ${errors.length > 0 ? "the preview failed" : countOf(rows.length)}`,
    ...shownErrors.flatMap((text) => ["", text]),
    ...remainder(errors.length - shownErrors.length, "errors"),
    ...(rows.length > 0
      ? ["", "| | what | region | project | before | after |", "| --- | --- | --- | --- | --- | --- |"]
      : []),
  ];
  const shownRows = fitting(rows, MAX_COMMENT - head.join("\n").length);
  return [...head, ...shownRows, ...remainder(rows.length - shownRows.length, "changes"), ...otherChanges(rows.length)];
}

/** The first of these texts, as many as fit. */
function fitting(texts, room) {
  let used = 0;
  const isOver = (text) => {
    used += text.length + 2;
    return used > room;
  };
  const end = texts.findIndex(isOver);
  return end < 0 ? texts : texts.slice(0, end);
}

function remainder(count, things) {
  return count > 0 ? ["", `${count} more ${things}: see the log of the job.`] : [];
}

function row({ op, urn, oldState, newState }) {
  const [, , type, ...name] = urn.split("::");
  const kind = type.split("$").at(-1);
  if (!Object.hasOwn(MARKS, op) || !KINDS.some((known) => kind === TYPES + known)) return undefined;
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
  const { alias, state, problem } = Object.hasOwn(keys, kmsKeyId) ? keys[kmsKeyId] : { problem: "not looked up" };
  if (problem) return `${code(kmsKeyId)} (alias and state not known)`;
  const word = Object.hasOwn(KEY_STATES, state) ? KEY_STATES[state] : `state ${code(state)}`;
  return `${code(alias || "no alias")} ${state === "enabled" ? word : `**${word}**`} ${code(kmsKeyId)}`;
}

function switchText({ enabled }) {
  return enabled === UNKNOWN ? "known after the deployment" : enabled ? "on" : "**off**";
}

function otherChanges(shown) {
  const isPlain = ([op, count]) => /^[a-z-]{1,40}$/.test(op) && Number.isSafeInteger(count);
  const changes = Object.entries(preview.changes).filter(([op, count]) => op !== "same" && isPlain([op, count]));
  const all = changes.map(([op, count]) => `${count} ${op}`).join(", ");
  const total = changes.reduce((sum, [, count]) => sum + count, 0);
  return total > shown ? ["", `All resources of the stack: ${all}.`] : [];
}

function countOf(count) {
  return count === 0 ? "no change" : count === 1 ? "1 change" : `${count} changes`;
}

// Names and values come from whoever wrote the pull request, aliases and errors from the cloud: all of it must stay text,
// so that nobody is mentioned, no image is loaded, and no line is a command to the CI system.

/** One line in a code span, inside of a table's row. */
function code(text) {
  const line = printable(String(text))
    .replace(/[`|\s]/g, " ")
    .replaceAll("##[", "## [");
  return `\`${cut(line, MAX_NAME) || " "}\``;
}

/** The inside of a `<pre>`, where Markdown means nothing. Workflow commands begin with `::` or hold `##[`. */
function preformatted(text) {
  const escaped = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", ":": "&#58;", "#": "&#35;" };
  const word = /[&<>@]|::|##/g;
  return cut(printable(text), MAX_ERROR).replace(word, (found) => [...found].map((sign) => escaped[sign]).join(""));
}

/** Without terminal sequences, and without the characters that hide, reorder or overwrite text. */
function printable(text) {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, "\n")
    .replace(/[\p{C}\u2028\u2029]/gu, (sign) => (sign === "\n" ? sign : " "));
}

function cut(text, max) {
  return text.length > max ? `${text.slice(0, max)} … (${text.length - max} more characters)` : text;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
