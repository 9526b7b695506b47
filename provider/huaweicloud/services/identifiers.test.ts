// Identifiers: when two are the same. Their forms are tested through the arguments that users write.
import { sameId } from "./identifiers";

it.each([
  ["7e1f6d5a-bfe7", "7E1F6D5A-BFE7", true],
  ["", "", true],
  ["7e1f6d5a-bfe7", "7e1f6d5a-bfe8", false],
  ["7e1f6d5a-bfe7", "", false],
  [undefined, undefined, false],
  ["", undefined, false],
  [undefined, "7e1f6d5a-bfe7", false],
])("%j and %j: the same? %j", (one, other, same) => {
  expect(sameId(one, other)).toBe(same);
});
