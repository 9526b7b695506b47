// The files that options name: what they say, and the errors of invalid ones.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ProjectFinding } from "../report/findings";
import { UsageError } from "../usageError";
import { readAccounts, scopeOf } from "./accounts";
import { readExport } from "./against";
import { readBaseline } from "./baseline";
import { expectKey, readExpectations } from "./expectations";
import { unknownPlace } from "./finding";
import { readWaivers, Waivers } from "./waivers";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-files-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
let count = 0;
function file(content: string | object): string {
  count += 1;
  const name = path.join(folder, `file-${count}`);
  fs.writeFileSync(name, typeof content === "string" ? content : JSON.stringify(content));
  return name;
}

const project = "0123456789abcdef0123456789abcdef";
const key = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
const other = "1c3875db-97f3-4371-93de-b103b10a2189";
const account = { id: "a-id", name: "a" };
const where = { account, region: "cn-north-4", projectId: project, projectName: "cn-north-4_team" };
const finding = (more: Partial<ProjectFinding> = {}): ProjectFinding => ({
  ...unknownPlace(account, { cause: "other", reason: "x" }),
  ...where,
  verdict: "off",
  ...more,
});

describe.each<[string, (name: string) => unknown, string]>([
  ["accounts", readAccounts, "a file of accounts"],
  ["expectations", readExpectations, "a file of expectations"],
  ["waivers", readWaivers, "a file of waivers"],
  ["a baseline", readBaseline, "a report of --format json"],
  ["an export", readExport, "a stack's export (`pulumi stack export`)"],
])("a file of %s", (_, read, what) => {
  it.each<[string, () => string, string]>([
    ["is not there", () => "/nonexistent/x.yaml", `/nonexistent/x.yaml cannot be read (ENOENT): it should be ${what}.`],
    ["is a folder", () => folder, `cannot be read (EISDIR): it should be ${what}.`],
    ["is no YAML", () => file("a: [1"), `is not ${what}: `],
    ["is no JSON", () => file('{"a": '), `is not ${what}: `],
    ["is of another form", () => file("- a"), `is not ${what}: `],
    ["is empty", () => file(""), `is not ${what}: `],
  ])("that %s is a mistake of usage", (_name, name, message) => {
    expect(() => read(name())).toThrow(UsageError);
    expect(() => read(name())).toThrow(message);
  });
});

it("a file may begin with a mark of its encoding", () => {
  expect(readWaivers(file('\uFEFF{"waivers": []}'))).toEqual([]);
  expect(readWaivers(file("\uFEFFwaivers: []\n"))).toEqual([]);
});

