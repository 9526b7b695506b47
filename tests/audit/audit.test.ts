// The command as a process: every verdict, option and exit code, in three accounts with four regions each.
import path from "node:path";
import process from "node:process";
import { permitted, serviceOf } from "../../cli/audit/permitted";
import { runCommand } from "../harness/command";
import { checkout } from "../harness/readiness";
import { findingOf, verdictsOf, World } from "./world";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

const alpha = [
  "alpha ap-southeast-3 off",
  "alpha cn-north-4 ok",
  "alpha eu-west-101 service-key",
  "alpha la-south-2 off",
];
const beta = [
  "beta ap-southeast-3 key-unusable",
  "beta cn-north-4 ok",
  "beta eu-west-101 key-unusable",
  "beta la-south-2 key-unusable",
];
const gamma = [
  "gamma ap-southeast-3 ok",
  "gamma cn-north-4 key-unusable",
  "gamma eu-west-101 ok",
  "gamma la-south-2 ok",
];
const accounts = "accounts: [{ name: alpha }, { name: beta }, { name: gamma, agency: evs-auditor }]";
const ofAll = () => ["--accounts", world.file("accounts.yml", accounts), "--agency", "evs-auditor"];

describe("verdicts", () => {
  it("of the account of the credentials, with what is known of each key", async () => {
    const report = await world.report();
    expect([report.code, verdictsOf(report)]).toEqual([1, alpha]);
    const id = world.emulator.cloud.account("alpha")?.id;
    expect(report.summary).toEqual({
      accounts: 1,
      regions: 4,
      projects: 4,
      verdicts: { ok: 1, off: 2, "service-key": 1, "wrong-key": 0, "key-unusable": 0, "not-checked": 0 },
      waived: 0,
      findings: 3,
      notChecked: 0,
    });
    expect(findingOf(report, "alpha", "cn-north-4")).toEqual({
      account: { id, name: "alpha" },
      region: "cn-north-4",
      projectId: world.project("alpha", "cn-north-4"),
      projectName: "cn-north-4",
      verdict: "ok",
      enabled: true,
      kmsKeyId: world.key("alpha", "cn-north-4", "app-disks"),
      keyAlias: "app-disks",
      keyState: "enabled",
      keyDeletionDate: null,
      keyRotation: true,
      keyRotationDays: 90,
      keyOrigin: "kms",
      keySpec: "AES_256",
      isServiceKey: false,
    });
    expect(findingOf(report, "alpha", "ap-southeast-3")).toMatchObject({ enabled: false, kmsKeyId: null });
    expect(report.notes).toEqual(["The credentials reach no project in af-south-1: nothing was checked there."]);
  });

  it("of every account of a file, each key that does not work with its reason", async () => {
    const report = await world.report(ofAll());
    expect([report.code, verdictsOf(report)]).toEqual([1, [...alpha, ...beta, ...gamma]]);
    const why = (account: string, region: string) => findingOf(report, account, region).reason;
    expect(why("beta", "ap-southeast-3")).toMatch(/^The key \(alias retired-disks\) is disabled/);
    expect(why("beta", "eu-west-101")).toMatch(/scheduled for deletion.* \(it will be deleted on \d{4}-\d\d-\d\d\)\.$/);
    expect(findingOf(report, "beta", "eu-west-101").keyDeletionDate).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(why("beta", "la-south-2")).toMatch(/^KMS has no such key in this project/);
    expect(findingOf(report, "beta", "la-south-2").keyState).toBe("gone");
    expect(why("gamma", "cn-north-4")).toMatch(/RSA_3072/);
  });

  it("of what could not be checked, which is never ok", async () => {
    const { cloud, faults } = world.emulator;
    cloud.withdraw("evs", "la-south-2");
    cloud.deny("beta", "evs-auditor", ["evs:read"]);
    cloud.setAgency("gamma", "evs-auditor", { type: "account", accountId: "nobody" });
    const throttled = world.project("alpha", "eu-west-101");
    faults.add({ match: { projectId: throttled }, times: -1, action: { type: "gateway", code: "APIGW.0308" } });
    const report = await world.report(ofAll(), { env: { HW_MAX_RETRIES: "0" } });
    expect([report.code, verdictsOf(report)]).toEqual([
      2,
      [
        "alpha ap-southeast-3 off",
        "alpha cn-north-4 ok",
        "alpha eu-west-101 not-checked throttled",
        "alpha la-south-2 not-checked service-not-in-region",
        "beta ap-southeast-3 not-checked no-permission",
        "beta cn-north-4 not-checked no-permission",
        "beta eu-west-101 not-checked no-permission",
        "beta la-south-2 not-checked service-not-in-region",
        "gamma not-checked account-not-reachable",
      ],
    ]);
    expect(report.summary).toMatchObject({ findings: 1, notChecked: 7 });
  });

  it("of a key that KMS does not show: not checked, but off is off", async () => {
    world.emulator.cloud.deny("alpha", "auditor", ["kms:read"]);
    const report = await world.report();
    expect(verdictsOf(report)).toEqual([
      "alpha ap-southeast-3 off",
      "alpha cn-north-4 not-checked no-permission",
      "alpha eu-west-101 not-checked no-permission",
      "alpha la-south-2 off",
    ]);
    expect(findingOf(report, "alpha", "cn-north-4")).toMatchObject({ enabled: true, keyState: null });
    const key = world.key("alpha", "eu-west-101", "app-disks");
    const [, , third] = verdictsOf(await world.report(["--expect-key", key]));
    expect(third).toBe("alpha eu-west-101 wrong-key");
  });

  it("nothing is asked with credentials that are refused, and none is ok", async () => {
    const report = await world.report([], { env: { HW_SECRET_KEY: "wrong" } });
    expect([report.code, report.projects.map(({ verdict }) => verdict)]).toEqual([2, ["not-checked"]]);
    expect(report.projects[0]?.reason).toMatch(/secret key/);
  });
});

