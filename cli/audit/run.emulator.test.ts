// The audit as the command runs it, in this process, against the emulated cloud.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import type { Seed } from "../../emulator/cloud/seed";
import { type Emulator, startEmulator } from "../../emulator/server";
import type { ProjectFinding, Report } from "../report/findings";
import { UsageError } from "../usageError";
import type { AuditOptions } from "./command";
import { runAudit } from "./run";

const symmetric = { spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "enabled" } as const;
const keys = [
  { ...symmetric, alias: "app-disks", rotation: { intervalDays: 90, rotations: 1 } },
  { ...symmetric, alias: "plain" },
  { ...symmetric, alias: "evs/default", isDefault: true },
];
const disks = [
  { name: "a", key: "app-disks" },
  { name: "b" },
  { name: "c", key: "gone" },
  { name: "d", key: "app-disks" },
];
const contents = (key: string) => ({ enabled: true, key, keys, disks });
const agencies = [{ name: "auditor", trust: { account: "own" }, role: "readOnly" as const }];
const seed: Seed = {
  accounts: [
    {
      name: "own",
      users: [{ name: "auditor", password: "x", role: "auditor" }],
      projects: [
        { region: "cn-north-4", name: "cn-north-4", contents: contents("app-disks") },
        { region: "cn-north-4", name: "cn-north-4_b", contents: contents("plain") },
        { region: "ap-southeast-3", name: "ap-southeast-3", contents: { ...contents("app-disks"), enabled: false } },
      ],
      agencies: [],
    },
    {
      name: "other",
      users: [],
      projects: [{ region: "cn-north-4", name: "cn-north-4", contents: contents("evs/default") }],
      agencies,
    },
    { name: "empty", users: [], projects: [], agencies },
  ],
  keys: [],
  organization: { management: "own" },
};

let emulator: Emulator;
let folder: string;
let stop: AbortController;
beforeEach(async () => {
  emulator = await startEmulator({ seed });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-run-"));
  stop = new AbortController();
});
afterEach(async () => {
  await emulator.close();
  fs.rmSync(folder, { recursive: true });
});

const file = (name: string) => path.join(folder, name);
const write = (name: string, content: unknown) => {
  fs.writeFileSync(file(name), typeof content === "string" ? content : JSON.stringify(content));
  return file(name);
};
const projectOf = (account: string, name: string) => {
  const { cloud } = emulator;
  return cloud.projects(cloud.account(account)?.id).find((project) => project.name === name)?.id ?? "";
};

async function run(
  options: Partial<AuditOptions> = {},
  environment: Record<string, string> = {},
  isTTY = false,
  stderr = new PassThrough(),
) {
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 90 });
  const user = emulator.cloud.user("own", "auditor");
  const env = {
    HW_ENDPOINT_URL: emulator.endpoint,
    HW_REGION_NAME: "cn-north-4",
    HW_ACCESS_KEY: user?.accessKey ?? "",
    HW_SECRET_KEY: user?.secretKey ?? "",
    HW_MAX_RETRIES: "0",
    ...environment,
  };
  let time = 0;
  const code = await runAudit(
    { format: "json", ...options },
    { environment: env, stdout, stderr, stop: stop.signal, now: () => new Date(Date.UTC(2026, 0, 1, 0, 0, time++)) },
  );
  return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

async function report(options: Partial<AuditOptions> = {}, environment: Record<string, string> = {}): Promise<Report> {
  return JSON.parse((await run(options, environment)).stdout);
}
const verdicts = ({ projects }: Report) =>
  projects.map(({ account, region, projectName, verdict, cause }) =>
    [account.name, region, projectName, verdict, cause ?? ""].join(" "),
  );

