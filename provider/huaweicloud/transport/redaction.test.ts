import { withoutLongWords, withoutSecrets } from "./redaction";

const secret = 'a"b\\c d/é';

it.each([
  ["as it is", secret],
  ["in JSON", JSON.stringify({ secret })],
  ["in JSON in JSON", JSON.stringify({ body: JSON.stringify({ secret }) })],
  ["in a URL", `?secret=${encodeURIComponent(secret)}`],
  ["in JSON in a URL", `?body=${encodeURIComponent(JSON.stringify({ secret }))}`],
])("takes a secret out %s", (_, text) => {
  const shown = withoutSecrets(text, ["", secret]);
  expect(shown).toContain("***");
  expect(shown).not.toMatch(/a(\W|%22|%5C)*b/);
});

it("takes a secret out as a header has it, which leaves out what it cannot hold", () => {
  expect(withoutSecrets("bad: token7", ["to\nke\u20acn7"])).toBe("bad: ***");
});

it("takes the longer of two secrets out whole", () => {
  expect(withoutSecrets("secret-of-two", ["secret", "secret-of-two"])).toBe("***");
});

it.each([
  ["the beginning", "x-auth-token: MIIabcdefghi (cut)", "x-auth-token: *** (cut)"],
  ["the end", "(cut) stuvwxyz0123", "(cut) ***"],
  ["a part in the middle", "…fghijklmnopqrs…", "…***…"],
  ["two parts, one after the other", "MIIabcdefghi efghijklmnop", "*** ***"],
  ["two that overlap in the secret, as one", "MIIabcdefghijklmnop", "***"],
  ["what is too short to be known", "MIIabcdefgh", "MIIabcdefgh"],
])("takes %s of a secret out", (_, text, expected) => {
  expect(withoutSecrets(text, ["MIIabcdefghijklmnopqrstuvwxyz0123"])).toBe(expected);
});

it("finds the whole of a secret of many kilobytes, and what is left out of it is at its edges", () => {
  const secret = Array.from({ length: 60_000 }, (_, at) => ((at * 7919) % 99_991).toString(36)).join("");
  expect(withoutSecrets(`a ${secret} b`, [secret])).toMatch(/^(a )?\*\*\*( b)?$/);
  expect(withoutSecrets(`a ${secret.slice(100_001, 100_100)} b`, [secret])).toMatch(/^(a )?\*\*\*( b)?$/);
});

it("shows only the part before the given end", () => {
  expect(withoutSecrets("one two three", ["four"], 7)).toBe("one two");
  expect(withoutSecrets("one four three", ["four"], 6)).toBe("one ***");
  expect(withoutSecrets("one two four", ["four"], 7)).toBe("one two");
});

it("leaves words and takes what could be a key", () => {
  expect(withoutLongWords(`cannot connect to upstream-1: ${"k".repeat(32)}, ${"k".repeat(31)}`)).toBe(
    `cannot connect to upstream-1: ***, ${"k".repeat(31)}`,
  );
});
