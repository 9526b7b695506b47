// The report: its sums and exit code, and each format of it but HTML.
import stringWidth from "string-width";
import { type Assembly, assemble, exitCodeOf, summarize } from "./assemble";
import { toCsv } from "./csv";
import { isWaived, type ProjectFinding, type Report, report } from "./findings";
import { jsonSchema, toJson } from "./json";
import { toTable } from "./table";

const waiver = { owner: "Ann", reason: "moves", expires: "2027-01-31", expired: false };
const finding = (more: Partial<ProjectFinding> = {}): ProjectFinding => ({
  account: { id: "a-id", name: "a" },
  region: "cn-north-4",
  projectId: "p",
  projectName: "cn-north-4_team",
  verdict: "ok",
  enabled: true,
  kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954",
  keyAlias: "app-disks",
  keyState: "enabled",
  keyDeletionDate: null,
  keyRotation: null,
  keyRotationDays: null,
  keyOrigin: null,
  keySpec: null,
  isServiceKey: false,
  ...more,
});
const nowhere = {
  account: { id: null, name: null },
  region: null,
  projectId: null,
  projectName: null,
  verdict: "not-checked",
} as const;
const startedAt = new Date(0);
const endedAt = new Date(1000);
const reportOf = (findings: ProjectFinding[], more: Partial<Assembly> = {}): Report =>
  assemble({ findings, notes: [], partial: false, startedAt, endedAt, waiverFor: () => undefined, ...more });

describe("the sums", () => {
  it("count each entry once", () => {
    const projects = [
      finding(),
      finding({ verdict: "off" }),
      finding({ verdict: "off", waiver }),
      finding({ verdict: "wrong-key", waiver: { ...waiver, expired: true } }),
      finding({ verdict: "not-checked", region: "eu-west-101", account: { id: null, name: "b" } }),
      finding({ verdict: "not-checked", waiver }),
      finding({ ...nowhere }),
    ];
    expect(summarize(projects)).toEqual({
      accounts: 2,
      regions: 2,
      projects: 7,
      verdicts: { ok: 1, off: 2, "service-key": 0, "wrong-key": 1, "key-unusable": 0, "not-checked": 3 },
      waived: 2,
      findings: 2,
      notChecked: 2,
    });
    expect(isWaived(finding({ waiver }))).toBe(false);
  });

  it.each<[number, string, ProjectFinding[], Partial<Assembly>]>([
    [0, "all ok", [finding()], {}],
    [0, "all ok or waived", [finding(), finding({ verdict: "not-checked", waiver })], {}],
    [1, "a finding", [finding(), finding({ verdict: "off" })], {}],
    [1, "a waiver that has expired", [finding({ verdict: "off", waiver: { ...waiver, expired: true } })], {}],
    [2, "not checked", [finding(), finding({ verdict: "not-checked" })], {}],
    [2, "a finding, and not checked", [finding({ verdict: "off" }), finding({ verdict: "not-checked" })], {}],
    [2, "interrupted", [finding()], { partial: true }],
    [2, "nothing", [], {}],
  ])("make exit code %d of %s", (code, _, findings, more) => {
    expect(exitCodeOf(reportOf(findings, more))).toBe(code);
  });
});

it("is put together of findings, waivers and a baseline", () => {
  const gone = [{ ...nowhere, verdict: "ok" as const }];
  const parts = {
    notes: ["note"],
    key: "k",
    waiverFor: ({ verdict }: ProjectFinding) => (verdict === "off" ? waiver : undefined),
    baseline: { changeOf: () => ({ kind: "new" as const }), gone: () => gone },
  };
  const made = reportOf([finding(), finding({ verdict: "off" })], parts);
  expect(made).toMatchObject({
    version: 1,
    partial: false,
    startedAt: "1970-01-01T00:00:00.000Z",
    endedAt: "1970-01-01T00:00:01.000Z",
    key: "k",
    notes: ["note"],
    summary: { waived: 1 },
    projects: [{ change: { kind: "new" } }, { waiver, change: { kind: "new" } }],
    gone,
  });
  expect(made.projects[0]).not.toHaveProperty("waiver");
  expect(reportOf([finding()], { ...parts, partial: true })).not.toHaveProperty("gone");
  const bare = reportOf([finding()]);
  for (const property of ["key", "gone"]) expect(bare).not.toHaveProperty(property);
  expect(bare.projects[0]).not.toHaveProperty("change");
});

