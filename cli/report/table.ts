// The report as a table for a terminal: it fits the terminal's width, and has colour if it may.
import Table from "cli-table3";
import stringWidth from "string-width";
import { isWaived, type ProjectFinding, type Report, type Verdict, verdicts } from "./findings";

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
  /** The least that it may be narrowed to. */
  least: number;
}

const columns: readonly Column[] = [
  { heading: "verdict", of: verdictOf, always: true, least: 12 },
  { heading: "account", of: ({ account }) => account.name ?? account.id ?? "", least: 10 },
  { heading: "region", of: ({ region }) => region ?? "", always: true, least: 10 },
  { heading: "project", of: ({ projectName, projectId }) => projectName ?? projectId ?? "", always: true, least: 10 },
  { heading: "key", of: ({ keyAlias, kmsKeyId }) => keyAlias ?? kmsKeyId ?? "", always: true, least: 10 },
  { heading: "key's state", of: stateOf, least: 11 },
  { heading: "rotation", of: rotationOf, least: 8 },
  { heading: "disks", of: ({ disks }) => (disks ? `${disks.encrypted} of ${disks.total} encrypted` : ""), least: 9 },
  { heading: "uses the key", of: useOf, least: 9 },
  { heading: "declared", of: ({ declared }) => declared?.status ?? "", least: 12 },
  { heading: "change", of: changeOf, least: 9 },
  { heading: "why", of: whyOf, least: 20 },
];

export function toTable(report: Report, { width, colour }: Terminal): string {
  const { projects, notes, gone = [], partial } = report;
  const several = new Set(projects.map(({ account }) => account.id ?? account.name)).size > 1;
  const shownColumns = columns.filter(
    ({ heading, of, always }) =>
      always || (heading === "account" ? several : projects.some((finding) => of(finding) !== "")),
  );
  const rows = projects.map((finding) => shownColumns.map(({ of }) => of(finding)));
  const table = new Table({
    head: shownColumns.map(({ heading }) => heading),
    colWidths: widthsOf(shownColumns, rows, width),
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  for (const [index, row] of rows.entries()) {
    const verdict = projects[index]?.verdict ?? "not-checked";
    const [first = "", ...others] = row;
    table.push([colour ? `\u001b[${colours[verdict]}m${first}\u001b[39m` : first, ...others]);
  }
  const lines = [
    ...(projects.length > 0 ? [table.toString()] : []),
    ...(partial ? ["The audit was interrupted: this is what was found so far."] : []),
    sumOf(report),
    ...gone.map(({ region, projectId, projectName, account }) => {
      const place = [account.name ?? account.id, region, projectName ?? projectId].filter((part) => part !== null);
      return `No longer there: ${place.join(", ")}.`;
    }),
    ...notes.map((note) => `Note: ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

function verdictOf(finding: ProjectFinding): string {
  return isWaived(finding) ? `${finding.verdict} (waived)` : finding.verdict;
}

function stateOf({ keyState, keyDeletionDate }: ProjectFinding): string {
  return keyDeletionDate === null ? (keyState ?? "") : `${keyState}, ${keyDeletionDate.slice(0, 10)}`;
}

function rotationOf({ keyRotation, keyRotationDays }: ProjectFinding): string {
  if (keyRotation === null) return "";
  if (!keyRotation) return "no";
  return keyRotationDays === null ? "yes" : `${keyRotationDays} days`;
}

function useOf({ keyUse }: ProjectFinding): string {
  if (keyUse === undefined) return "";
  const { asDefault, asPrevious, disks } = keyUse;
  const uses = [
    ...(asDefault ? ["default"] : []),
    ...(asPrevious.length > 0 ? [`noted by ${asPrevious.length}`] : []),
    ...(disks === null ? ["disks unknown"] : disks > 0 ? [`${disks} disks`] : []),
  ];
  return uses.join(", ") || "no";
}

function changeOf({ change }: ProjectFinding): string {
  if (change === undefined || change.kind !== "changed") return change?.kind ?? "";
  return `was ${change.before?.verdict}`;
}

function whyOf({ reason = "", waiver }: ProjectFinding): string {
  if (waiver === undefined) return reason;
  const until = waiver.expired ? `Waiver of ${waiver.owner} expired on` : `Waived by ${waiver.owner} until`;
  return [reason, `${until} ${waiver.expires}: ${waiver.reason}`].filter(Boolean).join(" ");
}

function sumOf({ summary: { projects, verdicts: counts, waived } }: Report): string {
  const parts = verdicts.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdict}`);
  const ofThem = waived > 0 ? ` (${waived} waived)` : "";
  return `${projects} ${projects === 1 ? "project" : "projects"}: ${parts.join(", ") || "nothing"}${ofThem}.`;
}

/** A border on each side of each column, and a space on each side of its text. */
const paddingOf = 2;

/** As wide as the text of each column; the widest are narrowed until all fit. */
function widthsOf(shownColumns: readonly Column[], rows: readonly string[][], width: number): number[] {
  const widths = shownColumns.map(({ heading }, index) =>
    rows.reduce((widest, row) => Math.max(widest, stringWidth(row[index] ?? "")), stringWidth(heading)),
  );
  const room = width - 1 - shownColumns.length * (paddingOf + 1);
  for (let excess = sum(widths) - room; excess > 0; excess -= 1) {
    const widest = widths.reduce(
      (found, each, index) => (each > (shownColumns[index]?.least ?? 0) && each > (widths[found] ?? 0) ? index : found),
      widths.findIndex((each, index) => each > (shownColumns[index]?.least ?? 0)),
    );
    if (widest < 0) break; // narrower than its least no column is: the terminal wraps
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths.map((each) => each + paddingOf);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