describe("scope", () => {
  it.each<[string, string[], string[]]>([
    ["one region", ["--region", "cn-north-4"], ["alpha cn-north-4 ok"]],
    ["two regions", ["--region", "cn-north-4", "la-south-2"], ["alpha cn-north-4 ok", "alpha la-south-2 off"]],
    [
      "all but two",
      ["--exclude-region", "cn-north-4", "--exclude-region", "la-south-2"],
      [alpha[0] ?? "", alpha[2] ?? ""],
    ],
    ["a project", ["--project", "eu-west-101"], ["alpha eu-west-101 service-key"]],
    [
      "a project that is not there",
      ["--project", "cn-north-4_team", "cn-north-4"],
      ["alpha cn-north-4 ok", "cn-north-4_team not-checked no-permission"],
    ],
    [
      "a region without a project",
      ["--region", "af-south-1", "cn-north-4"],
      ["alpha cn-north-4 ok", "alpha af-south-1 not-checked no-permission"],
    ],
  ])("%s", async (_, args, expected) => {
    expect(verdictsOf(await world.report(args))).toEqual(expected);
  });

  it("a region that is misspelt is not checked, and a note says which was meant", async () => {
    const report = await world.report(["--region", "cn-nroth-4"]);
    expect(report.code).toBe(2);
    expect(report.notes).toEqual(["cn-nroth-4 is not a region. Did you mean cn-north-4?"]);
  });

  it("sub-projects are projects of their own", async () => {
    world.emulator.cloud.addProject("alpha", "cn-north-4", "cn-north-4_team");
    world.emulator.cloud.addProject("alpha", "cn-north-4", "MOS");
    world.emulator.cloud.setProjectEnabled(world.project("alpha", "la-south-2"), false);
    expect(verdictsOf(await world.report())).toEqual([
      "alpha ap-southeast-3 off",
      "alpha cn-north-4 ok",
      "alpha cn-north-4_team off",
      "alpha eu-west-101 service-key",
    ]);
  });

  it("the organization, the closed and the unreachable account too", async () => {
    const report = await world.report(["--organization", "--agency", "evs-auditor"]);
    expect([report.code, new Set(verdictsOf(report))]).toEqual([
      2,
      new Set([
        ...[...alpha, ...beta, ...gamma],
        "closed not-checked account-closed",
        "stranger not-checked account-not-reachable",
      ]),
    ]);
  });

  it("a unit of the organization, with the units below it", async () => {
    const unit = world.emulator.cloud.organization?.units.find(({ name }) => name === "Products")?.id ?? "";
    const report = await world.report(["--organization", "--ou", unit, "--agency", "evs-auditor"]);
    expect(new Set(report.projects.map(({ account }) => account.name))).toEqual(
      new Set(["beta", "gamma", "closed", "stranger"]),
    );
  });

  it("an organization that may not be listed is not checked", async () => {
    world.emulator.cloud.deny("alpha", "auditor", ["organizations:listAccounts"]);
    const report = await world.report(["--organization", "--agency", "evs-auditor"]);
    expect([report.code, verdictsOf(report)]).toEqual([2, ["not-checked account-not-reachable"]]);
  });

  it("a file of accounts as Cloud Custodian's runner has it", async () => {
    const id = (name: string) => world.emulator.cloud.account(name)?.id ?? "";
    const file = world.file("c7n.json", {
      domains: [
        {
          name: "beta",
          domain_id: id("beta"),
          agency_urn: `iam::${id("beta")}:agency:evs-auditor`,
          regions: ["cn-north-4"],
        },
        { name: "old", domain_id: "gone", status: "closed", tags: { team: "x" } },
        { name: "gamma", domain_id: id("gamma") },
      ],
    });
    expect(verdictsOf(await world.report(["--accounts", file]))).toEqual([
      "beta cn-north-4 ok",
      "old not-checked account-closed",
      "gamma not-checked account-not-reachable",
    ]);
  });
});

