// Which file of --write holds what: told by its ending.
import path from "node:path";
import type { Checked } from "../audit/audit";
import type { Report } from "../report/findings";
import { UsageError } from "../usageError";
import { toImportFile } from "./importFile";
import { type Plan, planOf } from "./plan";
import { toTypeScript } from "./typescript";
import { toYaml } from "./yaml";

/** The text of the file. */
export type Writer = (checked: readonly Checked[], report: Report) => string;

const writers: Readonly<Record<string, (plan: Plan, madeAt: Date) => string>> = {
  ".ts": toTypeScript,
  ".yaml": toYaml,
  ".yml": toYaml,
  ".json": toImportFile,
};

/** Throws a `UsageError` if the file has another ending. */
export function writerOf(file: string): Writer {
  const write = writers[path.extname(file).toLowerCase()];
  if (write === undefined)
    throw new UsageError(`${file} is none of what can be written: program.ts, program.yaml or import.json.`);
  return (checked, report) => write(planOf(checked, report.projects), new Date(report.endedAt));
}
