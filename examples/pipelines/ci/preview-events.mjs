// Reads the events of a preview, as `pulumi preview --event-log FILE` writes them: one JSON object a line. No
// dependencies.

import { readFileSync } from "node:fs";

/** Returns the steps, the errors and the counts by operation, or `undefined` if the preview did not start. */
export function readPreview(file) {
  const preview = { steps: [], errors: [], changes: {} };
  const events = linesOf(file).map(parse).filter(Boolean);
  for (const { resourcePreEvent, diagnosticEvent, summaryEvent } of events) {
    if (resourcePreEvent) {
      const { op, urn, old, new: planned } = resourcePreEvent.metadata;
      // The refresh before a preview is no change of its own.
      if (op !== "refresh") preview.steps.push({ op, urn, oldState: old, newState: planned });
    }
    if (diagnosticEvent?.severity === "error") preview.errors.push(withoutColors(diagnosticEvent.message));
    if (summaryEvent) preview.changes = summaryEvent.resourceChanges ?? {};
  }
  return events.length > 0 ? preview : undefined;
}

function linesOf(file) {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

// The last line is torn if the preview was stopped.
function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

// Pulumi's own marks for colors, such as <{%fg 1%}>.
function withoutColors(text) {
  return text.replace(/<\{%[^%]{0,40}%\}>/g, "");
}
