// What a user sees of a text from outside: one short line, that a terminal and a pipeline take for text.
import fc from "fast-check";
import { shown } from "./shown";

it.each([
  ["plain words", "The key is disabled.", "The key is disabled."],
  ["several lines", "one\r\ntwo\u2028three\u0085four\tfive", "one two three four five"],
  ["colours", "\u001b[31mred\u001b[0m and \u009b1mbold", "red and bold"],
  ["a title and a link", "a\u001b]0;title\u0007b\u001b]8;;http://x\u001b\\c", "abc"],
  ["a sequence without an end", "a\u001b]0;b", "a]0;b"],
  ["a backspace and a bell", "abc\u0008\u0008x\u0007", "abcx"],
  ["text from right to left", "abc\u202etxt.exe\u2066", "abctxt.exe"],
  ["invisible characters", "se\u200bcr\ufeffet\u00ad", "secret"],
  ["invisible fillers", "a\u115f\u3164b\u034f\ufe0fc\ud840\udc00\udb40\udc41d", "abc\ud840\udc00d"],
  ["many marks on one character", `a${"\u0301".repeat(50)}b`, `a${"\u0301".repeat(4)}b`],
  ["half a character", "a\ud800b\udc00c😀", "a\ufffdb\ufffdc😀"],
  ["GitHub's command", "::add-mask::x", ": :add-mask::x"],
  ["GitHub's command on a line of its own", "no\n::error::x", "no ::error::x"],
  ["GitHub's command after a space", "  ::error::x", ": :error::x"],
  [
    "Azure's and TeamCity's commands",
    "a ##vso[task] ##[error] ##teamcity[x]",
    "a # #vso[task] # #[error] # #teamcity[x]",
  ],
  ["no command", "urn:pulumi::a ## b", "urn:pulumi::a ## b"],
])("%s", (_, text, expected) => {
  expect(shown(text)).toBe(expected);
});

it("has the maximum length that is given, and ends no character in the middle", () => {
  expect(shown("x".repeat(1001))).toBe(`${"x".repeat(999)}…`);
  expect(shown("x".repeat(1000))).toBe("x".repeat(1000));
  expect(shown("a😀b", { limit: 3 })).toBe("a…");
  expect(shown("ab😀c", { limit: 4 })).toBe("ab…");
  expect(shown("😀bcde", { limit: 4 })).toBe("😀b…");
});

it("shows no half of a secret where the text was cut", () => {
  const secret = "s3cr3t-that-is-long";
  const text = `${"\u0000".repeat(16 * 1024 - 10)}${secret}`;
  expect(shown(text, { secrets: [secret] })).toBe("(text not shown)");
  expect(shown(text.slice(20), { secrets: [secret] })).toBe("***");
  expect(shown(`${"x".repeat(990)}${secret}`, { secrets: [secret] })).not.toContain("s3c");
});

it("shows the beginning of a text that is too long, and that it goes on", () => {
  const words = "no ".repeat(10_000);
  expect(shown(words, { limit: 10_000 })).toBe(`${words.slice(0, 4096)}…`);
  // What is taken out makes room for what follows, up to where the text was cut.
  const token = "T0ken-that-is-long/".repeat(40);
  const text = shown(`${token} `.repeat(30), { secrets: [token], limit: 4000 });
  expect(text).toMatch(/^(\*\*\* )+(\*\*\*)?…$/);
});

it("is always one line without control characters, and within its limit", () => {
  const character = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("\u001b[", "\u001b]", "::", "##", "\r\n"));
  fc.assert(
    fc.property(fc.array(character, { maxLength: 60 }), fc.integer({ min: 1, max: 80 }), (parts, limit) => {
      const text = shown(parts.join(""), { limit });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^\s*::/);
      expect(text.length).toBeLessThanOrEqual(limit + 8);
    }),
    { numRuns: 2000 },
  );
});
