// What is written for what was found: the plan, and the program or file that is made of it.
import { parse } from "yaml";
import type { Checked } from "../audit/audit";
import { unknownPlace } from "../audit/finding";
import type { ProjectFinding } from "../report/findings";
import { UsageError } from "../usageError";
import { toImportFile } from "./importFile";
import { type Plan, planOf } from "./plan";
import { toTypeScript } from "./typescript";
import { writersOf } from "./writers";
import { toYaml } from "./yaml";

const project = "0123456789abcdef0123456789abcdef";
const key = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
const account = { id: "a-id", name: "a" };
const finding = (more: Partial<ProjectFinding> = {}): ProjectFinding => ({
  ...unknownPlace(account, { cause: "other", reason: "x" }),
  region: "cn-north-4",
  projectId: project,
  projectName: "cn-north-4",
  verdict: "ok",
  enabled: true,
  kmsKeyId: key,
  keyState: "enabled",
  isServiceKey: false,
  ...more,
});
const plan = (findings: ProjectFinding[], role?: Checked["role"]): Plan =>
  planOf(
    findings.map((one) => ({ finding: one, role })),
    findings,
  );
const madeAt = new Date(Date.UTC(2026, 10, 24));

describe("the plan", () => {
  it.each<[string, Partial<ProjectFinding>, object | undefined]>([
    ["what is right, as it is", {}, { key: { id: key }, changes: undefined }],
    ["what is right by its alias, by its ID all the same", { expectedKey: "app-disks" }, { key: { id: key } }],
    ["the service's own key, where it is right", { expectedKey: "evs/default" }, { key: undefined }],
    [
      "another key: the expected alias",
      { verdict: "wrong-key", expectedKey: "app-disks" },
      { key: { alias: "app-disks" }, changes: "wrong-key" },
    ],
    ["another key: the expected ID", { verdict: "wrong-key", expectedKey: key.toUpperCase() }, { key: { id: key } }],
    ["another key, none expected", { verdict: "service-key" }, { key: "configured", changes: "service-key" }],
    [
      "off with a key that works",
      { verdict: "off", enabled: false },
      { key: { id: key }, live: { enabled: false, kmsKeyId: key } },
    ],
    ["off with an RSA key", { verdict: "off", enabled: false, keySpec: "RSA_3072" }, { key: "configured" }],
    ["off with an SM4 key", { verdict: "off", enabled: false, keySpec: "SM4" }, { key: { id: key } }],
    ["off with a disabled key", { verdict: "off", enabled: false, keyState: "disabled" }, { key: "configured" }],
    ["off with the service's own key", { verdict: "off", enabled: false, isServiceKey: true }, { key: "configured" }],
    ["off without a key", { verdict: "off", enabled: false, kmsKeyId: null }, { key: "configured" }],
    ["off, the alias expected", { verdict: "off", enabled: false, expectedKey: "b" }, { key: { alias: "b" } }],
    ["right without a key", { kmsKeyId: null }, { key: "configured" }],
    ["a project without a name", { projectName: null }, { name: `cn-north-4-${project}`, projectName: project }],
  ])("has %s", (_, more, expected) => {
    const { projects, leftOut } = plan([finding(more)]);
    expect(projects).toEqual([expect.objectContaining(expected)]);
    expect(leftOut).toEqual([]);
  });

  it.each<[string, Partial<ProjectFinding>, string]>([
    ["what was not checked", { verdict: "not-checked" }, "a, cn-north-4, cn-north-4: not checked"],
    ["what may be off", { enabled: false }, "a, cn-north-4, cn-north-4: may be off"],
    [
      "what is waived",
      { verdict: "off", waiver: { owner: "o", reason: "r", expires: "2099-01-01", expired: false } },
      "a, cn-north-4, cn-north-4: waived until 2099-01-01",
    ],
    [
      "what is nowhere",
      { account: { id: null, name: null }, region: null, projectId: null, projectName: null, verdict: "not-checked" },
      "the account of the credentials: not checked",
    ],
    ["what has no ID", { projectId: null, projectName: null }, "a, cn-north-4: not checked"],
    ["what may be on", { enabled: null }, "a, cn-north-4, cn-north-4: not checked"],
  ])("leaves out %s", (_, more, line) => {
    expect(plan([finding(more)])).toEqual({ projects: [], leftOut: [line] });
  });

  it("does not leave out what is waived no longer", () => {
    const waiver = { owner: "o", reason: "r", expires: "2020-01-01", expired: true };
    expect(plan([finding({ verdict: "off", enabled: false, waiver })]).projects).toHaveLength(1);
  });

  it("gives each project a name of its own, with the account if there are several", () => {
    const names = (...findings: ProjectFinding[]) => plan(findings).projects.map(({ name }) => name);
    expect(names(finding(), finding(), finding({ projectName: "cn-north-4_a  b/ü" }))).toEqual([
      "cn-north-4",
      "cn-north-4-2",
      "cn-north-4_a-b-",
    ]);
    expect(names(finding(), finding({ account: { id: "b", name: null } }))).toEqual(["a-cn-north-4", "b-cn-north-4"]);
    expect(names(finding({ projectName: "x".repeat(200) }))[0]).toHaveLength(100);
  });

  it("names the account of an agency by its ID, else by its name", () => {
    const roleOf = (role: Checked["role"]) => plan([finding()], role).projects[0]?.assumeRole;
    expect(roleOf({ agencyName: "x", domainId: "d", domainName: "n", duration: 900 })).toEqual({
      agencyName: "x",
      domainId: "d",
    });
    expect(roleOf({ agencyName: "x", domainName: "n" })).toEqual({ agencyName: "x", domainName: "n" });
    expect(roleOf(undefined)).toBeUndefined();
  });
});

