import { clean, withoutLongWords, withoutSecrets } from "./redaction";

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

describe("a secret of special characters", () => {
  const each = (write: (code: number) => string) => [...secret].map((one) => write(one.codePointAt(0) ?? 0)).join("");
  const hex = (digits: number) => (code: number) => code.toString(16).padStart(digits, "0");
  const secret = "p&s w\u00e9rd";

  it.each([
    ["JSON", each((code) => `\\u${hex(4)(code)}`)],
    ["JavaScript and Rust", each((code) => `\\u{${hex(1)(code)}}`)],
    ["Python", each((code) => `\\U${hex(8)(code)}`)],
    ["C and Python, by bytes", each((code) => `\\x${hex(2)(code)}`)],
    ["C, in octal", each((code) => `\\${code.toString(8).padStart(3, "0")}`)],
    ["old JavaScript", each((code) => `%u${hex(4)(code)}`)],
    ["a URL", encodeURIComponent(secret)],
    ["a form", "p%26s+w%C3%A9rd"],
    ["HTML, in hex", each((code) => `&#x${hex(1)(code)};`)],
    ["HTML, in decimal", each((code) => `&#${code};`)],
    ["HTML, by name", "p&amp;s&nbsp;w\u00e9rd"],
    ["HTML, by name in upper case", "p&AMP;s w\u00e9rd"],
    ["a text with line breaks", "p&s\\nw\u00e9rd"],
    ["a text with slashes that are not needed", "p\\&s\\ w\u00e9rd"],
    ["UTF-8 read as Latin-1", Buffer.from(secret).toString("latin1")],
  ])("is found as %s writes it", (_, spelled) => {
    expect(withoutSecrets(`got ${spelled} !`, [secret])).toBe("got *** !");
  });

  it("is found however deep it is encoded, to a limit", () => {
    const deep = (times: number) => `p%${"25".repeat(times)}26s w\u00e9rd`;
    for (const times of [0, 1, 2, 3, 4]) expect(withoutSecrets(deep(times), [secret])).toBe("***");
    expect(withoutSecrets(deep(5), [secret])).toBe(deep(5));
  });

  it.each([
    ["beyond what UTF-16 has in one unit", "ab\u{1f600}cd", "ab&#x1f600;cd"],
    ["the last there is", "ab\u{10ffff}cd", "ab&#x10ffff;cd"],
  ])("is found with a character %s", (_, secret, spelled) => {
    expect(withoutSecrets(`got ${spelled} !`, [secret])).toBe("got *** !");
  });

  it.each(["&#x110000;", "&#9999999;", "&nothing;", "&toString;"])(
    "is found behind %s, which is no character",
    (text) => {
      expect(withoutSecrets(`${text} ${secret}`, [secret])).toBe(`${text} ***`);
    },
  );
});

it.each([0, 1, 2])("takes a secret out in base64, %s bytes behind others", (offset) => {
  const secret = "s3cr3t?>word~~?>";
  const bytes = Buffer.from(`${"xyz".slice(0, offset)}${secret}:role`);
  for (const encoding of ["base64", "base64url"] as const) {
    const text = bytes.toString(encoding);
    // But for the characters that the bytes beside it make, too.
    const [, before = "", after = ""] = /^(.*)\*\*\*(.*)$/.exec(withoutSecrets(text, [`${secret}\n`])) ?? [];
    expect([text.startsWith(before), text.endsWith(after)]).toEqual([true, true]);
    expect(before.length).toBe([0, 2, 3][offset]);
    expect(after.length).toBeGreaterThan(6);
    expect(after.length).toBeLessThanOrEqual(10);
  }
});

it("leaves what is too short to be told from a word", () => {
  expect(withoutSecrets("ab YWJj YWJjZ", ["%61%62", "abcd"])).toBe("ab YWJj YWJjZ");
  expect(withoutSecrets("abcd YWJjZGU=", ["%61bcd", "abcde"])).toBe("*** ***U=");
});

it("takes a secret for what is sent of it, without white space around it", () => {
  expect(withoutSecrets("got s3cretxx!", [" s3cretxx\n"])).toBe("got ***!");
  expect(withoutSecrets(`got ${Buffer.from("s3cretxx").toString("base64")}`, [" s3cretxx\n"])).toMatch(
    /^got \*\*\*.{0,2}$/,
  );
  expect(withoutSecrets("got s3cretxx!", ["%20s3cretxx%20"])).toBe("got ***!");
  expect(withoutSecrets("a b\nc", ["", " ", "\n"])).toBe("a b\nc");
});

it("takes a secret out at its place, whatever invisible characters are before it", () => {
  expect(withoutSecrets("\u0000\u200b a\u0000b s3cretxx", ["s3cretxx"])).toBe("\u0000\u200b a\u0000b ***");
  expect(withoutSecrets("xx %73%33cretxx yy", ["s3cretxx"])).toBe("xx *** yy");
});

it("shows nothing of a secret that begins where the shown part ends", () => {
  expect(withoutSecrets("one s3cretxx", ["s3cretxx"], 4)).toBe("one ");
});

it("leaves no control character and no white space but single spaces", () => {
  expect(clean("a\u007fb\u0080c\u009fd\u00a0e \u0085 f\u001f\u0020g")).toBe("abcd e f g");
});