describe("expectations", () => {
  it("one key everywhere, by alias or by ID", async () => {
    const byAlias = await world.report([...ofAll(), "--expect-key", "app-disks"]);
    expect(verdictsOf(byAlias).filter((line) => / (ok|wrong-key)$/.test(line))).toEqual([
      "alpha cn-north-4 ok",
      "beta cn-north-4 wrong-key",
      ...gamma.filter((line) => line.endsWith("ok")),
    ]);
    expect(findingOf(byAlias, "beta", "cn-north-4")).toMatchObject({
      expectedKey: "app-disks",
      reason: expect.stringMatching(/^The key is other-disks \(.*\), expected app-disks\.$/),
    });
    const key = world.key("alpha", "cn-north-4", "app-disks").toUpperCase();
    const byId = await world.report(["--region", "cn-north-4", "--expect-key", key]);
    expect([byId.code, verdictsOf(byId)]).toEqual([0, ["alpha cn-north-4 ok"]]);
  });

  it("by account, region and project, the first rule that matches", async () => {
    const file = world.file(
      "expect.yaml",
      `
default: { key: app-disks }
rules:
  - { account: alpha, region: ap-southeast-3, mayBeOff: true }
  - { account: alpha, project: eu-west-101, key: evs/default }
  - { account: alpha, key: other-disks }
`,
    );
    const report = await world.report(["--expect", file]);
    expect(verdictsOf(report)).toEqual([
      "alpha ap-southeast-3 ok",
      "alpha cn-north-4 wrong-key",
      "alpha eu-west-101 ok",
      "alpha la-south-2 off",
    ]);
  });
});