it("looks at each project of the own account, in order of region and name", async () => {
  const made = await report();
  expect(verdicts(made)).toEqual([
    "own ap-southeast-3 ap-southeast-3 off ",
    "own cn-north-4 cn-north-4 ok ",
    "own cn-north-4 cn-north-4_b ok ",
  ]);
  expect([made.startedAt, made.endedAt, made.partial]).toEqual([
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:01.000Z",
    false,
  ]);
  expect(made.projects.map(({ keyRotation, keyRotationDays }) => [keyRotation, keyRotationDays])).toEqual([
    [true, 90],
    [true, 90],
    [false, null],
  ]);
  const asked = emulator.requests.filter(({ operation }) => operation === "ShowKeyRotationStatus");
  expect(asked).toHaveLength(2); // not of the key that its details say is not rotated
  expect(made.notes).toEqual(["The credentials reach no project in af-south-1: nothing was checked there."]);
});

it("says what it does not know of a key's rotation, and judges no less for it", async () => {
  emulator.cloud.deny("own", "auditor", ["kms:readRotation"]);
  const made = await report();
  expect(made.projects[1]).toMatchObject({ verdict: "ok", keyRotation: true, keyRotationDays: null });
});

it("looks at the accounts of a file, each in its own regions", async () => {
  const accounts = write("accounts.yml", {
    accounts: [
      { name: "own", regions: ["cn-north-4"] },
      { name: "other", regions: ["cn-north-4", "eu-west-101"] },
      { name: "empty" },
      { name: "nobody", agency: "x" },
    ],
  });
  const made = await report({ accounts, agency: "auditor" });
  expect(verdicts(made)).toEqual([
    "own cn-north-4 cn-north-4 ok ",
    "own cn-north-4 cn-north-4_b ok ",
    "other cn-north-4 cn-north-4 service-key ",
    "other eu-west-101  not-checked no-permission",
    "empty   not-checked no-permission",
    "nobody   not-checked account-not-reachable",
  ]);
  expect(made.projects.map(({ reason }) => reason).slice(3, 5)).toEqual([
    "The credentials reach no project of this region.",
    "The credentials reach no project of this account.",
  ]);
  expect(made.projects[2]?.account).toEqual({ id: emulator.cloud.account("other")?.id, name: "other" });
});

it("keeps to regions that the command line and the file both name, and says which of a file are not", async () => {
  const accounts = write("accounts.yml", {
    accounts: [{ name: "own", regions: ["cn-north-4", "ap-southeast-3"] }, { name: "other" }],
  });
  const made = await report({ accounts, agency: "auditor", region: ["ap-southeast-3", "af-south-1"] });
  expect(verdicts(made)).toEqual([
    "own ap-southeast-3 ap-southeast-3 off ",
    "other ap-southeast-3  not-checked no-permission",
    "other af-south-1  not-checked no-permission",
  ]);
  const note = "is not among the regions that the file names for own: nothing was looked at there.";
  expect(made.notes).toEqual([`af-south-1 ${note}`]);
  const none = await report({ accounts, agency: "auditor", region: ["af-south-1"], project: ["x"] });
  expect(verdicts(none)).toEqual(["  x not-checked no-permission"]);
  expect(none.notes).toEqual([`af-south-1 ${note}`]);
});

it("names all accounts of a file that a region is none of, by what is known of each", async () => {
  const other = emulator.cloud.account("other")?.id ?? "";
  const regions = ["cn-north-4"];
  const accounts = write("accounts.yml", {
    accounts: [
      { name: "own", regions },
      { id: other, regions },
    ],
  });
  const made = await report({ accounts, agency: "auditor", region: ["af-south-1"] });
  expect(made.projects).toEqual([]);
  expect(made.notes).toEqual([
    `af-south-1 is not among the regions that the file names for own, ${other}: nothing was looked at there.`,
  ]);
});

it("counts the projects of an account once that is listed by its name and by its ID", async () => {
  const accounts = write("accounts.yml", {
    accounts: [
      { name: "other" },
      { name: "own" },
      { id: emulator.cloud.account("other")?.id, regions: ["cn-north-4", "af-south-1"] },
    ],
  });
  const made = await report({ accounts, agency: "auditor" });
  expect(verdicts(made).filter((line) => !line.startsWith("own"))).toEqual([
    "other cn-north-4 cn-north-4 service-key ",
    " af-south-1  not-checked no-permission",
  ]);
  const id = emulator.cloud.account("other")?.id;
  expect(made.notes).toContain(`The account ${id} is listed twice: its projects are counted once.`);
  expect(made.notes.filter((note) => note.includes("listed twice"))).toHaveLength(1);
});

