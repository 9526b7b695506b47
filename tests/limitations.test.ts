// What docs/limitations.md says, seen with the real engine: a limit that goes away should leave the page too.
import fs from "node:fs";
import path from "node:path";
import { type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { runCommand } from "./harness/command";
import { createProject } from "./harness/project";
import { ready } from "./harness/readiness";
import { succeeded, withStack } from "./harness/stack";

let cloud: EmulatedCloud;
beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
});
afterEach(() => cloud.close());

const key = (name: string, { alias = "app-disks", opts = "{}" } = {}): string => `
  const evs = require("pulumi-huaweicloud-evs");
  new evs.DefaultEncryptionKey("${name}", { region: "${region}", kmsKeyId: "${cloud.key(alias)}" }, ${opts});`;
const type = "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey";
const options = () => ({ program: "", emulator: cloud.emulator, env: cloud.credentials() });

it("a resource cannot be imported, by the option or by the command", async () => {
  const id = `${region}/${cloud.project()}`;
  await withStack({ ...options(), program: key("key", { opts: `{ import: "${id}" }` }) }, async (stack) => {
    const imports = [stack.preview(), stack.run(["import", type, "key", id, "--yes", "--generate-code=false"])];
    for (const { code, output } of await Promise.all(imports)) {
      expect(code).not.toBe(0);
      expect(output).toContain("Cannot read properties of undefined (reading 'toJavaScript')");
    }
  });
});

it("replaceOnChanges is ignored, an alias is a rename, and retainOnDelete leaves the key", async () => {
  await withStack({ ...options(), program: key("key") }, async (stack) => {
    succeeded(await stack.up());
    const alias = "app-disks-next";
    stack.setProgram(key("key", { alias, opts: '{ replaceOnChanges: ["kmsKeyId"] }' }));
    expect(succeeded(await stack.up()).changes).toEqual({ same: 1, update: 1 });
    stack.setProgram(key("renamed", { alias, opts: '{ aliases: [{ name: "key" }], retainOnDelete: true }' }));
    expect(succeeded(await stack.up()).changes).toEqual({ same: 2 });
    cloud.requests();
    stack.setProgram("");
    expect(succeeded(await stack.up()).changes).toEqual({ delete: 1, same: 1 });
    expect(cloud.requests()).toEqual(["login", "get key"]);
    expect(cloud.liveAlias()).toBe(alias);
  });
});

it("with ignoreChanges, what a refresh has found counts as declared", async () => {
  const program = key("key", { opts: '{ ignoreChanges: ["kmsKeyId"] }' });
  await withStack({ ...options(), program, refresh: "always" }, async (stack) => {
    succeeded(await stack.up());
    cloud.change({ keyId: cloud.key("app-disks-next") });
    expect(succeeded(await stack.up()).changes).toEqual({ same: 1, update: 1 });
    expect(cloud.liveAlias()).toBe("app-disks-next");
    succeeded(await stack.destroy());
    expect(cloud.liveAlias()).toBe("evs/default");
  });
});

it("a move to another stack changes nothing in the cloud, and neither stack then has a change", async () => {
  await withStack({ ...options(), program: key("key") }, async (stack) => {
    succeeded(await stack.up());
    succeeded(await stack.run(["stack", "init", "other", "--no-select"]));
    const stacks = ["--source", "organization/e2e/test", "--dest", "organization/e2e/other"];
    cloud.requests();
    succeeded(await stack.run(["state", "move", ...stacks, "--yes", `urn:pulumi:test::e2e::${type}::key`]));
    expect(cloud.requests()).toEqual([]);
    succeeded(await stack.run(["preview", "--stack", "other", "--expect-no-changes"]));
    stack.setProgram("");
    expect(succeeded(await stack.up()).changes).toEqual({ same: 1 });
    expect(cloud.liveAlias()).toBe("app-disks");
  });
});

it("an inline program of the Automation API must run where the package is found", async () => {
  const project = await createProject(await ready(), options());
  const file = path.join(project.folder, "automation.js");
  fs.writeFileSync(
    file,
    `const { LocalWorkspace } = require("@pulumi/pulumi/automation");
    const program = async () => {${key("key")}};
    LocalWorkspace.createOrSelectStack({ stackName: "inline", projectName: "e2e", program }, { workDir: process.argv[2] })
      .then((stack) => stack.up())
      .then(({ summary }) => console.log(summary.result), (error) => { console.log(error.message); process.exitCode = 1; });`,
  );
  try {
    const run = (cwd: string) => runCommand("node", [file, project.folder], { cwd, env: project.env });
    const elsewhere = await run(project.root);
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.output).toContain(`cannot find the package pulumi-huaweicloud-evs from ${project.root}`);
    expect(succeeded(await run(project.folder)).stdout).toContain("succeeded");
    expect(cloud.liveAlias()).toBe("app-disks");
  } finally {
    fs.rmSync(project.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});