describe("TypeScript", () => {
  it("declares what is right as it is, and nothing more", () => {
    expect(
      toTypeScript(plan([finding()]), madeAt),
    ).toBe(`// Default encryption of new EVS disks, as an audit of 2026-11-24 found it and as it should be.
// Resources marked with "changes" differ from the cloud. All others are declared as they are.

import * as evs from "pulumi-huaweicloud-evs";

interface Project extends evs.TargetFunctionArgs {
  region: string;
  projectId: string;
  /** ID of the key. Without it the service's own key is right. */
  kmsKeyId?: string;
}

const projects: Record<string, Project> = {
  // cn-north-4
  "cn-north-4": { region: "cn-north-4", projectId: "${project}", kmsKeyId: "${key}" },
};

for (const [name, { kmsKeyId, ...target }] of Object.entries(projects)) {
  const encryption = new evs.DefaultEncryption(name, target);
  const key = kmsKeyId;
  // The first time it is switched on, the service's own key becomes the default: so the key comes after.
  if (key !== undefined) new evs.DefaultEncryptionKey(name, { ...target, kmsKeyId: key }, { dependsOn: [encryption] });
}
`);
  });

  it("says what changes, what is left out, by which alias and as whom", () => {
    const role = { agencyName: 'x"', domainName: "n" };
    const text = toTypeScript(
      plan(
        [finding({ verdict: "wrong-key", expectedKey: "b" }), finding({ verdict: "not-checked", projectName: "c" })],
        role,
      ),
      madeAt,
    );
    expect(text).toContain("//\n// Not declared:\n//   a, cn-north-4, c: not checked\n\nimport");
    expect(text).toContain(
      `  // cn-north-4; changes: wrong-key\n  "cn-north-4": { region: "cn-north-4", projectId: "${project}", assumeRole: { agencyName: "x\\"", domainName: "n" }, keyAlias: "b" },\n`,
    );
    expect(text).toContain(
      "const key = keyAlias === undefined ? kmsKeyId : evs.getKmsKeyOutput({ ...target, alias: keyAlias }).keyId;",
    );
    expect(text).not.toContain("@pulumi/pulumi");
  });

  it("asks for the key that nobody names", () => {
    const text = toTypeScript(
      plan([finding({ verdict: "service-key" }), finding({ expectedKey: "evs/default" })], {
        agencyName: "x",
        domainId: "d",
      }),
      madeAt,
    );
    expect(text).toContain(
      "//\n// No expectation names the key of some projects: pulumi config set keyAlias app-disks\n\nimport * as pulumi",
    );
    expect(text).toContain('\nconst keyAlias = new pulumi.Config().require("keyAlias");\n\nconst projects');
    expect(text).toContain(`assumeRole: { agencyName: "x", domainId: "d" }, keyAlias },\n`);
    expect(text).toContain(
      `"cn-north-4-2": { region: "cn-north-4", projectId: "${project}", assumeRole: { agencyName: "x", domainId: "d" } },\n`,
    );
  });

  it("keeps comments to their line", () => {
    const lines = toTypeScript({ projects: [], leftOut: ["a\nb\r\nc\u2028d\u2029e"] }, madeAt).split("\n");
    expect(lines).toContain("//   a b c d e");
  });
});

