// The one path of everything from outside that is shown: bounded, without secrets, without control characters, short.
import { knownSecrets } from "./knownSecrets";
import { clean, withoutSecrets } from "./redaction";

declare const brand: unique symbol;
/** A text that is fit to be shown. Only `shown` makes one. */
export type Shown = string & { readonly [brand]: true };

export interface Showing {
  /** What must not be in it, however it is spelled, besides what this process has sent (knownSecrets.ts). */
  secrets?: Iterable<string>;
  /** The most characters. Default 1000. */
  limit?: number;
}

/** What is looked at, in characters. */
const mostLookedAt = 16 * 1024;

const ESC = "\\u001b";
const oneStart = "\\u0090\\u0098\\u009d-\\u009f";
const stringStart = `(?:${ESC}[\\]PX^_]|[${oneStart}])`;
const stringEnd = `(?:\\u0007|${ESC}\\\\|\\u009c)`;
/** Terminal sequences: colours and cursor; titles and links, which have an end. */
const terminalSequences = new RegExp(
  `(?:${ESC}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${stringStart}[^\\u0007${ESC}\\u009c${oneStart}]{0,512}${stringEnd}`,
  "g",
);

/** Invisible ones that are two units of UTF-16 each; the others go with the control characters. */
const invisiblePairs = /[\u{e0000}-\u{e0fff}]/gu;
/** Marks that are put on one character, and with many of them over the lines above and below. */
const marks = /\p{M}+/gu;
const mostMarks = 4;

/** Pipelines take these for commands: GitHub's at the start of a line, Azure's and TeamCity's anywhere. */
const commandAtStart = /^ ?::/;
const commandAnywhere = /##(?=[a-z]{0,16}\[)/gi;

/** The text as it can be shown in one line of a terminal, a log or a comment. */
export function shown(text: string, { secrets = [], limit = 1000 }: Showing = {}): Shown {
  const looked = text.slice(0, mostLookedAt);
  const cleaned = clean(looked.replace(terminalSequences, "").replace(invisiblePairs, ""));
  const isCut = looked.length < text.length;
  // Where the text was cut, the beginning of a secret may stand, too short to be known: it must be far behind what is shown.
  if (isCut && cleaned.length < mostLookedAt / 2) return "(a text that cannot be shown)" as Shown;
  const safe = withoutSecrets(cleaned, secrets, isCut ? mostLookedAt / 4 : cleaned.length, knownSecrets.forms);
  const whole = wellFormed(isCut ? `${safe}…` : safe).replace(marks, (run) => [...run].slice(0, mostMarks).join(""));
  return shorten(whole, limit).replace(commandAtStart, ": :").replace(commandAnywhere, "# #") as Shown;
}

function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1);
  // Not in the middle of a character.
  return `${/[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Half a pair of surrogates is no character, and cannot be sent as UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
