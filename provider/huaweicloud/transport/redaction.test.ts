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

it("takes the longer of two secrets out whole", () => {
  expect(withoutSecrets("secret-of-two", ["secret", "secret-of-two"])).toBe("***");
});

it("leaves words and takes what could be a key", () => {
  expect(withoutLongWords(`cannot connect to upstream-1: ${"k".repeat(32)}, ${"k".repeat(31)}`)).toBe(
    `cannot connect to upstream-1: ***, ${"k".repeat(31)}`,
  );
});
