// A stack that version 0.1.0 has left: fixtures/state-0.1.0.json is its state, kept for ever, and never written again. Every
// later version must read it, find nothing to change in it, and manage it to its end.
import fs from "node:fs";
import path from "node:path";
import { dynamicTypes, tokens } from "../plugin/names";
import { company, type EmulatedCloud, otherRegion, region, startCloud } from "./fixtures/emulatedCloud";
import { moveToPlugin } from "./harness/project";
import { succeeded, withStack } from "./harness/stack";

const state = path.join(__dirname, "fixtures", "state-0.1.0.json");

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

/** The program that made the state: every resource, every way to name a project. */
const program = (alias = "app-disks"): string => `
  const evs = require("pulumi-huaweicloud-evs");
  const encryption = new evs.DefaultEncryption("switch", { region: "${region}" });
  new evs.DefaultEncryptionKey("key", { region: "${region}", kmsKeyId: "${cloud.key(alias)}", onDelete: "restore" }, { dependsOn: encryption });
  new evs.DefaultEncryptionKey("pinned", { region: "${otherRegion}", projectId: "${cloud.project(otherRegion)}", kmsKeyId: "${cloud.key(alias, otherRegion)}" });
  new evs.DefaultEncryptionKey("assumed", {
    region: "${region}", projectName: "${region}", kmsKeyId: "${cloud.key(alias, region, "example-partner")}",
    assumeRole: { agencyName: "evs-deployer", domainName: "example-partner" },
  });
  new evs.DefaultEncryptionBaseline("all", { projects: { "la-south-2": "${cloud.key(alias, "la-south-2")}" } });
`;

it("is unchanged, refreshes, updates and ends under this version", async () => {
  for (const [name, account] of [[region], [otherRegion], [region, "example-partner"], ["la-south-2"]] as const) {
    cloud.change({ enabled: true, keyId: cloud.key("app-disks", name, account) }, name, account);
  }
  const options = { program: program(), emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    succeeded(await stack.run(["stack", "import", "--file", state]));
    succeeded(await stack.preview({ args: ["--expect-no-changes", "--refresh=false"] }));
    expect(cloud.requests()).toEqual([]);
    succeeded(await stack.refresh({ args: ["--expect-no-changes"] }));
    succeeded(await stack.preview({ args: ["--expect-no-changes"] }));

    stack.setProgram(program("app-disks-next"));
    expect(succeeded(await stack.up()).changes).toEqual({ same: 4, update: 4 });
    expect(cloud.liveAlias(region, "example-partner")).toBe("app-disks-next");

    succeeded(await stack.destroy());
    // The state says that the key found at creation was evs/default, and that the switch had been off.
    expect([cloud.live(region, company).enabled, cloud.liveAlias()]).toEqual([false, "evs/default"]);
    expect(cloud.liveAlias(otherRegion)).toBe("evs/default");
  });
});

it("continues under the plugin, the component with its children too, without a change and without a request", async () => {
  for (const [name, account] of [[region], [otherRegion], [region, "example-partner"], ["la-south-2"]] as const) {
    cloud.change({ enabled: true, keyId: cloud.key("app-disks") }, name, account);
  }
  const options = { program: program(), emulator: cloud.emulator, env: cloud.credentials(), refresh: "never" } as const;
  await withStack(options, async (stack) => {
    succeeded(await stack.run(["stack", "import", "--file", state]));
    const before = (await stack.export()).deployment.resources;
    const component = before.find(({ type }) => type === dynamicTypes.DefaultEncryptionBaseline);
    const children = before.filter(({ parent }) => parent === component?.urn);
    expect(children.map(({ type }) => type).sort()).toEqual([
      dynamicTypes.DefaultEncryption,
      dynamicTypes.DefaultEncryptionKey,
    ]);
    await moveToPlugin(stack);
    const { changes } = succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
    expect(succeeded(await stack.up({ args: ["--expect-no-changes"] })).changes).toEqual(changes);
    expect(changes).toEqual({ same: 8 });
    expect(cloud.requests()).toEqual([]);
    const after = (await stack.export()).deployment.resources;
    expect(after.map(({ type }) => type).filter((type) => /dynamic|huaweicloud:evs/.test(type))).toEqual([]);
    expect(after.filter(({ parent }) => parent?.endsWith(`${tokens.DefaultEncryptionBaseline}::all`))).toHaveLength(2);

    succeeded(await stack.destroy());
    // What the state had noted at creation is put back by the plugin too.
    expect([cloud.live(region, company).enabled, cloud.liveAlias()]).toEqual([false, "evs/default"]);
  });
});

it("takes a resource over by the import file of the documentation, without a request", async () => {
  cloud.change({ enabled: true, keyId: cloud.key("app-disks") });
  const page = fs.readFileSync(path.join(__dirname, "..", "docs", "adopting.md"), "utf8");
  const file = /```json\n([^`]+)```/.exec(page)?.[1] ?? "";
  const filled = file
    .replaceAll("PROJECT-ID", cloud.project())
    .replaceAll("KEY-ID", cloud.key("app-disks"))
    .replaceAll("REGION", region);
  const text = `
    const evs = require("pulumi-huaweicloud-evs");
    new evs.DefaultEncryptionKey("default-key", { region: "${region}", kmsKeyId: "${cloud.key("app-disks")}" });`;
  await withStack({ program: text, emulator: cloud.emulator, env: cloud.credentials() }, async (stack) => {
    fs.writeFileSync(path.join(stack.root, "import.json"), filled);
    const flags = ["--generate-code=false", "--protect=false", "--yes", "--skip-preview"];
    succeeded(await stack.run(["import", "--file", path.join(stack.root, "import.json"), ...flags]));
    expect(cloud.requests()).toEqual([]);
    succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
  });
});
