// Removes secrets from a text, in every common spelling: as JSON, URLs, HTML, Python or Go encode them, also nested, and
// base64.

/** A text, and the position of each of its characters in the original text; without these, it is the original text. */
interface View {
  text: string;
  starts?: number[];
  ends?: number[];
}

const startOf = ({ starts }: View, at: number): number => starts?.[at] ?? at;
const endOf = ({ ends }: View, at: number): number => ends?.[at] ?? at + 1;

/** Nested encodings that are decoded; deeper ones are not found. */
const maxLayers = 6;
/** Shorter spellings of longer secrets could be ordinary words. */
const leastLength = 4;
/** Length of the parts of a secret that are searched for, because a message may quote a part of it. */
const partLength = 12;
/** Parts that are kept of one spelling; of a longer one every second part, every third, and so on. */
const maxParts = 16 * 1024;

/** The patterns of a secret: short texts whole, and parts of longer ones with the characters that may be missed beside each. */
export interface Forms {
  short: Set<string>;
  parts: Map<string, number>;
}

export const noForms = (): Forms => ({ short: new Set(), parts: new Map() });

/** Adds the patterns of one secret to those of others, to search for all at once. */
export function mergeForms(into: Forms, { short, parts }: Forms): void {
  for (const form of short) into.short.add(form);
  for (const [part, missed] of parts) into.parts.set(part, Math.max(missed, into.parts.get(part) ?? 0));
}

/**
 * Returns the text without these secrets and parts of them, in any spelling. Of a text that was cut only the part before
 * `until` is returned, because its end may be the beginning of a secret. `known` has the patterns of further secrets.
 */
export function withoutSecrets(
  text: string,
  secrets: Iterable<string>,
  until = text.length,
  known: Forms = noForms(),
): string {
  const wanted = [...secrets].filter((secret) => clean(secret).trim() !== "");
  const forms = [...wanted.map(formsOf), known];
  const found = layers(viewOf(text)).flatMap((view) => forms.flatMap((of) => find(of, view)));
  found.sort(([one], [other]) => one - other);
  let shown = "";
  let done = 0;
  for (const [start, end] of found) {
    if (start >= until) break;
    if (start >= done) shown += `${text.slice(done, start)}***`;
    done = Math.max(done, end);
  }
  return shown + text.slice(done, until);
}

type Span = [start: number, end: number];

/** Finds the secret in the view, as positions of the original text. */
function find({ short, parts }: Forms, view: View): Span[] {
  const { text } = view;
  const found: Span[] = [];
  let openUntil = 0;
  const add = (from: number, until: number) => {
    const end = endOf(view, Math.min(until, text.length) - 1);
    const last = found.at(-1);
    if (last && from <= openUntil) last[1] = Math.max(last[1], end);
    else found.push([startOf(view, Math.max(from, 0)), end]);
    openUntil = until;
  };
  for (let at = 0; parts.size > 0 && at + partLength <= text.length; at += 1) {
    const missed = parts.get(text.slice(at, at + partLength));
    if (missed !== undefined) add(at - missed, at + partLength + missed);
  }
  for (const form of short) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + form.length)) {
      found.push([startOf(view, at), endOf(view, at + form.length - 1)]);
    }
  }
  return found;
}

/** A cache of the last secrets' patterns, because the parts of a message have the same secrets. */
const lastForms = new Map<string, Forms>();

function formsOf(secret: string): Forms {
  const known = lastForms.get(secret);
  if (known) return known;
  if (lastForms.size > 50) lastForms.clear();
  const forms = makeForms(secret);
  lastForms.set(secret, forms);
  return forms;
}

/** Returns the step between kept parts for the number of possible parts. */
type Step = (possible: number) => number;
const everyOneToALimit: Step = (possible) => Math.ceil(possible / maxParts);

/** Makes the patterns of a secret: itself, as bytes, as a form field, all of these decoded, and cores of its base64. */
export function makeForms(secret: string, stepOf: Step = everyOneToALimit): Forms {
  const sent = secret.trim();
  // axios removes characters that a header cannot hold, such as a line break in a token.
  const inHeader = sent.replace(/[^\t -~\u0080-\u00ff]/g, "");
  const characters = [sent, sent.replaceAll(" ", "+"), inHeader];
  const written = characters.flatMap((text) => [text, inBytes(text), inBytes(inBytes(text))]);
  const decoded = [...new Set(written)].flatMap((text) => layers(viewOf(text)).map((view) => view.text.trim()));
  const long = [...decoded, ...base64Cores(sent)].filter((form) => form.length >= leastLength);
  const forms = noForms();
  for (const form of new Set([clean(sent), ...long])) {
    if (form.length < partLength) forms.short.add(form);
    else addParts(forms.parts, form, stepOf);
  }
  return forms;
}

function addParts(parts: Map<string, number>, form: string, stepOf: Step): void {
  const last = form.length - partLength;
  const step = stepOf(last + 1);
  for (let at = 0; at <= last; at += step) parts.set(form.slice(at, at + partLength), step - 1);
  // So that the form as a whole is found to its end.
  parts.set(form.slice(last), step - 1);
}

