// A secret of which a part is quoted, or that stands where a text was cut: no part of it that could be recognised is shown.
import fc from "fast-check";
import { shown } from "../../provider/huaweicloud/transport/shown";

/** Ways to spell a text that can be undone by `unspelled`. */
const spell = {
  "as it is": (text: string) => text,
  "as \\u": (text: string) => text.replace(/[\s\S]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`),
  percent: (text: string) => text.replace(/[\s\S]/g, (c) => `%${c.charCodeAt(0).toString(16)}`),
  HTML: (text: string) => text.replace(/[\s\S]/g, (c) => `&#${c.charCodeAt(0)};`),
};
const unspelled = (text: string) =>
  text.replace(/\\u([0-9a-f]{4})|%([0-9a-f]{2})|&#(\d+);/g, (_, unit, byte, decimal) =>
    String.fromCharCode(decimal ? Number(decimal) : Number.parseInt(unit ?? byte, 16)),
  );
const windows = (text: string, length: number) =>
  new Set(Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length)));

const secret = fc.oneof(
  { weight: 100, arbitrary: fc.string({ unit: fc.constantFrom(..."abXY09+/=-_."), minLength: 16, maxLength: 400 }) },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(..."abXY09+/="), minLength: 17_000, maxLength: 40_000 }) },
);
/** Where the text is cut at the latest, and what is shown of it. */
const edges = fc.constantFrom(0, 1, 5, 500, 990, 1000, 3990, 4090, 4096, 8190, 16_300, 16_380, 20_000);

it("shows no twelve characters of a secret in a row, whoever cut it, and wherever", () => {
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom(...Object.values(spell)),
      edges,
      fc.integer({ min: 0, max: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.constantFrom(100, 1000, 4000),
      (given, spelling, edge, more, one, other, limit) => {
        const [from, until] = [one, other].map((share) => Math.round(share * given.length)).sort((a, b) => a - b);
        const part = spelling(given.slice(from, until));
        const text = shown(`${"no ".repeat(edge / 3)}${"!".repeat(more)} ${part} no`, { secrets: [given], limit });
        // Every second, third … part is known of a secret of more than 16 kB.
        const length = 12 + Math.floor((given.length * 4) / 3 / (16 * 1024));
        const known = windows(given, length);
        const seen = [...windows(text, length), ...windows(unspelled(text), length)];
        expect(seen.filter((window) => known.has(window))).toEqual([]);
      },
    ),
    { numRuns: 2000 },
  );
}, 60_000);