it("does not judge where it is not known what is expected", async () => {
  const other = emulator.cloud.account("other")?.id;
  const accounts = write("accounts.yml", { accounts: [{ name: "own" }, { id: other }] });
  const expectations = write("e.yaml", "rules: [{ account: other, key: evs/default }, { mayBeOff: true }]");
  const made = await report({ accounts, agency: "auditor", expect: expectations });
  const [finding] = made.projects.filter(({ account }) => account.id === other);
  expect(finding).toMatchObject({
    verdict: "not-checked",
    cause: "other",
    reason: "Whether the expectation for the account other is for this one is not known: its name is not known.",
    enabled: true,
    keyAlias: "evs/default",
  });
  expect(made.projects.filter(({ account }) => account.name === "own").map(({ verdict }) => verdict)).toEqual([
    "ok",
    "ok",
    "ok",
  ]);
});

it.each<[string, Partial<AuditOptions>, string[]]>([
  ["regions", { region: ["cn-north-4"] }, ["cn-north-4", "cn-north-4_b"]],
  ["no regions", { excludeRegion: ["cn-north-4"] }, ["ap-southeast-3"]],
  [
    "neither",
    { region: ["cn-north-4", "eu-west-101"], excludeRegion: ["eu-west-101"] },
    ["cn-north-4", "cn-north-4_b"],
  ],
  ["projects", { project: ["cn-north-4_B", "ap-southeast-3"] }, ["ap-southeast-3", "cn-north-4_b"]],
  [
    "projects of a region without one",
    { project: ["cn-north-4_b"], region: ["cn-north-4", "eu-west-101"] },
    ["cn-north-4_b"],
  ],
])("keeps to %s", async (_, options, names) => {
  expect((await report(options)).projects.map(({ projectName }) => projectName)).toEqual(names);
});

it("names what was asked for and is not there", async () => {
  const made = await report({ project: ["x\ny"] });
  expect(verdicts(made)).toEqual([`  x y not-checked no-permission`]);
  expect(made.projects[0]?.reason).toBe("The credentials reach no project of this name or ID.");
  expect(made.notes).toEqual([]);
  const region = await report({ region: ["cn-nrth-4"], excludeRegion: ["eu-south-99"] });
  expect(region.notes).toEqual([
    "cn-nrth-4 is not a region. Did you mean cn-north-4?",
    expect.stringMatching(/^eu-south-99 is not a region\. Known are /),
  ]);
});

it("says why regions could not be listed", async () => {
  emulator.faults.add({ match: { operation: "KeystoneListRegions" }, action: { type: "gateway", code: "APIGW.0101" } });
  expect((await report()).notes).toEqual([
    expect.stringMatching(/^Regions without a project could not be listed: listing the regions/),
  ]);
});

it("goes on without the account's name", async () => {
  emulator.faults.add({
    match: { operation: "KeystoneListAuthDomains" },
    action: { type: "gateway", code: "APIGW.0302" },
  });
  const made = await report();
  expect(made.projects[0]?.account).toEqual({ id: emulator.cloud.account("own")?.id, name: null });
});

it("an organization: all accounts, the own one by the credentials themselves", async () => {
  const made = await report({ organization: true, agency: "auditor" });
  expect(new Set(made.projects.map(({ account, verdict }) => `${account.name} ${verdict}`))).toEqual(
    new Set(["own off", "own ok", "other service-key", "empty not-checked"]),
  );
});