/** The text with its UTF-8 bytes read as Latin-1 characters. */
function inBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** The base64 characters that depend on this text alone, for each offset in the encoded data. */
function base64Cores(text: string): string[] {
  const cores: string[] = [];
  for (const encoding of ["utf8", "latin1"] as const) {
    const bytes = Buffer.from(text, encoding);
    for (const offset of [0, 1, 2]) {
      const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
      const core = whole.slice(Math.ceil((8 * offset) / 6), Math.floor((8 * (offset + bytes.length)) / 6));
      if (core.length >= 6) cores.push(core, core.replaceAll("+", "-").replaceAll("/", "_"));
    }
  }
  return cores;
}

/** Zero-width characters, direction overrides, fillers, variation selectors. */
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;

/** Returns the character as shown: empty for control characters, a space for white space. */
export function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code > 0x20 && code < 0x7f) return character;
  if (/\s/.test(character) && code !== 0xfeff) return " ";
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return code === 0x85 ? " " : "";
  return invisible.test(character) ? "" : character;
}

/** The text without control and invisible characters, and with single spaces. */
export function clean(text: string): string {
  return viewOf(text).text;
}

function viewOf(text: string): View {
  // Nearly all texts are plain: showing a key ID takes a third of the time (6 of 17 microseconds), and leaves less garbage.
  if (!/[^ -~]| {2}/.test(text)) return { text };
  const view = new ViewBuilder();
  for (let at = 0; at < text.length; at += 1) view.add(text.charAt(at), at, at + 1);
  return view.built();
}

class ViewBuilder {
  readonly #characters: string[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Adds characters that come from these positions of the original text. */
  add(characters: string, start: number, end: number): void {
    for (let at = 0; at < characters.length; at += 1) {
      const shown = visible(characters.charAt(at));
      if (shown === "" || (shown === " " && this.#characters.at(-1) === " ")) continue;
      this.#characters.push(shown);
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  built(): View {
    return { text: this.#characters.join(""), starts: this.#starts, ends: this.#ends };
  }
}

/** The text, and the results of decoding it repeatedly. */
function layers(view: View): View[] {
  const made = [view];
  for (let last = view; made.length < maxLayers; made.push(last)) {
    const next = decode(last);
    if (next.text === last.text) break;
    last = next;
  }
  return made;
}

const hex = (digits: string) => `([0-9a-fA-F]{${digits}})`;
// Not in any case: Python's \U has eight digits, and JSON's \u four.
const escaped = [
  `\\\\u\\{${hex("1,6")}\\}`,
  `\\\\u${hex("4")}`,
  `\\\\U${hex("8")}`,
  `\\\\[xX]${hex("2")}`,
  `%[uU]${hex("4")}`,
  `%${hex("2")}`,
  `&#[xX]${hex("1,6")};?`,
];
const others = /\\([0-7]{3})|&#(\d{1,7});?|&([a-zA-Z]{2,8});|\\(.)/;
const pattern = new RegExp([...escaped, others.source].join("|"), "g");

/** Decodes one layer of encoding. */
function decode(from: View): View {
  const { text } = from;
  if (!/[\\%&]/.test(text)) return from;
  const view = new ViewBuilder();
  let done = 0;
  const copy = (until: number) => {
    for (; done < until; done += 1) view.add(text.charAt(done), startOf(from, done), endOf(from, done));
  };
  for (const match of text.matchAll(pattern)) {
    const character = characterOf(match);
    if (character === undefined) continue;
    copy(match.index);
    done = match.index + match[0].length;
    view.add(character, startOf(from, match.index), endOf(from, done - 1));
  }
  copy(text.length);
  return view.built();
}

/** Letters after a backslash that stand for white space; other letters stand for themselves. */
const whiteSpace = /[nrtfv]/;

function characterOf(match: RegExpExecArray): string | undefined {
  const [, ...groups] = match;
  const [octal, decimal, name, character] = groups.slice(escaped.length);
  const hexadecimal = groups.slice(0, escaped.length).find((group) => group !== undefined);
  if (character !== undefined) return whiteSpace.test(character) ? " " : character;
  if (name !== undefined) return entities[name.toLowerCase()];
  const code =
    hexadecimal === undefined
      ? Number.parseInt(octal ?? decimal ?? "", octal === undefined ? 10 : 8)
      : Number.parseInt(hexadecimal, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** HTML entities of the characters that tokens, keys and passwords have. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  ast: "*",
  bsol: "\\",
  colon: ":",
  comma: ",",
  commat: "@",
  dollar: "$",
  equals: "=",
  excl: "!",
  grave: "`",
  gt: ">",
  hat: "^",
  lbrace: "{",
  lbrack: "[",
  lcub: "{",
  lowbar: "_",
  lpar: "(",
  lsqb: "[",
  lt: "<",
  nbsp: " ",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quest: "?",
  quot: '"',
  rbrace: "}",
  rbrack: "]",
  rcub: "}",
  rpar: ")",
  rsqb: "]",
  semi: ";",
  sol: "/",
  verbar: "|",
  vert: "|",
};

/** Masks long words of unknown origin, which may be tokens or keys. */
export function withoutLongWords(text: string): string {
  // Only from the start of a word: else a text of shorter words would be read 31 times.
  return text.replace(/(?<![\w+/=-])[\w+/=-]{32,}/g, "***");
}