describe("JSON", () => {
  it("is the report, with a line end", () => {
    const made = reportOf([finding({ verdict: "off", reason: "x" })]);
    expect(toJson(made)).toMatch(/^\{\n {2}"version": 1,\n[\s\S]*\}\n$/);
    expect(report.parse(JSON.parse(toJson(made)))).toEqual(made);
  });

  it("has a schema that forbids no field of a later command", () => {
    const schema = JSON.parse(jsonSchema());
    expect(schema).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: "Report of `pulumi-huaweicloud-evs audit`",
      properties: { version: { const: 1 }, startedAt: { type: "string", format: "date-time" } },
    });
    expect(jsonSchema()).not.toMatch(/additionalProperties|pattern/);
    expect(schema.properties.projects.items.required).toContain("verdict");
    expect(schema.properties.projects.items.required).not.toContain("reason");
  });
});

describe("CSV", () => {
  const lines = (findings: ProjectFinding[]) => toCsv(reportOf(findings)).split("\r\n");

  it("has a heading and a line a project, each cell quoted", () => {
    const [head, line, end] = lines([
      finding({
        verdict: "off",
        waiver,
        reason: 'say "no"',
        keyRotationDays: 30,
        disks: { total: 3, encrypted: 2, byKey: [] },
        declared: { status: "differs", resources: [], differences: [] },
        keyUse: { asDefault: true, asPrevious: ["a", "b"], disks: 4 },
        change: { kind: "new" },
        expectedKey: "x",
      }),
    ]);
    expect(head).toBe(
      '"verdict","waived","accountId","accountName","region","projectId","projectName","reason","cause","enabled","kmsKeyId","keyAlias","keyState","keyDeletionDate","keyRotation","keyRotationDays","keyOrigin","keySpec","isServiceKey","expectedKey","waiverOwner","waiverReason","waiverExpires","disks","encryptedDisks","declared","keyUsedAsDefault","keyUsedAsPrevious","disksWithKey","change"',
    );
    expect(line).toBe(
      '"off","true","a-id","a","cn-north-4","p","cn-north-4_team","say ""no""","","true","7e1f6d5a-bfe7-4b7d-8125-c3017e661954","app-disks","enabled","","","30","","","false","x","Ann","moves","2027-01-31","3","2","differs","true","2","4","new"',
    );
    expect(end).toBe("");
  });

  it.each(["=1", "+1", "-1", "@a", " =1", "\t=1", "\r1", "|x", "%x", "＝1", "＋1", "－1", "＠1"])(
    "makes a text of %j",
    (keyAlias) => {
      expect(lines([finding({ keyAlias })])[1]).toContain(`"'${keyAlias}"`);
    },
  );

  it.each(["a=1", "1-1", "", "app-disks"])("leaves %j", (keyAlias) => {
    expect(lines([finding({ keyAlias })])[1]).toContain(`,"${keyAlias}",`);
  });

  it("leaves a number, even below zero", () => {
    expect(lines([finding({ keyRotationDays: -1 })])[1]).toContain('"-1"');
  });
});