describe("YAML", () => {
  it("declares the same with the plugin's types", () => {
    const role = { agencyName: "x", domainId: "d" };
    const { resources, ...program } = parse(
      toYaml(
        plan(
          [
            finding(),
            finding({ verdict: "wrong-key", expectedKey: `b\${c}` }),
            finding({ expectedKey: "evs/default" }),
          ],
          role,
        ),
        madeAt,
      ),
    );
    expect(program).toEqual({
      name: "default-encryption",
      runtime: "yaml",
      description: "Default encryption of new EVS disks, as an audit of 2026-11-24 found it and as it should be",
    });
    const target = { region: "cn-north-4", projectId: project, assumeRole: role };
    const encryption = { type: "huaweicloud-evs:index:DefaultEncryption", properties: target };
    expect(resources).toEqual({
      "cn-north-4-encryption": { ...encryption, name: "cn-north-4" },
      "cn-north-4-key": {
        type: "huaweicloud-evs:index:DefaultEncryptionKey",
        name: "cn-north-4",
        properties: { kmsKeyId: key, ...target },
        options: { dependsOn: [`\${cn-north-4-encryption}`] },
      },
      "cn-north-4-2-encryption": { ...encryption, name: "cn-north-4-2" },
      "cn-north-4-2-key": expect.objectContaining({
        properties: {
          kmsKeyId: {
            "fn::invoke": {
              function: "huaweicloud-evs:index:getKmsKey",
              arguments: { ...target, alias: `b$\${c}` },
              return: "keyId",
            },
          },
          ...target,
        },
      }),
      "cn-north-4-3-encryption": { ...encryption, name: "cn-north-4-3" },
    });
  });

  it("asks for the key that nobody names, and says what is left out", () => {
    const text = toYaml(
      plan([finding({ verdict: "service-key" }), finding({ verdict: "not-checked", projectName: "c" })]),
      madeAt,
    );
    expect(text).toMatch(/^# Not declared:\n# {3}a, cn-north-4, c: not checked\nname: /);
    const { configuration, resources } = parse(text);
    expect(configuration).toEqual({ keyAlias: { type: "string" } });
    expect(resources["cn-north-4-key"].properties.kmsKeyId["fn::invoke"].arguments.alias).toBe(`\${keyAlias}`);
    expect(resources["cn-north-4-key"].properties).not.toHaveProperty("assumeRole");
    expect(toYaml({ projects: [], leftOut: ["a\nb\u0085c"] }, madeAt)).toContain("#   a b c\n");
    expect(toYaml({ projects: [], leftOut: [] }, madeAt)).toMatch(/^name: /);
  });
});

describe("the import file", () => {
  const read = (findings: ProjectFinding[], role?: Checked["role"]) =>
    JSON.parse(toImportFile(plan(findings, role), "dynamic"));

  it("has what is live, with what a refresh and a destroy need", () => {
    const target = { region: "cn-north-4", projectId: project, assumeRole: { agencyName: "x", domainId: "d" } };
    const encryption = {
      enabled: false,
      ...target,
      onDelete: "restore",
      __provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryption");',
    };
    const keyProperties = {
      kmsKeyId: key,
      ...target,
      onDelete: "reset",
      __provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
    };
    const id = `cn-north-4/${project}`;
    expect(
      read([finding({ verdict: "off", enabled: false, expectedKey: "b" })], { agencyName: "x", domainId: "d" }),
    ).toEqual({
      resources: [
        {
          type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
          name: "cn-north-4",
          id,
          inputs: encryption,
          outputs: { ...encryption, previouslyEnabled: false },
        },
        {
          type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
          name: "cn-north-4",
          id,
          inputs: keyProperties,
          outputs: keyProperties,
        },
      ],
    });
  });

  it("has no key where there is none, or where the program declares none", () => {
    expect(read([finding({ kmsKeyId: null })]).resources).toHaveLength(1);
    expect(read([finding({ expectedKey: "evs/default" })]).resources).toHaveLength(1);
    expect(read([finding()]).resources[0].inputs).not.toHaveProperty("assumeRole");
  });
});

it("an import file for the plugin has its types, and nothing of the dynamic provider", () => {
  const { resources } = JSON.parse(toImportFile(plan([finding()]), "plugin"));
  expect(resources.map(({ type }: { type: string }) => type)).toEqual([
    "huaweicloud-evs:index:DefaultEncryption",
    "huaweicloud-evs:index:DefaultEncryptionKey",
  ]);
  expect(JSON.stringify(resources)).not.toContain("__provider");
});

describe("the file's ending", () => {
  const report = { projects: [finding()], endedAt: madeAt.toISOString() } as Parameters<
    ReturnType<typeof writersOf>[number][1]
  >[1];
  it.each([
    ["program.ts", /^\/\/ Default encryption of new EVS disks, as an audit of 2026-11-24/],
    ["a.b/program.YAML", /^name: default-encryption/],
    ["program.yml", /^name: default-encryption/],
    ["import.json", /^\{\n {2}"resources"/],
  ])("%s says what it holds", (file, form) => {
    const [[name, write] = []] = writersOf([file]);
    expect([name, write?.([{ finding: finding(), role: undefined }], report)]).toEqual([
      file,
      expect.stringMatching(form),
    ]);
  });

  it.each([
    [["a.ts", "b.json"], "pulumi-nodejs:dynamic"],
    [["b.json", "a.yml"], "huaweicloud-evs:index"],
    [["b.json", "a.YAML"], "huaweicloud-evs:index"],
    [["b.json"], "pulumi-nodejs:dynamic"],
  ])("%j: the import file is for the program beside it", (files, type) => {
    const [, write] = writersOf(files).find(([name]) => name === "b.json") ?? [];
    expect(write?.([{ finding: finding(), role: undefined }], report)).toContain(`"type": "${type}`);
  });

  it.each(["program.py", "program", ".ts/x"])("%s is none", (file) => {
    expect(() => writersOf([file])).toThrow(
      new UsageError(`${file} is not a supported output: program.ts, program.yaml or import.json.`),
    );
  });
});