describe("disks and keys", () => {
  it("are counted by key, those without encryption last", async () => {
    const [finding] = (await report({ project: ["cn-north-4"], disks: true })).projects;
    const key = emulator.cloud.keyByAlias(projectOf("own", "cn-north-4"), "app-disks")?.id;
    expect(finding?.disks).toEqual({
      total: 4,
      encrypted: 3,
      byKey: [
        { kmsKeyId: key, keyAlias: "app-disks", count: 2, sizeGib: 80 },
        { kmsKeyId: expect.any(String), keyAlias: null, count: 1, sizeGib: 40 },
        { kmsKeyId: null, keyAlias: null, count: 1, sizeGib: 40 },
      ],
    });
    expect(finding).not.toHaveProperty("keyUse");
    expect((await report()).projects[0]).not.toHaveProperty("disks");
  });

  it("that cannot be counted are said: not checked if all else is right", async () => {
    emulator.cloud.deny("own", "auditor", ["evs:listDisks"]);
    const key = emulator.cloud.keyByAlias(projectOf("own", "cn-north-4"), "app-disks")?.id ?? "";
    const made = await report({ key });
    expect(made.key).toBe(key);
    const [off, ok] = made.projects;
    expect(off?.reason).toMatch(
      /^New disks are not encrypted unless they say so themselves\. The disks could not be counted: /,
    );
    expect([ok?.verdict, ok?.cause, ok?.keyUse]).toEqual([
      "not-checked",
      "no-permission",
      { asDefault: true, asPrevious: [], disks: null },
    ]);
    expect(ok?.reason).toMatch(/^The disks could not be counted: /);
  });

  it("of a declared program: what differs is the wrong key, unless a key is expected", async () => {
    const id = projectOf("own", "cn-north-4");
    const plain = emulator.cloud.keyByAlias(id, "plain")?.id ?? "";
    const type = "huaweicloud-evs:index:DefaultEncryptionKey";
    const resource = (region: string, project: string) => ({
      urn: `urn:${region}`,
      type,
      id: `${region}/${project}`,
      inputs: { kmsKeyId: plain },
      outputs: { previousKmsKeyId: plain },
    });
    const against = write("export.json", {
      deployment: {
        resources: [
          resource("cn-north-4", id),
          resource("ap-southeast-3", projectOf("own", "ap-southeast-3")),
          resource("x", "y"),
        ],
      },
    });
    const made = await report({ against, key: plain });
    expect(
      made.projects.map(({ verdict, declared, keyUse }) => [verdict, declared?.status, keyUse?.asPrevious]),
    ).toEqual([
      ["off", "differs", ["urn:ap-southeast-3"]],
      ["wrong-key", "differs", ["urn:cn-north-4"]],
      ["ok", "not-declared", []],
    ]);
    expect(made.projects[1]?.reason).toMatch(/^The program declares the key/);
    expect(made.notes).toContain("urn:x declares x/y, which this audit has not looked at.");
    const expected = await report({ against, expectKey: "app-disks", project: ["cn-north-4"] });
    expect(expected.projects[0]).toMatchObject({
      verdict: "ok",
      expectedKey: "app-disks",
      declared: { status: "differs" },
    });
  });
});

describe("a declared key that is a secret of the export", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
  const declare = (name: string, more: object = {}) => ({
    urn: `urn:${name}`,
    type: "huaweicloud-evs:index:DefaultEncryptionKey",
    id: `${name.slice(0, 14).replace(/_.*/, "")}/${projectOf("own", name)}`,
    inputs: { kmsKeyId: secret },
    ...more,
  });
  const declared = "The declared key is a secret: export with --show-secrets to compare it.";
  const previous = "The key that destroying would set again is a secret: export with --show-secrets to compare it.";
  const outcome = ({ projects }: Report) => projects.map(({ verdict, declared }) => [verdict, declared?.status]);

  it("is not checked, unless another is expected; what is off is off", async () => {
    const resources = [declare("ap-southeast-3"), declare("cn-north-4")];
    const against = write("export.json", { deployment: { resources } });
    const made = await report({ against });
    expect(outcome(made)).toEqual([
      ["off", "unknown"],
      ["not-checked", "unknown"],
      ["ok", "not-declared"],
    ]);
    expect(made.projects[1]).toMatchObject({ cause: "other", reason: declared });
    expect(made.projects[0]?.reason).not.toContain("secret");
    expect((await run({ against })).code).toBe(2);
    expect(outcome(await report({ against, expectKey: "app-disks", project: ["cn-north-4"] }))).toEqual([
      ["ok", "unknown"],
    ]);
  });

  it("is not said to be of no use", async () => {
    const key = emulator.cloud.keyByAlias(projectOf("own", "cn-north-4"), "app-disks")?.id ?? "";
    const more = { inputs: { kmsKeyId: key }, outputs: { previousKmsKeyId: secret } };
    const against = write("export.json", { deployment: { resources: [declare("cn-north-4", more)] } });
    const options = { against, project: ["cn-north-4"] };
    expect((await report({ ...options, key })).projects[0]).toMatchObject({ verdict: "not-checked", reason: previous });
    expect(outcome(await report(options))).toEqual([["ok", "same"]]);
    emulator.cloud.deny("own", "auditor", ["evs:listDisks"]);
    const { reason } = (await report({ ...options, key })).projects[0] ?? {};
    expect(reason).toMatch(/^The key that destroying .* to compare it\. The disks could not be counted: /);
  });
});

