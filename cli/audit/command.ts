// `audit` on the command line: its options, each checked by itself.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { z } from "zod";
import * as identifiers from "../../provider/huaweicloud/services/identifiers";

export const formats = ["table", "json", "csv", "html"] as const;
type Format = (typeof formats)[number];

export interface AuditOptions {
  accounts?: string;
  organization?: true;
  ou?: string;
  agency?: string;
  region?: string[];
  excludeRegion?: string[];
  project?: string[];
  expectKey?: string;
  expect?: string;
  against?: string;
  key?: string;
  disks?: true;
  format: Format;
  out?: string;
  write?: string[];
  waivers?: string;
  baseline?: string;
}

export function addAuditCommand(program: Command, run: (options: AuditOptions) => Promise<void>): void {
  program
    .command("audit")
    .description(
      "Look at every project that the credentials reach: is default encryption on, with which key, does the key work?",
    )
    .addOption(
      new Option("--accounts <file>", "audit the accounts of this file").argParser(parseText).conflicts("organization"),
    )
    .option("--organization", "audit every account of the organization")
    .option("--ou <id>", "with --organization: only the accounts below this root or organizational unit", parseText)
    .option("--agency <name>", "the agency by which accounts are reached that name none of their own", parseText)
    .option("--region <region...>", "only these regions", each(parseRegion))
    .option("--exclude-region <region...>", "all but these regions", each(parseRegion))
    .option("--project <name...>", "only projects of these names or IDs", each(parseText))
    .addOption(
      new Option("--expect-key <alias|id>", "the key that is right everywhere")
        .argParser(parseText)
        .conflicts("expect"),
    )
    .option(
      "--expect <file>",
      "what is right, by account, region or project (default: on, and not the service's own key)",
      parseText,
    )
    .option("--against <file>", "compare with what a program declares: a file of `pulumi stack export`", parseText)
    .option("--key <id>", "say who uses this key: as default, as noted in --against, and for disks", parseKeyId)
    .option("--disks", "count the disks too, by encryption and key")
    .addOption(new Option("--format <format>", "how to report").choices(formats).default("table"))
    .option("--out <file>", "write the report to this file instead of standard output", parseText)
    .option(
      "--write <file...>",
      "write a program (.ts, .yaml) or an import file (.json) for what was found",
      each(parseText),
    )
    .option("--waivers <file>", "accepted exceptions: each with owner, reason and date of expiry", parseText)
    .option("--baseline <file>", "say what has changed since this report (of --format json)", parseText)
    .addHelpText(
      "after",
      `
Credentials, region and endpoints come from the environment, as for the provider (docs/credentials.md).
The audit only reads.

Exit code: 0 all is right or waived; 1 something is not; 2 something was not checked; 64 the command line is not right.
Example: pulumi-huaweicloud-evs audit --expect-key app-disks --format html --out report.html`,
    )
    .action(run);
}

/** Gathers what a repeated option is given, each value checked. */
function each(parse: (text: string) => string): (text: string, before?: string[]) => string[] {
  return (text, before = []) => [...before, parse(text)];
}

/** A variable of a shell that is not set leaves an option empty: an audit without it would be another one. */
function parseText(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It must not be empty.");
  return text;
}

function parseRegion(text: string): string {
  return valid(identifiers.region, text);
}

function parseKeyId(text: string): string {
  return valid(identifiers.kmsKeyId, text).toLowerCase();
}

function valid<T>(form: z.ZodType<T>, text: string): T {
  const parsed = form.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`It ${parsed.error.issues[0]?.message}.`);
}