describe("waivers", () => {
  const waiver = (more: string) => `{ account: alpha, owner: Ann, reason: moves in May, ${more} }`;

  it("that hold make all right, and those that nobody needs are named", async () => {
    const file = world.file(
      "waivers.yaml",
      `waivers: [${waiver("verdicts: [off], expires: 2099-01-01")}, ${waiver("region: eu-west-101, expires: 2099-01-01")},
        { account: other, owner: Bob, reason: none, expires: 2099-01-01 }]`,
    );
    const report = await world.report(["--waivers", file]);
    expect([report.code, report.summary.waived]).toEqual([0, 3]);
    expect(findingOf(report, "alpha", "la-south-2")).toMatchObject({
      verdict: "off",
      waiver: { owner: "Ann", reason: "moves in May", expires: "2099-01-01", expired: false },
    });
    expect(report.notes).toContain("The waiver of Bob for other is of no project that was looked at.");
  });

  it("that have expired accept nothing", async () => {
    const report = await world.report([
      "--waivers",
      world.file("waivers.yaml", `waivers: [${waiver("expires: 2020-01-01")}]`),
    ]);
    expect([report.code, report.summary.waived]).toEqual([1, 0]);
    expect(findingOf(report, "alpha", "la-south-2").waiver?.expired).toBe(true);
  });
});

it("ends with code 2 if standard output takes nothing", async () => {
  const command = `${process.execPath} ${path.join(checkout, "cli", "dist", "main.js")} audit --format json >/dev/full`;
  const { code, stderr } = await runCommand("sh", ["-c", command], { cwd: world.folder, env: world.env });
  expect([code, stderr]).toEqual([2, "error: standard output cannot be written (ENOSPC).\n"]);
});