it("notes what the client warns of, once", async () => {
  emulator.settings.clockSkewMs = 3_600_000;
  const made = await report();
  expect(made.notes.filter((note) => note.includes("clock"))).toHaveLength(1);
  expect(made.projects.map(({ verdict }) => verdict)).toEqual(["off", "ok", "ok"]);
});

it("logs a line of each try on standard error, if it is to", async () => {
  const { stderr } = await run({}, { HW_DEBUG: "1" });
  expect(stderr).toMatch(/^GET http.*\/v3\/auth\/domains 200 \d+ ms, try 1, request ID \w+$/m);
  expect((await run({}, { HW_DEBUG: "0" })).stderr).toBe("");
});

it("compares with a baseline, and accepts what is waived", async () => {
  const baseline = file("last.json");
  expect((await run({ out: baseline })).stdout).toBe("");
  const waivers = write(
    "w.yaml",
    "waivers: [{ region: ap-southeast-3, owner: a, reason: b, expires: 2026-01-01 }, { account: z, owner: c, reason: d, expires: 2026-01-01 }]",
  );
  const { code, stdout } = await run({ baseline, waivers });
  const made: Report = JSON.parse(stdout);
  expect([code, made.summary.waived, made.projects.map(({ change }) => change?.kind), made.gone]).toEqual([
    0,
    1,
    ["same", "same", "same"],
    [],
  ]);
  expect(made.notes.at(-1)).toBe("The waiver of c for z is of no project that was looked at.");
  const narrow = await report({ waivers, region: ["cn-north-4"] });
  expect(narrow.notes).toEqual([]);
});

describe("what is gone since a baseline", () => {
  const goneOf = async (options: Partial<AuditOptions>, places: object[]) => {
    const projects = places.map((place) => ({
      account: { id: null, name: "own" },
      region: "cn-north-4",
      projectId: "f".repeat(32),
      projectName: "gone",
      verdict: "ok",
      enabled: true,
      kmsKeyId: null,
      ...place,
    }));
    const baseline = write("baseline.json", { version: 1, projects });
    return ((await report({ ...options, baseline })).gone ?? []).map(
      ({ account, region }) => `${account.id ?? account.name} ${region}`,
    );
  };

  it("is told of what the audit would have seen", async () => {
    const places = [{}, { projectId: "e".repeat(32), region: "eu-west-101" }];
    expect(await goneOf({}, places)).toEqual(["own cn-north-4", "own eu-west-101"]);
    expect(await goneOf({ region: ["cn-north-4"] }, places)).toEqual(["own cn-north-4"]);
    expect(await goneOf({ excludeRegion: ["cn-north-4"] }, places)).toEqual(["own eu-west-101"]);
    expect(await goneOf({ region: ["cn-north-4", "eu-west-101"] }, places)).toEqual(["own cn-north-4"]);
    expect(await goneOf({ project: ["cn-north-4"] }, places)).toEqual([]);
    expect(await goneOf({ project: ["cn-north-4", "GONE"] }, places)).toEqual([]); // listed as not checked
  });

  it("is not told of another account than those that were audited, unless it left the organization", async () => {
    const places = [{}, { account: { id: "9".repeat(32), name: null }, projectId: "e".repeat(32) }];
    expect(await goneOf({}, places)).toEqual(["own cn-north-4"]);
    const options = { organization: true as const, agency: "auditor" };
    expect(await goneOf(options, places)).toEqual(["own cn-north-4", `${"9".repeat(32)} cn-north-4`]);
  });

  it("is not told of an account that could not be entered", async () => {
    const accounts = write("accounts.yml", { accounts: [{ name: "own" }, { name: "other", agency: "nobody" }] });
    const other = { account: { id: null, name: "other" }, projectId: "e".repeat(32) };
    expect(await goneOf({ accounts }, [{}, other])).toEqual(["own cn-north-4"]);
  });
});

