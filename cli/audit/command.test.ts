// The options of `audit`, as they are typed and as the audit gets them.
import { Command, CommanderError } from "commander";
import { type AuditOptions, addAuditCommand, formats } from "./command";

async function parse(...args: string[]): Promise<{ options?: AuditOptions; printed: string; error?: CommanderError }> {
  const made: { options?: AuditOptions; printed: string } = { printed: "" };
  const program = new Command("x").exitOverride().configureOutput({
    writeErr: (text) => {
      made.printed += text;
    },
    writeOut: (text) => {
      made.printed += text;
    },
  });
  addAuditCommand(program, async (options) => {
    made.options = options;
  });
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(["audit", ...args], { from: "user" });
    return made;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { ...made, error };
  }
}

it("has a default for the format only", async () => {
  expect((await parse()).options).toEqual({ format: "table" });
});

const key = "7E1F6D5A-BFE7-4B7D-8125-C3017E661954";
it.each<[string, string[], Partial<AuditOptions>]>([
  ["--accounts", ["--accounts", "a.yml", "--agency", "x"], { accounts: "a.yml", agency: "x" }],
  ["--organization", ["--organization", "--ou", "ou-1"], { organization: true, ou: "ou-1" }],
  [
    "--region",
    ["--region", "cn-north-4", "cn-south-1", "--region", "eu-west-101"],
    { region: ["cn-north-4", "cn-south-1", "eu-west-101"] },
  ],
  [
    "--exclude-region",
    ["--exclude-region", "cn-north-4", "--exclude-region", "cn-south-1"],
    { excludeRegion: ["cn-north-4", "cn-south-1"] },
  ],
  ["--project", ["--project", "a", "b"], { project: ["a", "b"] }],
  ["--expect-key", ["--expect-key", "app-disks"], { expectKey: "app-disks" }],
  ["--expect", ["--expect", "e.yaml"], { expect: "e.yaml" }],
  ["--against", ["--against", "export.json"], { against: "export.json" }],
  ["--key", ["--key", key], { key: key.toLowerCase() }],
  ["--disks", ["--disks"], { disks: true }],
  ["--out", ["--out", "x"], { out: "x" }],
  ["--write", ["--write", "a.ts", "b.json"], { write: ["a.ts", "b.json"] }],
  ["--waivers", ["--waivers", "w"], { waivers: "w" }],
  ["--baseline", ["--baseline", "b"], { baseline: "b" }],
])("takes %s", async (_, args, options) => {
  expect((await parse(...args)).options).toEqual({ format: "table", ...options });
});

it.each(formats)("takes --format %s", async (format) => {
  expect((await parse("--format", format)).options).toEqual({ format });
});

const refusedEmpty = (option: string): [string[], string] => [[option, " "], "is invalid. It must not be empty."];
it.each<[string[], string]>([
  [["--region", "north"], "is invalid. It must be a region ID, such as cn-north-4."],
  [["--exclude-region", "cn-north-4", "x"], "is invalid. It must be a region ID"],
  [["--key", "app-disks"], "is invalid. It must be the ID of a KMS key"],
  [["--format", "xml"], "Allowed choices are table, json, csv, html."],
  [["--expect", "a", "--expect-key", "b"], "cannot be used with"],
  [["--accounts", "a", "--organization"], "cannot be used with"],
  ...["--accounts", "--ou", "--agency", "--project", "--expect-key", "--expect", "--against"].map(refusedEmpty),
  ...["--out", "--write", "--waivers", "--baseline"].map(refusedEmpty),
  [["--disk"], "Did you mean --disks?"],
])("refuses %j", async (args, words) => {
  const { options, printed, error } = await parse(...args);
  expect([options, error?.exitCode]).toEqual([undefined, 1]);
  expect(printed).toContain(words);
});

it("has help that says every option, the exit codes, and that it only reads", async () => {
  const { printed, error } = await parse("--help");
  expect(error?.exitCode).toBe(0);
  for (const words of [
    "--exclude-region",
    "--expect-key <alias|id>",
    "The audit only reads.",
    "64 the command line",
    "Example:",
  ])
    expect(printed).toContain(words);
});
