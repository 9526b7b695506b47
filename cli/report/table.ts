// The report as a table for a terminal: it fits the terminal's width, and has colour if it may.
import Table from "cli-table3";
import stringWidth from "string-width";
import type { ProjectFinding, Report, Verdict } from "./findings";
import { changeOf, disksOf, goneOf, interrupted, rotationOf, stateOf, sumOf, useOf, verdictOf, whyOf } from "./wording";

export interface Terminal {
  /** In characters. */
  width: number;
  colour: boolean;
}

const colours: Readonly<Record<Verdict, number>> = {
  ok: 32,
  off: 31,
  "service-key": 33,
  "wrong-key": 31,
  "key-unusable": 31,
  "not-checked": 35,
};

interface Column {
  heading: string;
  of: (finding: ProjectFinding) => string;
  /** A column that no finding fills is left out. */
  always?: boolean;
}

/** No column is narrowed to less than this, in characters. */
const leastWidth = 4;

/** Heading of the column that holds sentences. */
const sentences = "why";

const columns: readonly Column[] = [
  { heading: "verdict", of: verdictOf, always: true },
  { heading: "account", of: ({ account }) => account.name ?? account.id ?? "" },
  // A project's name begins with its region.
  {
    heading: "project",
    of: ({ projectName, region, projectId }) => projectName ?? region ?? projectId ?? "",
    always: true,
  },
  { heading: "key", of: ({ keyAlias, kmsKeyId }) => keyAlias ?? kmsKeyId ?? "", always: true },
  { heading: "key's state", of: stateOf },
  { heading: "rotation", of: rotationOf },
  { heading: "disks", of: disksOf },
  { heading: "uses the key", of: useOf },
  { heading: "declared", of: ({ declared }) => declared?.status ?? "" },
  { heading: "change", of: changeOf },
  { heading: sentences, of: whyOf },
];

export function toTable(report: Report, { width, colour }: Terminal): string {
  const { projects, notes, gone = [], partial } = report;
  const several = new Set(projects.map(({ account }) => account.id ?? account.name)).size > 1;
  const shownColumns = columns.filter(
    ({ heading, of, always }) =>
      always || (heading === "account" ? several : projects.some((finding) => of(finding) !== "")),
  );
  const headings = shownColumns.map(({ heading }) => heading);
  const rows = projects.map((finding) => shownColumns.map(({ of }) => of(finding)));
  const widths = widthsOf(headings, rows, width);
  const table = new Table({
    head: headings.map((heading, column) => breakWords(heading, widths[column] ?? 0)),
    colWidths: widths.map((each) => each + padding),
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  for (const [index, row] of rows.entries()) {
    const [first = "", ...others] = row.map((text, column) => breakWords(text, widths[column] ?? 0));
    const verdict = projects[index]?.verdict ?? "not-checked";
    table.push([colour ? `\u001b[${colours[verdict]}m${first}\u001b[39m` : first, ...others]);
  }
  const lines = [
    ...(projects.length > 0 ? [table.toString()] : []),
    ...(partial ? [interrupted] : []),
    sumOf(report),
    ...gone.map(goneOf),
    ...notes.map((note) => `Note: ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** Beside the text of each column, a space on each side. */
const padding = 2;

/** As wide as the text of each column; the widest are narrowed until all fit. */
function widthsOf(headings: readonly string[], rows: readonly string[][], width: number): number[] {
  const widths = headings.map((heading, index) =>
    rows.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? "")), stringWidth(heading)),
  );
  const room = width - 1 - widths.length * (padding + 1);
  // Sentences need more room than names.
  const lasting = widths.map((_, index) => (headings[index] === sentences ? 10 : 0));
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    const pressed = widths.map((each, index) => each - (lasting[index] ?? 0));
    const widest = pressed.indexOf(Math.max(...pressed));
    if ((widths[widest] ?? 0) <= leastWidth) break; // the terminal wraps
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** A word that is longer than its column, such as an ID, is broken: cli-table3 would cut it off. */
function breakWords(text: string, width: number): string {
  return text
    .split(" ")
    .map((word) => (stringWidth(word) <= width ? word : chunksOf(word, width).join(" ")))
    .join(" ");
}

function chunksOf(word: string, width: number): string[] {
  const chunks = [""];
  for (const character of word) {
    const longer = (chunks.at(-1) ?? "") + character;
    if (stringWidth(longer) <= width) chunks[chunks.length - 1] = longer;
    else chunks.push(character);
  }
  return chunks;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