it("expects what a file says", async () => {
  const made = await report({
    expect: write(
      "e.yaml",
      "rules: [{ region: ap-southeast-3, mayBeOff: true }, { region: x, key: a }, { key: plain }]",
    ),
  });
  expect(made.notes).toContain("The expectation for x matches no checked project.");
  expect(made.projects.map(({ verdict }) => verdict)).toEqual(["ok", "wrong-key", "ok"]);
});

it("writes what it is asked to, and overwrites no program", async () => {
  const program = file("program.ts");
  await run({ write: [program, file("import.json")] });
  expect(fs.readdirSync(folder).sort()).toEqual(["import.json", "program.ts"]);
  expect(fs.readFileSync(program, "utf8")).toContain("pulumi-huaweicloud-evs");
  await expect(run({ write: [program] })).rejects.toThrow(
    `${program} is there already, and is not overwritten: name another file.`,
  );
});

it("keeps a pipe a pipe, and a link a link", async () => {
  const pipe = file("pipe");
  execFileSync("mkfifo", [pipe]);
  const opened = fs.openSync(pipe, "r+");
  await run({ out: pipe, format: "csv" });
  const buffer = Buffer.alloc(65_536);
  expect(buffer.toString("utf8", 0, fs.readSync(opened, buffer))).toMatch(/^"verdict"/);
  fs.closeSync(opened);
  expect(fs.lstatSync(pipe).isFIFO()).toBe(true);
  const target = write("target.csv", "old");
  fs.symlinkSync(target, file("link"));
  await run({ out: file("link"), format: "csv" });
  expect(fs.lstatSync(file("link")).isSymbolicLink()).toBe(true);
  expect(fs.readFileSync(target, "utf8")).toMatch(/^"verdict"/);
});

it("has written the report if a program cannot be written in the end", async () => {
  const [out, program] = [file("report"), file("program.ts")];
  const done = run({ out, write: [program] });
  fs.mkdirSync(program);
  await expect(done).rejects.toThrow(`${program} cannot be written (EISDIR).`);
  expect(fs.readdirSync(folder).sort()).toEqual(["program.ts", "report"]);
});

it("names the file that cannot be written in the end, and leaves nothing beside it", async () => {
  const out = file("report");
  const done = run({ out });
  fs.mkdirSync(out);
  // A folder that came meanwhile.
  await expect(done).rejects.toThrow(`${out} cannot be written (EISDIR).`);
  expect(fs.readdirSync(folder)).toEqual(["report"]);
});

describe("the formats", () => {
  it("a table is as wide as the terminal, in colour", async () => {
    const { stdout } = await run({ format: "table" }, {}, true);
    expect(stdout).toContain("\u001b[32mok\u001b[39m");
    expect(stdout.split("\n")[0]?.length).toBeLessThanOrEqual(90);
    expect((await run({ format: "table" }, { NO_COLOR: "1" }, true)).stdout).not.toContain("\u001b");
  });

  it("a table that is no terminal's has no colour, and the width of COLUMNS or 120", async () => {
    const options = { format: "table", expectKey: "none-of-these-keys-which-have-other-names" } as const;
    const widthOf = (text: string) => text.split("\n")[0]?.length;
    const { stdout } = await run(options);
    expect([stdout.includes("\u001b"), widthOf(stdout)]).toEqual([false, 120]);
    expect(widthOf((await run(options, { COLUMNS: "100" })).stdout)).toBe(100);
    expect(widthOf((await run(options, { COLUMNS: "x" })).stdout)).toBe(120);
    await run({ ...options, out: file("table.txt") }, {}, true);
    const text = fs.readFileSync(file("table.txt"), "utf8");
    expect([text.includes("\u001b"), widthOf(text)]).toEqual([false, 120]);
  });

  it("CSV and HTML", async () => {
    expect((await run({ format: "csv" })).stdout).toMatch(/^"verdict",/);
    expect((await run({ format: "html" })).stdout).toMatch(/^<!doctype html>/i);
  });
});

