// What an audit answers: the report, as JSON has it and as the other formats are made of. The JSON schema in
// docs/audit.schema.json is made from it. All text in it has passed the client's `shown`, or is the user's own.
import { z } from "zod";

/** Counts up when a field is renamed, removed, or means something else. New fields do not count. */
export const reportVersion = 1;

export const verdicts = ["ok", "off", "service-key", "wrong-key", "key-unusable", "not-checked"] as const;
export type Verdict = (typeof verdicts)[number];

/** Why something was not checked. */
export const notCheckedCauses = [
  "no-permission",
  "service-not-in-region",
  "throttled",
  "account-not-reachable",
  "account-closed",
  "credentials",
  "interrupted",
  "no-answer",
  "other",
] as const;
export type NotCheckedCause = (typeof notCheckedCauses)[number];

const count = z.number().int().min(0);
const time = z.iso.datetime();

const account = z.object({
  id: z.string().nullable().describe("The account's ID (domain ID); null if it is not known."),
  name: z.string().nullable().describe("The account's name (domain name); null if it is not known."),
});

const waiver = z.object({
  owner: z.string(),
  reason: z.string(),
  expires: z.iso.date().describe("The last day on which the waiver holds."),
  expired: z.boolean().describe("An expired waiver accepts nothing."),
});

const disks = z.object({
  total: count,
  encrypted: count,
  byKey: z
    .array(
      z.object({
        kmsKeyId: z.string().nullable().describe("null for disks that are not encrypted."),
        keyAlias: z.string().nullable(),
        count,
        sizeGib: count,
      }),
    )
    .describe("Each key with its disks, the disks without encryption last."),
});

const declared = z.object({
  status: z
    .enum(["same", "differs", "unknown", "not-declared"])
    .describe('"unknown": what is declared is a secret of which the export does not show the value.'),
  resources: z.array(z.string()).describe("URNs of the resources that declare this project."),
  differences: z.array(z.string()).describe("One sentence for each difference."),
});

const keyUse = z.object({
  asDefault: z.boolean(),
  asPrevious: z.array(z.string()).describe("URNs of resources that would put the key back when they are destroyed."),
  disks: count.nullable().describe("Disks encrypted with the key; null if they could not be counted."),
});

const change = z.object({
  kind: z.enum(["new", "changed", "same"]),
  before: z
    .object({ verdict: z.enum(verdicts), enabled: z.boolean().nullable(), kmsKeyId: z.string().nullable() })
    .optional()
    .describe("What the baseline says of the project."),
});

const place = {
  account,
  region: z.string().nullable().describe("null if a whole account was not checked."),
  projectId: z.string().nullable(),
  projectName: z.string().nullable(),
};

/** One project. An account or a region of which no project is known is one entry, `not-checked`, without project. */
export const projectFinding = z.object({
  ...place,
  verdict: z.enum(verdicts),
  reason: z.string().optional().describe("Why the verdict is not ok, a sentence."),
  cause: z.enum(notCheckedCauses).optional().describe("Only with not-checked."),
  enabled: z.boolean().nullable().describe("Whether new disks are encrypted by default."),
  kmsKeyId: z.string().nullable().describe("The default key; null if none is set, or if it is not known."),
  keyAlias: z.string().nullable(),
  keyState: z
    .enum(["pendingActivation", "enabled", "disabled", "pendingDeletion", "pendingImport", "frozen", "unknown", "gone"])
    .nullable(),
  keyDeletionDate: time.nullable(),
  keyRotation: z.boolean().nullable(),
  keyRotationDays: count.nullable(),
  keyOrigin: z.string().nullable().describe('"kms" or "external".'),
  keySpec: z.string().nullable(),
  isServiceKey: z.boolean().nullable(),
  expectedKey: z.string().optional().describe("The alias or ID that the expectations name for this project."),
  waiver: waiver.optional(),
  disks: disks.optional().describe("With --disks or --key."),
  declared: declared.optional().describe("With --against."),
  keyUse: keyUse.optional().describe("With --key."),
  change: change.optional().describe("With --baseline."),
});
export type ProjectFinding = z.infer<typeof projectFinding>;

export const summary = z.object({
  accounts: count,
  regions: count,
  projects: count.describe("Entries of the list."),
  verdicts: z.record(z.enum(verdicts), count),
  waived: count.describe("Entries that are not ok and have a waiver that holds."),
  findings: count.describe("Entries that are neither ok, nor waived, nor not-checked."),
  notChecked: count.describe("Entries that are not-checked and not waived."),
});
export type Summary = z.infer<typeof summary>;

export const report = z.object({
  version: z.literal(reportVersion),
  partial: z.boolean().describe("The audit was interrupted: projects are missing, or listed as not-checked."),
  startedAt: time,
  endedAt: time,
  key: z.string().optional().describe("The key of --key."),
  notes: z.array(z.string()).describe("What else a reader must know, each a sentence."),
  summary,
  projects: z.array(projectFinding),
  gone: z
    .array(z.object({ ...place, verdict: z.enum(verdicts) }))
    .optional()
    .describe("With --baseline: what it lists and this report does not."),
});
export type Report = z.infer<typeof report>;

/** Whether the entry is accepted although it is not ok. */
export function isWaived({ verdict, waiver }: ProjectFinding): boolean {
  return verdict !== "ok" && waiver !== undefined && !waiver.expired;
}
