// The report as CSV (RFC 4180), one line a project. Text from the cloud cannot become a formula of a spreadsheet.
import { isWaived, type ProjectFinding, type Report } from "./findings";

type Cell = string | number | boolean | null | undefined;

const columns: readonly [heading: string, of: (finding: ProjectFinding) => Cell][] = [
  ["verdict", ({ verdict }) => verdict],
  ["waived", isWaived],
  ["accountId", ({ account }) => account.id],
  ["accountName", ({ account }) => account.name],
  ["region", ({ region }) => region],
  ["projectId", ({ projectId }) => projectId],
  ["projectName", ({ projectName }) => projectName],
  ["reason", ({ reason }) => reason],
  ["cause", ({ cause }) => cause],
  ["enabled", ({ enabled }) => enabled],
  ["kmsKeyId", ({ kmsKeyId }) => kmsKeyId],
  ["keyAlias", ({ keyAlias }) => keyAlias],
  ["keyState", ({ keyState }) => keyState],
  ["keyDeletionDate", ({ keyDeletionDate }) => keyDeletionDate],
  ["keyRotation", ({ keyRotation }) => keyRotation],
  ["keyRotationDays", ({ keyRotationDays }) => keyRotationDays],
  ["keyOrigin", ({ keyOrigin }) => keyOrigin],
  ["keySpec", ({ keySpec }) => keySpec],
  ["isServiceKey", ({ isServiceKey }) => isServiceKey],
  ["expectedKey", ({ expectedKey }) => expectedKey],
  ["waiverOwner", ({ waiver }) => waiver?.owner],
  ["waiverReason", ({ waiver }) => waiver?.reason],
  ["waiverExpires", ({ waiver }) => waiver?.expires],
  ["disks", ({ disks }) => disks?.total],
  ["encryptedDisks", ({ disks }) => disks?.encrypted],
  ["declared", ({ declared }) => declared?.status],
  ["keyUsedAsDefault", ({ keyUse }) => keyUse?.asDefault],
  ["keyUsedAsPrevious", ({ keyUse }) => keyUse?.asPrevious.length],
  ["disksWithKey", ({ keyUse }) => keyUse?.disks],
  ["change", ({ change }) => change?.kind],
];

export function toCsv({ projects }: Report): string {
  const lines = [
    columns.map(([heading]) => heading),
    ...projects.map((finding) => columns.map(([, of]) => of(finding))),
  ];
  return lines.map((cells) => `${cells.map(toCell).join(",")}\r\n`).join("");
}

/** What spreadsheets take for the beginning of a formula, in wide characters too. */
const formula = /^[\s]*[=+\-@\t\r\n|%＝＋－＠]/;

/** Each cell is quoted, so that no separator of any country ends it. An apostrophe makes a formula a text. */
function toCell(value: Cell): string {
  const text = String(value ?? "");
  const safe = typeof value === "string" && formula.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