it("a mistake is named by its place, in one line", () => {
  const name = file("rules:\n  - mayBeOff: perhaps\n");
  expect(() => readExpectations(name)).toThrow(
    `${name} is not a file of expectations: rules.0.mayBeOff: must be true or false.`,
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
  expect(() => readAccounts(file("a: \u001b[31m[1"))).toThrow(/^[^\n\u001b]*$/);
});

describe("expectations", () => {
  it("are of the first rule that matches, else the default", () => {
    const expect_ = readExpectations(
      file({
        default: { key: "alias/app-disks" },
        rules: [
          { account: "b", mayBeOff: true },
          { account: "A", region: "cn-north-4", project: "other", key: "1" },
          { account: "a-id", project: project.toUpperCase(), key: "2" },
          { region: "cn-north-4", key: "3" },
        ],
      }),
    );
    expect(expect_(where)).toMatchObject({ key: "2" });
    expect(expect_({ ...where, projectId: null })).toMatchObject({ key: "3" });
    expect(expect_({ ...where, region: null, projectName: "other", projectId: null })).toEqual({ key: "app-disks" });
    expect(expect_({ ...where, projectName: "other" })).toMatchObject({ key: "1" });
    expect(expect_({ ...where, account: { id: null, name: "b" } })).toMatchObject({ mayBeOff: true });
  });

  describe("that name an account of which only the other is known", () => {
    const id = "fedcba9876543210FEDCBA9876543210";
    const rules = [
      { account: "team", region: "cn-north-4", key: "1" },
      { account: id, key: "2" },
      { project, key: "3" },
    ];
    const unknown = (account: string, what: string) => ({
      unknown: `Whether the expectation for the account ${account} is for this one is not known: its ${what} is not known.`,
    });
    it.each<[string, object, object]>([
      ["both are known", { account }, { key: "3" }],
      ["it matches by its name", { account: { id: null, name: "Team" } }, { key: "1" }],
      ["it matches by its ID", { account: { id: id.toLowerCase(), name: null }, region: "eu-west-101" }, { key: "2" }],
      ["its name is not known", { account: { id: "x", name: null } }, unknown("team", "name")],
      ["its ID is not known", { account: { id: null, name: "x" } }, unknown(id, "ID")],
      ["neither is known", { account: { id: null, name: null } }, unknown("team", "name")],
      ["another region's rule", { account: { id: "x", name: null }, region: "eu-west-101" }, { key: "3" }],
    ])("%s", (_, more, expected) => {
      expect(readExpectations(file({ rules }))({ ...where, ...more })).toMatchObject(expected);
    });

    it("are not called misspelt, and an earlier rule decides", () => {
      const expect_ = readExpectations(
        file({
          rules: [
            { region: "cn-north-4", key: "0" },
            { account: "team", key: "1" },
          ],
        }),
      );
      expect(expect_({ ...where, account: { id: "x", name: null } })).toMatchObject({ key: "0" });
      expect(expect_.unused?.()).toEqual([]);
    });
  });

  it("that are of no project are named", () => {
    const rules = [{ region: "cn-north-4" }, { project, key: "1" }, { account: "a", region: "cn-nort-4", key: "2" }];
    const expect_ = readExpectations(file({ rules }));
    expect_(where);
    expect(expect_.unused?.()).toEqual(["The expectation for a, cn-nort-4 matches no checked project."]);
  });

  it("of nothing in the file are the default ones", () => {
    expect(readExpectations(file("{}"))(where)).toEqual({});
  });

  it("of one key are the same everywhere", () => {
    expect(expectKey("alias/app-disks")(where)).toEqual({ key: "app-disks" });
    expect(expectKey(undefined)(where)).toEqual({});
  });

  it.each([{ default: { kye: "a" } }, { rules: [{ account: "" }] }, { defaults: {} }])("are not %j", (content) => {
    expect(() => readExpectations(file(content))).toThrow(UsageError);
  });
});

describe("waivers", () => {
  const waiver = { account: "a", owner: " Ann\n", reason: "moves", expires: "2026-06-30" };
  const read = (...entries: object[]) => new Waivers(readWaivers(file({ waivers: entries })), "2026-06-30");

  it("hold to their last day, for what they name", () => {
    const waivers = read(waiver);
    const expected = { owner: "Ann", reason: "moves", expires: "2026-06-30", expired: false };
    expect(waivers.for(finding())).toEqual(expected);
    expect(waivers.for(finding({ verdict: "key-unusable" }))).toEqual(expected);
    expect(waivers.for(finding({ verdict: "not-checked" }))).toBeUndefined();
    expect(waivers.for(finding({ verdict: "ok" }))).toBeUndefined();
    expect(waivers.for(finding({ account: { id: null, name: "b" } }))).toBeUndefined();
    expect(waivers.unused([], true)).toEqual([]);
  });

  it("that have expired are shown as such, unless another holds", () => {
    const old = { ...waiver, owner: "Old", expires: "2026-06-29" };
    expect(read(old).for(finding())).toMatchObject({ owner: "Old", expired: true });
    expect(read(old, waiver).for(finding())).toMatchObject({ owner: "Ann", expired: false });
  });

  it("are of some verdicts only, if they say so", () => {
    const waivers = read({ ...waiver, verdicts: ["service-key"] });
    expect(waivers.for(finding())).toBeUndefined();
    expect(waivers.for(finding({ verdict: "service-key" }))).toBeDefined();
    const unchecked = finding({ verdict: "not-checked" });
    expect(waivers.for(unchecked)).toBeUndefined();
    expect(read({ ...waiver, verdicts: ["not-checked"] }).for(unchecked)).toBeDefined();
  });

  it("that nothing needs are named", () => {
    const waivers = read(waiver, {
      region: "eu-west-101",
      project: "x",
      owner: "Bob",
      reason: "y",
      expires: "2026-07-01",
    });
    const [ann, bob] = ["The waiver of Ann for a", "The waiver of Bob for eu-west-101, x"];
    const unused = "matches no finding and can be removed.";
    const ok = finding({ verdict: "ok" });
    const place = { region: "eu-west-101", projectName: "x", projectId: null, account: { id: null, name: "b" } };
    expect(waivers.unused([ok, finding({ ...place, verdict: "ok" })], true)).toEqual([
      `${ann} ${unused}`,
      `${bob} ${unused}`,
    ]);
    expect(waivers.unused([ok], true)).toEqual([`${ann} ${unused}`, `${bob} is of no project that was looked at.`]);
    expect(waivers.unused([ok], false)).toEqual([`${ann} ${unused}`]);
    expect(waivers.unused([], false)).toEqual([]);
  });

  it("are not said to be in vain where something was not checked", () => {
    const waivers = read({ ...waiver, region: "r", project: "p" });
    const unused = (more: object, verdict: ProjectFinding["verdict"] = "not-checked") => {
      const place = { account, region: "r", projectName: "p", projectId: project };
      return waivers.unused([finding({ ...place, ...more, verdict })], true).length;
    };
    expect(unused({})).toBe(0);
    expect(unused({}, "ok")).toBe(1);
    expect(unused({ account: { id: "x", name: "y" } })).toBe(1);
    expect(unused({ account: { id: "x", name: null } })).toBe(0);
    expect(unused({ region: "other" })).toBe(1);
    expect(unused({ region: null, projectId: null, projectName: null })).toBe(0);
    expect(unused({ projectName: "other" })).toBe(1);
    expect(unused({ projectId: null, projectName: "other" })).toBe(0);
  });

  it.each<[string, object, string]>([
    ["no place", { account: undefined }, "must name an account, a region or a project"],
    ["no owner", { owner: " " }, "waivers.0.owner: must not be empty"],
    ["no reason", { reason: undefined }, "waivers.0.reason: is missing"],
    ["no date", { expires: "2026-02-30" }, "waivers.0.expires: must be a date such as 2027-01-31"],
    ["no verdict", { verdicts: [] }, "waivers.0.verdicts"],
    ["another verdict", { verdicts: ["fine"] }, "waivers.0.verdicts.0"],
    ["another word", { until: "x" }, "until"],
  ])("need more than %s", (_, change, message) => {
    expect(() => read({ ...waiver, ...change })).toThrow(message);
  });
});

describe("a baseline", () => {
  const earlier = (...projects: ProjectFinding[]) => readBaseline(file({ version: 1, projects }));

  it("tells what is new, changed and the same", () => {
    const baseline = earlier(finding({ enabled: false, kmsKeyId: key }));
    const before = { verdict: "off", enabled: false, kmsKeyId: key };
    const now = finding({ enabled: false, kmsKeyId: key, projectId: project.toUpperCase() });
    expect(baseline.changeOf(now)).toEqual({ kind: "same", before });
    expect(baseline.changeOf({ ...now, verdict: "ok" })).toEqual({ kind: "changed", before });
    expect(baseline.changeOf({ ...now, enabled: true })).toEqual({ kind: "changed", before });
    expect(baseline.changeOf({ ...now, kmsKeyId: other })).toEqual({ kind: "changed", before });
    expect(baseline.changeOf({ ...now, projectId: "x" })).toEqual({ kind: "new" });
  });

  it("tells what is gone, with entries without a project by their account and region", () => {
    const whole = finding({ projectId: null, projectName: null, region: null, verdict: "not-checked" });
    const baseline = earlier(finding(), whole, { ...whole, region: "eu-west-101" });
    expect(baseline.gone([finding(), whole])).toEqual([
      { account, region: "eu-west-101", projectId: null, projectName: null, verdict: "not-checked" },
    ]);
    expect(baseline.gone([finding(), { ...whole, account: { id: null, name: "a-id" } }])).toHaveLength(1);
  });

  it("tells projects apart that were asked for by name and are not there", () => {
    const named = (projectName: string) => ({ ...unknownPlace(account, { cause: "other", reason: "x" }), projectName });
    expect(earlier(named("a")).changeOf(named("a"))).toMatchObject({ kind: "same" });
    expect(earlier(named("a")).changeOf(named("b"))).toEqual({ kind: "new" });
  });

  it("shows no name that is more than a line", () => {
    const hostile = "a\u001b[31m\n::error::b";
    const odd = finding({
      account: { id: hostile, name: hostile },
      region: hostile,
      projectId: hostile,
      projectName: hostile,
    });
    expect(earlier(odd).gone([])).toEqual([
      {
        account: { id: "a ::error::b", name: "a ::error::b" },
        region: "a ::error::b",
        projectId: "a ::error::b",
        projectName: "a ::error::b",
        verdict: "off",
      },
    ]);
    const before = earlier(finding({ kmsKeyId: hostile })).changeOf(finding({ kmsKeyId: key }));
    expect(before).toMatchObject({ kind: "changed", before: { kmsKeyId: "a ::error::b" } });
  });

  it("that was interrupted does not tell what is new", () => {
    const baseline = readBaseline(file({ version: 1, partial: true, projects: [finding()] }));
    expect(baseline.changeOf(finding())).toMatchObject({ kind: "same" });
    expect(baseline.changeOf(finding({ projectId: "x" }))).toBeUndefined();
    const whole = readBaseline(file({ version: 1, partial: false, projects: [] }));
    expect(whole.changeOf(finding())).toEqual({ kind: "new" });
  });

  it("is of this version", () => {
    expect(() => readBaseline(file({ version: 2, projects: [] }))).toThrow(
      "version: must be 1: a report of this version",
    );
  });
});

describe("a stack's export", () => {
  const types = {
    key: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
    switch: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
    pluginKey: "huaweicloud-evs:index:DefaultEncryptionKey",
  };
  const resource = (type: string, inputs: object, outputs: object = {}, urn = type) => ({
    urn,
    type,
    id: `cn-north-4/${project.toUpperCase()}`,
    inputs,
    outputs,
  });
  const read = (...resources: object[]) => readExport(file({ deployment: { resources } }));
  const found = { enabled: true, kmsKeyId: key };
  const secret = (plaintext?: string) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    plaintext,
  });

  it.each<[string, object[], string, string[]]>([
    ["the same key", [resource(types.key, { kmsKeyId: key.toUpperCase() })], "same", []],
    [
      "another key",
      [resource(types.pluginKey, { kmsKeyId: other })],
      "differs",
      [`The program declares the key ${other}, but it is ${key}.`],
    ],
    ["on", [resource(types.switch, { enabled: true })], "same", []],
    ["nothing, which is on", [resource(types.switch, {})], "same", []],
    ["off", [resource(types.switch, { enabled: false })], "differs", ["The program declares off, but it is on."]],
    ["a secret", [resource(types.key, { kmsKeyId: secret() })], "unknown", []],
    ["a secret switch", [resource(types.switch, { enabled: secret() })], "unknown", []],
    ["a secret switch that is shown", [resource(types.switch, { enabled: secret("true") })], "same", []],
    [
      "a secret switch that is off",
      [resource(types.switch, { enabled: secret("false") })],
      "differs",
      ["The program declares off, but it is on."],
    ],
    [
      "a secret, beside what differs",
      [resource(types.key, { kmsKeyId: secret() }), resource(types.switch, { enabled: false })],
      "differs",
      ["The program declares off, but it is on."],
    ],
    [
      "a secret, beside what is the same",
      [resource(types.key, { kmsKeyId: secret() }), resource(types.switch, {})],
      "unknown",
      [],
    ],
    ["what is to be deleted", [{ ...resource(types.key, { kmsKeyId: other }), delete: true }], "not-declared", []],
    ["what was only read", [{ ...resource(types.switch, {}), external: true }], "not-declared", []],
    ["what is neither", [{ ...resource(types.switch, {}), delete: false, external: false }], "same", []],
    ["a secret that is shown", [resource(types.key, { kmsKeyId: secret(JSON.stringify(key)) })], "same", []],
    [
      "another secret",
      [resource(types.key, { kmsKeyId: secret(JSON.stringify(other)) })],
      "differs",
      [`The program declares another key, a secret, but it is ${key}.`],
    ],
    ["a secret that is no text", [resource(types.key, { kmsKeyId: secret("{") })], "unknown", []],
    ["another type", [resource("aws:ebs/key:Key", { kmsKeyId: other })], "not-declared", []],
    ["no ID yet", [{ ...resource(types.key, { kmsKeyId: other }), id: undefined }], "not-declared", []],
  ])("that declares %s", (_, resources, status, differences) => {
    expect(read(...resources).compare("cn-north-4", project, found)).toMatchObject({ status, differences });
  });

  it("names the resources of a project, and no key is said to be none", () => {
    const declarations = read(
      resource(types.key, { kmsKeyId: other }, {}, "urn:1"),
      resource(types.switch, {}, {}, "urn:2"),
    );
    const live = { enabled: true, kmsKeyId: "" };
    expect(declarations.compare("cn-north-4", project, live)).toEqual({
      status: "differs",
      resources: ["urn:1", "urn:2"],
      differences: [`The program declares the key ${other}, but it is none.`],
    });
    expect(declarations.compare("cn-south-1", project, live).status).toBe("not-declared");
  });

  it("tells why the key is not the declared one", () => {
    const why = (...resources: object[]) => read(...resources).differenceOfKey("cn-north-4", project, found);
    expect(why(resource(types.key, { kmsKeyId: other }))).toContain("The program declares the key");
    expect(why(resource(types.key, { kmsKeyId: key }))).toBeUndefined();
    expect(why(resource(types.key, { kmsKeyId: secret() }))).toBeUndefined();
    expect(why(resource(types.switch, { enabled: false }))).toBeUndefined();
    expect(why()).toBeUndefined();
  });

  it("tells what it does not say, of what is asked", () => {
    const said = (asked: string[], ...resources: object[]) =>
      read(...resources).secretsOf("cn-north-4", project, {
        declaredKey: asked.includes("declared"),
        previousKey: asked.includes("previous"),
      });
    const hidden = resource(types.key, { kmsKeyId: secret() }, { previousKmsKeyId: secret() });
    const declared = "The declared key is a secret: export with --show-secrets to compare it.";
    const previous = "The key that destroying would set again is a secret: export with --show-secrets to compare it.";
    expect(said(["declared", "previous"], hidden)).toEqual([declared, previous]);
    expect(said(["declared"], hidden)).toEqual([declared]);
    expect(said(["previous"], hidden)).toEqual([previous]);
    expect(said([], hidden)).toEqual([]);
    const shown = secret(JSON.stringify(key));
    const plain = resource(types.key, { kmsKeyId: shown }, { previousKmsKeyId: shown });
    const without = resource(types.key, { kmsKeyId: key }, { previousKmsKeyId: null });
    const hiddenSwitch = resource(types.switch, { enabled: secret() });
    expect(said(["declared", "previous"], plain, without, hiddenSwitch)).toEqual([]);
    expect(said(["declared", "previous"])).toEqual([]);
  });

  it("tells who would set a key again, and what was not looked at", () => {
    const declarations = read(resource(types.key, { kmsKeyId: key }, { previousKmsKeyId: other }, "urn:1"));
    expect(declarations.previousUsesOf("cn-north-4", project, other.toUpperCase())).toEqual(["urn:1"]);
    expect(declarations.previousUsesOf("cn-north-4", project, key)).toEqual([]);
    expect(declarations.missing(new Set([`cn-north-4/${project}`]))).toEqual([]);
    expect(declarations.missing(new Set())).toEqual([
      `urn:1 declares cn-north-4/${project}, which this audit has not looked at.`,
    ]);
  });

  it.each([{ deployment: {} }, { deployment: { resources: null } }])("may have no resources: %j", (content) => {
    expect(readExport(file(content)).missing(new Set())).toEqual([]);
  });
});

