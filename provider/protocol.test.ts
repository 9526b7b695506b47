// The data between a front and a lifecycle.
import { hasUnknown, InitializationFailed, isBag, propertyOf, unknownValue } from "./protocol";

it("finds what is unknown, however deep it is", () => {
  expect([unknownValue, { a: [{ b: unknownValue }] }].map(hasUnknown)).toEqual([true, true]);
  expect([null, undefined, "", {}, { a: ["b", null] }].map(hasUnknown)).toEqual([false, false, false, false, false]);
  expect([null, undefined, "", 1, () => 1].map(isBag)).toEqual([false, false, false, false, false]);
  expect([propertyOf({ a: 1 }, "a"), propertyOf({}, "a"), propertyOf("text", "length")]).toEqual([
    1,
    undefined,
    undefined,
  ]);
});

describe("a resource that is half made", () => {
  it("has a reason of one line, and what is known of it", () => {
    const failed = new InitializationFailed("an ID", { a: 1 }, `no ${"no ".repeat(2000)}\u001b[31m`);
    expect([failed.name, failed.id, failed.properties]).toEqual(["InitializationFailed", "an ID", { a: 1 }]);
    expect(failed.reasons).toEqual([failed.message]);
    expect(failed.message.length).toBeGreaterThan(5000);
    expect(failed.stack).toBe(failed.message);
    expect("cause" in failed).toBe(false);
  });

  it("has a cause, if there is one", () => {
    const cause = new Error("because");
    expect(new InitializationFailed("an ID", {}, "no", cause).cause).toBe(cause);
  });
});
