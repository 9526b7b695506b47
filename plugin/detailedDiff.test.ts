// The detailed diff: what is listed of a change, how it is marked, and what counts as the same.
import { unknownValue } from "../provider/protocol";
import { type Compared, detailedDiff } from "./detailedDiff";

const compared = (more: Partial<Compared> = {}): Compared => ({
  oldInputs: {},
  oldOutputs: {},
  news: {},
  setting: "kmsKeyId",
  ignored: [],
  ...more,
});
const changed = (more: Partial<Compared>, replaces: string[] = []) =>
  Object.fromEntries(detailedDiff({ changes: true, replaces }, compared(more)));

it("is empty if nothing has to change, whatever differs", () => {
  const different = compared({ oldInputs: { region: "a" }, news: { region: "b" } });
  expect(detailedDiff({ changes: false, replaces: [] }, different).size).toBe(0);
});

it("lists what the program has added, given up and changed, and nothing else", () => {
  const oldInputs = { gone: 1, other: "a", same: "s" };
  const news = { added: true, other: "b", same: "s" };
  expect(changed({ oldInputs, news }, ["other"])).toEqual({
    added: { kind: "add", replaces: false, isOfInputs: true },
    gone: { kind: "delete", replaces: false, isOfInputs: true },
    other: { kind: "update", replaces: true, isOfInputs: true },
  });
});

it("lists what replaces although the program names it as before, as no change of the program", () => {
  expect(changed({ oldInputs: { region: "a" }, news: { region: "a" } }, ["region", "projectId"])).toEqual({
    region: { kind: "update", replaces: true, isOfInputs: false },
    projectId: { kind: "update", replaces: true, isOfInputs: false },
  });
});

const upper = "7E1F6D5A-BFE7-4B7D-8125-C3017E661954";
const project = "0123456789ABCDEF0123456789ABCDEF";

it.each<[string, unknown, unknown]>([
  ["a key in another case", upper, upper.toLowerCase()],
  ["a project in another case", project, project.toLowerCase()],
  ["an object with the same parts in another order", { a: 1, b: { c: "x" } }, { b: { c: "x" }, a: 1 }],
  ["a part that is undefined and one that is not there", { a: 1, b: undefined }, { a: 1 }],
  ["a list", [1, "a"], [1, "a"]],
  ["nothing", null, null],
])("takes for the same: %s", (_, one, other) => {
  expect(changed({ oldInputs: { x: one }, news: { x: other } })).not.toHaveProperty("x");
});

it.each<[string, unknown, unknown]>([
  ["a name in another case", "Team", "team"],
  ["what is longer than an ID, in another case", `${upper}A`, `${upper}a`],
  ["what is longer than a project's ID, in another case", `${project}A`, `${project}a`],
  ["what begins before an ID, in another case", `x${upper}`, `x${upper.toLowerCase()}`],
  ["what begins before a project's ID, in another case", `x${project}`, `x${project.toLowerCase()}`],
  ["an object with one part more", { a: 1 }, { a: 1, b: 2 }],
  ["an object with one part less", { a: 1, b: 2 }, { a: 1 }],
  ["a part of an object", { a: { b: 1 } }, { a: { b: 2 } }],
  ["a text and an object", "a", { 0: "a" }],
  ["an object and a text", { 0: "a" }, "a"],
  ["an object and nothing", {}, null],
  ["nothing and an object", null, {}],
  ["a key and a number", upper, 7],
  ["a number and a key", 7, upper],
  ["a key and a list of it", upper, [upper]],
  ["a list of a key and the key, in another case", [upper], upper.toLowerCase()],
  ["what only looks like what is not known yet, and that", unknownValue.toUpperCase(), unknownValue],
  ["what is not known yet, and what only looks like it", unknownValue, unknownValue.toUpperCase()],
  ["two that are not known yet", unknownValue, unknownValue],
  ["what was not known, and a value", unknownValue, "a"],
  ["a value, and what is not known yet", "a", { b: unknownValue }],
])("takes for different: %s", (_, one, other) => {
  expect(changed({ oldInputs: { x: one }, news: { x: other } })).toMatchObject({ x: { kind: "update" } });
});

it("shows what is live as changed if the program is not, unless that is ignored", () => {
  const drift = { oldInputs: { kmsKeyId: "a" }, oldOutputs: { kmsKeyId: "b" }, news: { kmsKeyId: "a" } };
  expect(changed(drift)).toEqual({ kmsKeyId: { kind: "update", replaces: false, isOfInputs: false } });
  expect(changed({ ...drift, oldOutputs: {} })).toEqual({
    kmsKeyId: { kind: "add", replaces: false, isOfInputs: false },
  });
  expect(changed({ ...drift, ignored: ["kmsKeyId"] })).toEqual({});
});

it("shows what is live as changed beside what the program has changed, if it differs", () => {
  const bags = { oldInputs: { kmsKeyId: "a", onDelete: "reset" }, news: { kmsKeyId: "a", onDelete: "keep" } };
  const onDelete = { kind: "update", replaces: false, isOfInputs: true };
  const found = (oldOutputs: Compared["oldOutputs"], ignored: string[] = []) =>
    changed({ ...bags, oldOutputs, ignored });
  expect(found({ kmsKeyId: "a" })).toEqual({ onDelete });
  expect(found({ kmsKeyId: "b" })).toEqual({
    onDelete,
    kmsKeyId: { kind: "update", replaces: false, isOfInputs: false },
  });
  expect(found({})).toEqual({ onDelete, kmsKeyId: { kind: "add", replaces: false, isOfInputs: false } });
  expect(found({ kmsKeyId: "b" }, ["kmsKeyId"])).toEqual({ onDelete });
  // Alone it is shown although it is the same: its write was not confirmed.
  const same = { kmsKeyId: "a" };
  expect(changed({ oldInputs: same, oldOutputs: same, news: same })).toEqual({
    kmsKeyId: { kind: "update", replaces: false, isOfInputs: false },
  });
  expect(changed({ oldInputs: { kmsKeyId: "a" }, oldOutputs: { kmsKeyId: "b" }, news: { kmsKeyId: "c" } })).toEqual({
    kmsKeyId: { kind: "update", replaces: false, isOfInputs: true },
  });
});