describe("the table", () => {
  const plain = { width: 120, colour: false };
  const table = (findings: ProjectFinding[], terminal = plain, more: Partial<Assembly> = {}) =>
    toTable(reportOf(findings, more), terminal);

  it("has the columns that are filled, and the sum", () => {
    expect(table([finding(), finding({ verdict: "off", reason: "Not on." })])).toBe(
      `┌─────────┬─────────────────┬───────────┬─────────────┬─────────┐
│ verdict │ project         │ key       │ key's state │ why     │
├─────────┼─────────────────┼───────────┼─────────────┼─────────┤
│ ok      │ cn-north-4_team │ app-disks │ enabled     │         │
│ off     │ cn-north-4_team │ app-disks │ enabled     │ Not on. │
└─────────┴─────────────────┴───────────┴─────────────┴─────────┘
2 projects: 1 ok, 1 off.
`,
    );
  });

  it("names accounts where there are several", () => {
    expect(table([finding()])).not.toContain("account");
    expect(table([finding(), finding({ account: { id: "b-id", name: null } })])).toMatch(
      /account.*\n.*\n.* a .*\n.*b-id/,
    );
  });

  it("has the region or IDs where there are no names, and nothing where there is neither", () => {
    const nameless = { keyAlias: null, projectName: null, keyState: null };
    const text = table([finding(nameless), finding({ ...nameless, region: null }), finding(nowhere)]);
    expect(text).toMatch(/│ cn-north-4 +│ 7e1f6d5a-bfe7-4b7d-8125-c3017e661954 │/);
    expect(text).toMatch(/│ p +│ 7e1f6d5a-bfe7-4b7d-8125-c3017e661954 │/);
  });

  it("gives sentences more room than names", () => {
    const text = table([finding({ keyAlias: "k".repeat(90), reason: "w ".repeat(90) })], { width: 80, colour: false });
    const [, , , key = "", , why = ""] = text.split("\n")[3]?.split("│") ?? [];
    expect([key.length, why.length]).toEqual([14, 24]);
  });

  it.each<[string, Partial<ProjectFinding>, string]>([
    ["a waiver", { verdict: "off", waiver }, "off (waived)"],
    ["why it is waived", { verdict: "off", reason: "Off.", waiver }, "Off. Waived by Ann until 2027-01-31: moves"],
    [
      "a waiver that has expired",
      { verdict: "off", waiver: { ...waiver, expired: true } },
      "Waiver of Ann expired on 2027-01-31: moves",
    ],
    [
      "when a key is deleted",
      { keyState: "pendingDeletion", keyDeletionDate: "2027-02-01T00:00:00.000Z" },
      "pendingDeletion, 2027-02-01",
    ],
    ["rotation", { keyRotation: true, keyRotationDays: 30 }, "30 days"],
    ["rotation of no known interval", { keyRotation: true }, "│ yes "],
    ["no rotation", { keyRotation: false }, "│ no "],
    ["disks", { disks: { total: 3, encrypted: 2, byKey: [] } }, "2 of 3 encrypted"],
    ["uses of a key", { keyUse: { asDefault: true, asPrevious: ["x"], disks: 4 } }, "default, noted by 1, 4 disks"],
    ["no use of a key", { keyUse: { asDefault: false, asPrevious: [], disks: 0 } }, "│ no "],
    ["disks that are not known", { keyUse: { asDefault: false, asPrevious: [], disks: null } }, "disks unknown"],
    ["what is declared", { declared: { status: "not-declared", resources: [], differences: [] } }, "not-declared"],
    ["what is new", { change: { kind: "new" } }, "│ new "],
    [
      "what was",
      { change: { kind: "changed", before: { verdict: "off", enabled: false, kmsKeyId: null } } },
      "was off",
    ],
    [
      "which key it was, of the same verdict",
      { kmsKeyId: "b", change: { kind: "changed", before: { verdict: "ok", enabled: true, kmsKeyId: "a" } } },
      "was a ",
    ],
    [
      "that there was no key, of the same verdict",
      { kmsKeyId: "b", change: { kind: "changed", before: { verdict: "ok", enabled: true, kmsKeyId: null } } },
      "was no key",
    ],
    [
      "that it was on, of the same verdict and key",
      { kmsKeyId: "b", change: { kind: "changed", before: { verdict: "ok", enabled: true, kmsKeyId: "b" } } },
      "was on",
    ],
  ])("shows %s", (_, more, text) => {
    expect(table([finding(more)], { ...plain, width: 200 })).toContain(text);
  });

  it("says what else there is to know", () => {
    const baseline = {
      changeOf: () => ({ kind: "same" as const }),
      gone: () => [{ ...nowhere, account: { id: "b-id", name: null }, region: "r", projectId: "q" }],
    };
    expect(
      table([finding({ verdict: "off", waiver })], plain, {
        notes: ["One.", "Two."],
        baseline,
        waiverFor: () => waiver,
      }),
    ).toMatch(/\n1 project: 1 off \(1 waived\)\.\nNo longer there: b-id, r, q\.\nNote: One\.\nNote: Two\.\n$/);
    expect(table([], plain, { partial: true })).toBe(
      "The audit was interrupted: this is what was found so far.\n0 projects: nothing.\n",
    );
  });

  it.each([50, 60, 80, 100])("fits %d columns, and loses no character of an ID", (width) => {
    const text = table(
      [
        finding({
          keyAlias: null,
          reason: "A sentence of a few words, and 表格的寬度 in wide characters, which go on.",
        }),
      ],
      { width, colour: false },
    );
    const rows = text.split("\n").filter((line) => /^[│┌├└]/.test(line));
    expect(new Set(rows.map((line) => stringWidth(line)))).toEqual(new Set([width]));
    const column = rows.slice(3, -1).map((line) => line.split("│")[3]?.trim());
    expect(column.join("")).toBe("7e1f6d5a-bfe7-4b7d-8125-c3017e661954");
  });

  it("is as wide as it must be where the terminal is narrower than that", () => {
    const text = table([finding()], { width: 10, colour: false });
    expect(stringWidth(text.split("\n")[0] ?? "")).toBe(4 * 7 + 1);
    // Headings are broken as all else, not cut off.
    expect(text).not.toContain("…");
  });

  it("has a colour for each verdict, if it may", () => {
    const text = table(
      [
        finding(),
        finding({ verdict: "off" }),
        finding({ verdict: "not-checked" }),
        finding({ verdict: "service-key" }),
      ],
      { width: 120, colour: true },
    );
    for (const coloured of [
      "\u001b[32mok\u001b[39m",
      "\u001b[31moff\u001b[39m",
      "\u001b[35mnot-checked\u001b[39m",
      "\u001b[33mservice-key\u001b[39m",
    ])
      expect(text).toContain(coloured);
    expect(text.split("\u001b")).toHaveLength(9);
  });
});