describe("comparisons", () => {
  it("with a baseline: what is new, changed and gone", async () => {
    const before = await world.audit(["--format", "json", "--out", "last.json"]);
    expect([before.stdout, before.code]).toEqual(["", 1]);
    const { cloud } = world.emulator;
    cloud.setDefaultEncryption(world.project("alpha", "ap-southeast-3"), {
      enabled: true,
      keyId: world.key("alpha", "ap-southeast-3", "app-disks"),
    });
    cloud.addProject("alpha", "cn-north-4", "cn-north-4_new");
    cloud.removeProject(world.project("alpha", "la-south-2"));
    const report = await world.report(["--baseline", "last.json"]);
    expect(
      report.projects.map(({ projectName, change }) => [projectName, change?.kind, change?.before?.verdict]),
    ).toEqual([
      ["ap-southeast-3", "changed", "off"],
      ["cn-north-4", "same", "ok"],
      ["cn-north-4_new", "new", undefined],
      ["eu-west-101", "same", "service-key"],
    ]);
    expect(report.gone?.map(({ projectName, verdict }) => [projectName, verdict])).toEqual([["la-south-2", "off"]]);
  });

  const exported = () => {
    const target = (kind: string, region: string, properties: object, outputs: object = {}) => ({
      urn: `urn:pulumi:prod::app::${kind}::${region}`,
      type: kind,
      id: `${region}/${world.project("alpha", region)}`,
      inputs: properties,
      outputs: { ...properties, ...outputs },
    });
    const key = "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey";
    const previous = world.key("alpha", "cn-north-4", "other-disks");
    return world.file("export.json", {
      version: 3,
      deployment: {
        resources: [
          { urn: "urn:stack", type: "pulumi:pulumi:Stack" },
          target(key, "cn-north-4", { kmsKeyId: previous }, { previousKmsKeyId: previous }),
          target("huaweicloud-evs:index:DefaultEncryption", "la-south-2", { enabled: true }),
          target("huaweicloud-evs:index:DefaultEncryption", "eu-west-101", { enabled: true }),
          { ...target(key, "ap-southeast-3", {}), id: `ap-southeast-3/${"0".repeat(32)}` },
        ],
      },
    });
  };

  it("with what a program declares", async () => {
    const report = await world.report(["--against", exported()]);
    expect(verdictsOf(report)).toContain("alpha cn-north-4 wrong-key");
    const declared = (region: string) => findingOf(report, "alpha", region).declared;
    expect(declared("cn-north-4")).toMatchObject({
      status: "differs",
      differences: [expect.stringMatching(/^The program declares the key \S+, but it is /)],
    });
    expect(declared("la-south-2")).toMatchObject({
      status: "differs",
      differences: ["The program declares on, but it is off."],
    });
    expect(declared("eu-west-101")?.status).toBe("same");
    expect(declared("ap-southeast-3")).toEqual({ status: "not-declared", resources: [], differences: [] });
    expect(report.notes.join()).toMatch(/declares ap-southeast-3\/0{32}, which this audit has not looked at/);
  });

  it("who uses a key: as default, as noted in a state, for disks", async () => {
    const key = world.key("alpha", "cn-north-4", "app-disks");
    const report = await world.report(["--key", key, "--against", exported()]);
    expect(report.key).toBe(key);
    expect(findingOf(report, "alpha", "cn-north-4").keyUse).toEqual({ asDefault: true, asPrevious: [], disks: 2 });
    expect(findingOf(report, "alpha", "la-south-2").keyUse).toEqual({ asDefault: false, asPrevious: [], disks: 0 });
    const other = await world.report([
      "--key",
      world.key("alpha", "cn-north-4", "other-disks"),
      "--against",
      exported(),
    ]);
    expect(findingOf(other, "alpha", "cn-north-4").keyUse).toMatchObject({ asDefault: false, disks: 0 });
    expect(findingOf(other, "alpha", "cn-north-4").keyUse?.asPrevious).toHaveLength(1);
  });

  it("disks by encryption and key; those that cannot be counted leave the project unchecked", async () => {
    const report = await world.report(["--disks", "--region", "cn-north-4"]);
    expect(findingOf(report, "alpha", "cn-north-4").disks).toEqual({
      total: 3,
      encrypted: 2,
      byKey: [
        { kmsKeyId: world.key("alpha", "cn-north-4", "app-disks"), keyAlias: "app-disks", count: 2, sizeGib: 80 },
        { kmsKeyId: null, keyAlias: null, count: 1, sizeGib: 40 },
      ],
    });
    world.emulator.cloud.deny("alpha", "auditor", ["evs:listDisks"]);
    const denied = await world.report(["--disks"]);
    expect(verdictsOf(denied)).toContain("alpha cn-north-4 not-checked no-permission");
    expect(verdictsOf(denied)).toContain("alpha la-south-2 off");
  });
});

describe("what is sent", () => {
  it("is permitted, reads only, and is as little as it can be", async () => {
    await world.report([...ofAll(), "--disks"]);
    const { requests } = world.emulator;
    const sent = requests.map(({ method, path }) => serviceOf({ method: method as "GET", url: `http://x${path}` }));
    expect(sent).not.toContain(undefined);
    expect(new Set(requests.map(({ operation }) => operation))).toEqual(
      new Set([
        "KeystoneListAuthDomains",
        "KeystoneListAuthProjects",
        "KeystoneListRegions",
        "CreateTemporaryAccessKeyByAgency",
        "ShowEncryptionByDefault",
        "ShowDefaultKmsKeyId",
        "ListKeyDetail",
        "ShowKeyRotationStatus",
        "ListVolumes",
      ]),
    );
    const count = (operation: string) => requests.filter((request) => request.operation === operation).length;
    expect([count("ShowEncryptionByDefault"), count("ShowDefaultKmsKeyId"), count("ListKeyDetail")]).toEqual([
      12, 12, 11,
    ]);
    expect(permitted.filter(({ method }) => method === "PUT")).toEqual([]);
  });
});

