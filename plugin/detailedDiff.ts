// The detailed diff: which properties have changed, which of them replace the resource, and what was found changed although
// the program was not (drift, or a write that was not confirmed).
import { sameId } from "../provider/huaweicloud/services/identifiers";
import { type Bag, hasUnknown, isBag } from "../provider/protocol";

export interface PropertyChange {
  kind: "add" | "delete" | "update";
  replaces: boolean;
  /** Whether the program's value is another than before; else what state says is live differs from it. */
  isOfInputs: boolean;
}

export interface Decided {
  changes: boolean;
  replaces: string[];
}

export interface Compared {
  oldInputs: Bag;
  oldOutputs: Bag;
  news: Bag;
  /** The property that the resource sets: what drifts. */
  setting: string;
  ignored: readonly string[];
}

/** By property. Empty if nothing has to change. */
export function detailedDiff(decided: Decided, compared: Compared): Map<string, PropertyChange> {
  const { oldInputs, oldOutputs, news, setting, ignored } = compared;
  const found = new Map<string, PropertyChange>();
  if (!decided.changes) return found;
  const names = new Set([...Object.keys(oldInputs), ...Object.keys(news), ...decided.replaces]);
  for (const name of names) {
    const replaces = decided.replaces.includes(name);
    if (isSame(oldInputs[name], news[name])) {
      // What replaces, although the program names it as before, is what state has of it that differs.
      if (replaces) found.set(name, { kind: "update", replaces, isOfInputs: false });
      continue;
    }
    const kind = oldInputs[name] === undefined ? "add" : news[name] === undefined ? "delete" : "update";
    found.set(name, { kind, replaces, isOfInputs: true });
  }
  if (found.has(setting) || ignored.includes(setting)) return found;
  // Beside other changes it is listed if it differs; alone, it is what has to be written again.
  if (found.size > 0 && isSame(oldOutputs[setting], news[setting])) return found;
  const kind = oldOutputs[setting] === undefined ? "add" : "update";
  return found.set(setting, { kind, replaces: false, isOfInputs: false });
}

/** IDs are the same in any case. What is unknown is never the same. */
function isSame(one: unknown, other: unknown): boolean {
  if (hasUnknown(one) || hasUnknown(other)) return false;
  if (typeof one === "string" && typeof other === "string") return one === other || (isId(one) && sameId(one, other));
  if (!isBag(one) || !isBag(other)) return one === other;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}

/** A key's or a project's; a name of anything else may differ in case only. */
function isId(text: string): boolean {
  return /^[0-9a-z]{32}$/i.test(text) || /^[0-9a-z]{8}(-[0-9a-z]{4}){3}-[0-9a-z]{12}$/i.test(text);
}
