// Reads the files that options name: YAML or JSON, checked by a schema, with the mistake named by its place.
import fs from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { shown } from "../provider/huaweicloud/transport/shown";
import { UsageError } from "./usageError";

/** A name or a sentence in such a file, as it can be shown. */
export const words = z
  .string({ error: ({ input }) => (input === undefined ? "is missing" : "must be text") })
  .trim()
  .min(1, "must not be empty")
  .transform((text): string => shown(text));

/** Throws a `UsageError` that says what is wrong in which file. */
export function readDocument<Form extends z.ZodType>(file: string, what: string, form: Form): z.output<Form> {
  const parsed = form.safeParse(parseText(file, what, readText(file, what)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues.map(ofAlternatives);
  const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
  throw new UsageError(shown(`${file} is not ${what}: ${where}${issue?.message ?? "unexpected form"}.`));
}

/** Of alternatives that all fail, what is wrong with the one that fits furthest: the whole would be "Invalid input". */
function ofAlternatives(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flat().map(ofAlternatives);
  return inner.reduce((best, one) => (one.path.length > best.path.length ? one : best), inner[0] ?? issue);
}

function readText(file: string, what: string): string {
  try {
    // PowerShell begins a file with a mark of its encoding.
    return fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    const { code = "no reason given" } = error as NodeJS.ErrnoException;
    throw new UsageError(shown(`${file} cannot be read (${code}): it should be ${what}.`));
  }
}

/** JSON is YAML too, but a state of megabytes would take YAML's parser seconds. */
function parseText(file: string, what: string, text: string): unknown {
  try {
    return /^\s*[[{]/.test(text) ? JSON.parse(text) : parse(text);
  } catch (error) {
    const [line = ""] = (error as Error).message.split("\n");
    throw new UsageError(shown(`${file} is not ${what}: ${line}`));
  }
}
