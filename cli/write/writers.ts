// The content of each file of --write, by its extension.
import path from "node:path";
import type { Checked } from "../audit/audit";
import type { Report } from "../report/findings";
import { UsageError } from "../usageError";
import { type Front, toImportFile } from "./importFile";
import { type Plan, planOf } from "./plan";
import { toTypeScript } from "./typescript";
import { toYaml } from "./yaml";

/** The text of the file. */
export type Writer = (checked: readonly Checked[], report: Report) => string;

interface Purpose {
  madeAt: Date;
  /** An import file is for the program that is written with it. */
  front: Front;
}

const writers: Readonly<Record<string, (plan: Plan, purpose: Purpose) => string>> = {
  ".ts": (plan, { madeAt }) => toTypeScript(plan, madeAt),
  ".yaml": (plan, { madeAt }) => toYaml(plan, madeAt),
  ".yml": (plan, { madeAt }) => toYaml(plan, madeAt),
  ".json": (plan, { front }) => toImportFile(plan, front),
};

/** Throws a `UsageError` if a file has another ending. */
export function writersOf(files: readonly string[]): [file: string, write: Writer][] {
  const front = files.some((file) => /\.ya?ml$/i.test(file)) ? "plugin" : "dynamic";
  return files.map((file) => {
    const write = writers[path.extname(file).toLowerCase()];
    if (write === undefined)
      throw new UsageError(`${file} is not a supported output: program.ts, program.yaml or import.json.`);
    return [
      file,
      (checked, report) => write(planOf(checked, report.projects), { madeAt: new Date(report.endedAt), front }),
    ];
  });
}