describe("the command line", () => {
  it.each<[string, string[], RegExp]>([
    ["an option that is misspelt", ["audit", "--formt", "json"], /Did you mean --format\?/],
    ["a command that is misspelt", ["adit"], /Did you mean audit\?/],
    ["a format that there is not", ["audit", "--format", "xml"], /table, json, csv, html/],
    ["a region that is none", ["audit", "--region", "north"], /must be a region ID/],
    ["a key that is none", ["audit", "--key", "app-disks"], /must be the ID of a KMS key/],
    ["two expectations", ["audit", "--expect-key", "a", "--expect", "b"], /cannot be used with/],
    ["two scopes", ["audit", "--accounts", "a", "--organization"], /cannot be used with/],
    ["an organization without an agency", ["audit", "--organization"], /needs --agency/],
    ["an agency for nobody", ["audit", "--agency", "a"], /pass --accounts or --organization/],
    ["a unit of nothing", ["audit", "--ou", "ou-1"], /--ou is for --organization/],
    ["a file that is not there", ["audit", "--waivers", "no.yaml"], /no\.yaml cannot be read \(ENOENT\)/],
    ["a folder that is not there", ["audit", "--out", "no/report.json"], /no such folder/],
    ["a program of no language", ["audit", "--write", "program.py"], /program\.ts, program\.yaml or import\.json/],
    ["an emulator on no port", ["emulator", "--port", "x"], /--port must be a number/],
  ])("%s is a mistake of usage", async (_, args, words) => {
    const { code, stdout, stderr } = await world.run(args);
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toMatch(words);
    expect(world.emulator.requests).toEqual([]);
  });

  it("a file that is not right is named with the place of the mistake", async () => {
    world.file("waivers.yaml", "waivers: [{ account: a, owner: b, reason: c, expires: soon }]");
    const { code, stderr } = await world.audit(["--waivers", "waivers.yaml"]);
    expect([code, stderr]).toEqual([
      64,
      "error: waivers.yaml is not a file of waivers: waivers.0.expires: must be a date such as 2027-01-31.\n",
    ]);
  });

  it("without a region or credentials says what to set", async () => {
    const region = await world.audit([], { env: { HW_REGION_NAME: "" } });
    expect([region.code, region.stderr]).toEqual([64, expect.stringMatching(/pass --region, or set HW_REGION_NAME/)]);
    const half = await world.audit([], { env: { HW_SECRET_KEY: "" } });
    expect([half.code, half.stderr]).toEqual([64, expect.stringMatching(/HW_SECRET_KEY/)]);
    const given = await world.report(["--region", "cn-north-4"], { env: { HW_REGION_NAME: "" } });
    expect(given.code).toBe(0);
  });

  it("shows help and version", async () => {
    const help = await world.run(["audit", "--help"]);
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining("--expect-key <alias|id>")]);
    expect((await world.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

it("Ctrl-C ends with what was found so far, marked as partial", async () => {
  const interrupt = new AbortController();
  world.emulator.hold({ projectId: world.project("alpha", "la-south-2") });
  const running = world.report([], { interrupt: interrupt.signal });
  const answered = () =>
    world.emulator.requests.filter(({ operation, status }) => operation === "ListKeyDetail" && status === 200);
  while (answered().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 1500)); // the answers reach the command, on a busy machine too
  interrupt.abort();
  const report = await running;
  expect([report.code, report.partial]).toEqual([2, true]);
  expect(verdictsOf(report)).toEqual([...alpha.slice(0, 3), "alpha la-south-2 not-checked interrupted"]);
});

it("the emulator starts for users' own tests, and stops", async () => {
  const interrupt = new AbortController();
  const running = world.run(["emulator", "--json", "--fleet", "2x1"], {
    interrupt: interrupt.signal,
    timeoutMs: 20_000,
  });
  setTimeout(() => interrupt.abort(), 2500);
  const { code, stdout } = await running;
  expect(code).toBe(0);
  expect(JSON.parse(stdout).accounts.map(({ domainName }: { domainName: string }) => domainName)).toContain(
    "fleet-0002",
  );
});
