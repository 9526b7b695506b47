// Sanitizes every text from outside before it is shown: bounded, without secrets, without control characters.
import { knownSecrets } from "./knownSecrets";
import { clean, withoutSecrets } from "./redaction";

declare const brand: unique symbol;
/** A sanitized text. Only `shown` makes one. */
export type Shown = string & { readonly [brand]: true };

export interface Showing {
  /** Secrets to remove in every spelling, besides those that this process has sent (knownSecrets.ts). */
  secrets?: Iterable<string>;
  /** Maximum length in characters. Default 1000. */
  limit?: number;
}

/** Length of the prefix that is read, in characters. */
const maxRead = 16 * 1024;

const ESC = "\\u001b";
const oneStart = "\\u0090\\u0098\\u009d-\\u009f";
const stringStart = `(?:${ESC}[\\]PX^_]|[${oneStart}])`;
const stringEnd = `(?:\\u0007|${ESC}\\\\|\\u009c)`;
/** Terminal sequences: colours and cursor; titles and links, which have an end. */
const terminalSequences = new RegExp(
  `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${stringStart}[^\\u0007${ESC}\\u009c${oneStart}]{0,512}${stringEnd}`,
  "g",
);

/** Invisible characters of two UTF-16 units each; the others are removed with the control characters. */
const invisiblePairs = /[\u{e0000}-\u{e0fff}]/gu;
/** Combining marks: many on one character cover the lines above and below. */
const marks = /\p{M}+/gu;
const maxMarks = 4;

/** Commands of pipelines: GitHub's at the start of a line, Azure's and TeamCity's anywhere. */
const commandAtStart = /^ ?::/;
const commandAnywhere = /##(?=[a-z]{0,16}\[)/gi;

/** Returns the text sanitized for one line of a terminal, a log or a comment. */
export function shown(text: string, { secrets = [], limit = 1000 }: Showing = {}): Shown {
  const looked = text.slice(0, maxRead);
  const cleaned = clean(looked.replace(terminalSequences, "").replace(invisiblePairs, ""));
  const isCut = looked.length < text.length;
  // At the cut there may be the beginning of a secret, too short to be recognized: it must be far behind the shown part.
  if (isCut && cleaned.length < maxRead / 2) return "(text not shown)" as Shown;
  const safe = withoutSecrets(cleaned, secrets, isCut ? maxRead / 4 : cleaned.length, knownSecrets.forms);
  const whole = wellFormed(isCut ? `${safe}…` : safe).replace(marks, (run) => [...run].slice(0, maxMarks).join(""));
  return shorten(whole, limit).replace(commandAtStart, ": :").replace(commandAnywhere, "# #") as Shown;
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  // Not in the middle of a character.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Replaces lone surrogates, which UTF-8 cannot encode. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