describe("accounts", () => {
  it("are listed by name or ID, or as Cloud Custodian's runner has them", () => {
    expect(readAccounts(file("accounts: [{ name: a, agency: x, regions: [r], duration: 900 }, { id: b }]"))).toEqual([
      { name: "a", agency: "x", regions: ["r"], duration: 900 },
      { id: "b" },
    ]);
    const urn = "iam::b:agency:team:auditor";
    const entries = [
      {
        domain_id: "b",
        name: "n",
        status: "active",
        agency_urn: urn,
        duration_seconds: 3600,
        regions: ["r"],
        tags: {},
      },
      { domain_id: "c" },
    ];
    expect(readAccounts(file({ domains: entries, other: 1 }))).toEqual([
      { id: "b", name: "n", status: "active", agency: "team:auditor", duration: 3600, regions: ["r"] },
      { id: "c" },
    ]);
  });

  it.each<[object, string]>([
    [{ accounts: [] }, "accounts: must name at least one account."],
    [{ accounts: [{}] }, "accounts.0: must have a name or an id: the account's."],
    [{ accounts: [{ name: "a", agncy: "x" }] }, 'accounts.0: Unrecognized key: "agncy".'],
    [
      { accounts: [{ name: "a", regions: [] }] },
      "accounts.0.regions: must name at least one region: leave it out for all.",
    ],
    [{ domains: [{ domain_id: "b", regions: [] }] }, "domains.0.regions: must name at least one region"],
    [{ accounts: [{ name: 1 }] }, "accounts.0.name: must be text."],
    [{ accounts: [{ name: "a", duration: 60 }] }, "accounts.0.duration: "],
    [{ domains: [{ name: "n" }] }, "domains.0.domain_id: is missing."],
    [{ domains: [{ domain_id: "b", agency_urn: "auditor" }] }, "domains.0.agency_urn: must be the URN of an agency"],
    [{ domains: [] }, "accounts: must be a list of accounts."],
    [{ acounts: [] }, "accounts: must be a list of accounts."],
    [{ accounts: [{ name: "a" }, { id: "a" }, { name: "a", regions: ["r"] }] }, " lists a twice: list it once"],
    [
      {
        accounts: [
          { id: "a", name: "x" },
          { id: "a", name: "y" },
        ],
      },
      " lists y twice: list it once",
    ],
  ])("are not %j", (content, message) => {
    const read = () => readAccounts(file(content));
    expect(read).toThrow(UsageError);
    expect(read).toThrow(message);
  });

  it("may have one name, with other IDs", () => {
    const accounts = [{ id: "a", name: "x" }, { id: "b", name: "x" }, { id: "c" }];
    expect(readAccounts(file({ accounts }))).toEqual(accounts);
  });

  const own = { id: "own-id", name: "own" };
  it.each<[string, Parameters<typeof scopeOf>, object]>([
    ["the own one by its name", [{ name: "own", agency: "x" }, "y", own], { account: own, role: undefined }],
    ["the own one by its ID", [{ id: "own-id", name: "else" }, "y", own], { account: own, role: undefined }],
    [
      "another of the own one's name",
      [{ id: "b", name: "own" }, "y", own],
      { account: { id: "b", name: "own" }, role: { agencyName: "y", domainId: "b" } },
    ],
    [
      "by the agency of all",
      [{ name: "b" }, "y", own],
      { account: { id: null, name: "b" }, role: { agencyName: "y", domainName: "b" } },
    ],
    [
      "by its own agency",
      [{ id: "b", agency: "x", duration: 900, regions: ["r"] }, "y", undefined],
      { role: { agencyName: "x", domainId: "b", duration: 900 }, regions: ["r"] },
    ],
    [
      "by none",
      [{ name: "b" }, undefined, own],
      {
        role: undefined,
        unreachable: {
          cause: "account-not-reachable",
          reason: "No agency is named for this account: pass --agency, or name one in the file.",
        },
      },
    ],
    [
      "closed",
      [{ name: "own", status: "suspended" }, "y", own],
      {
        role: undefined,
        unreachable: {
          cause: "account-closed",
          reason: "The account's status is suspended: no agency of it can be used.",
        },
      },
    ],
    ["active in capitals", [{ name: "own", status: "ACTIVE" }, "y", own], { account: own }],
  ])("are reached: %s", (_, args, expected) => {
    expect(scopeOf(...args)).toMatchObject(expected);
  });
});