it.each<[string, Partial<AuditOptions>, Record<string, string>, string]>([
  ["--ou alone", { ou: "x" }, {}, "--ou is for --organization: pass that too."],
  ["--agency alone", { agency: "x" }, {}, "--agency is for other accounts: pass --accounts or --organization too."],
  [
    "--organization alone",
    { organization: true },
    {},
    "--organization needs --agency: the agency by which its accounts are reached.",
  ],
  ["no folder", { out: "/nonexistent/x" }, {}, "/nonexistent/x cannot be written: there is no such folder."],
  [
    "no folder of a program",
    { write: ["/nonexistent/x.ts"] },
    {},
    "/nonexistent/x.ts cannot be written: there is no such folder.",
  ],
  ["a folder", { out: os.tmpdir() }, {}, `${os.tmpdir()} cannot be written: it is a folder.`],
  [
    "the report in place of the program",
    { write: ["./x.ts"], out: "x.ts" },
    {},
    "./x.ts is named twice: each file is written once.",
  ],
  [
    "no region",
    {},
    { HW_REGION_NAME: "" },
    "No region is known: pass --region, or set HW_REGION_NAME to the region whose IAM is asked.",
  ],
  ["half a key", {}, { HW_SECRET_KEY: "" }, "HW_ACCESS_KEY is set, but no secret key: set HW_SECRET_KEY"],
  ["no such timeout", {}, { HW_REQUEST_TIMEOUT: "x" }, "HW_REQUEST_TIMEOUT must be a number of seconds"],
])("%s is a mistake of usage, and nothing is sent", async (_, options, environment, message) => {
  await expect(run(options, environment)).rejects.toThrow(message);
  await expect(run(options, environment)).rejects.toThrow(UsageError);
  expect(emulator.requests).toEqual([]);
});

it("the first region that is given is asked where none is configured", async () => {
  const made = await report({ region: ["cn-north-4"] }, { HW_REGION_NAME: "" });
  expect(made.projects).toHaveLength(2);
});

describe("an interruption", () => {
  it("before the accounts are known: nothing, and partial", async () => {
    stop.abort();
    const { code, stdout } = await run();
    expect([code, JSON.parse(stdout)]).toEqual([2, expect.objectContaining({ partial: true, projects: [] })]);
  });

  it("in the middle: what was found, the rest not checked, and no more notes", async () => {
    const hold = emulator.hold({ operation: "ShowDefaultKmsKeyId", projectId: projectOf("own", "cn-north-4_b") });
    const against = write("export.json", {
      deployment: { resources: [{ urn: "u", type: "huaweicloud-evs:index:DefaultEncryption", id: "x/y" }] },
    });
    const accounts = write("accounts.yml", { accounts: [{ name: "own" }, { name: "other" }] });
    const waivers = write("w.yaml", "waivers: [{ account: z, owner: c, reason: d, expires: 2026-01-01 }]");
    const login = emulator.hold({ operation: "CreateTemporaryAccessKeyByAgency" });
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 90 });
    // The bar says when two of the three projects that are known are checked.
    const twoAreDone = new Promise<void>((resolve) => {
      terminal.on("data", (chunk) => String(chunk).includes(" 2 of 3 projects") && resolve());
    });
    const running = run({ accounts, agency: "auditor", against, waivers }, {}, false, terminal);
    await twoAreDone;
    stop.abort();
    const made: Report = JSON.parse((await running).stdout);
    expect(made.partial).toBe(true);
    const causes = new Set(made.projects.filter(({ verdict }) => verdict === "not-checked").map(({ cause }) => cause));
    expect(causes).toEqual(new Set(["interrupted"]));
    expect(made.projects.some(({ verdict }: ProjectFinding) => verdict === "ok")).toBe(true);
    expect(made.notes).toEqual([]);
    hold.release();
    login.release();
  });
});
