// What is special to the plugin, under the real engine: imports, explicit providers, detailed diffs, all failures of a preview
// at once, the way from the dynamic front.
import { defaultSeed } from "../../emulator/defaults";
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../fixtures/emulatedCloud";
import { moveToPlugin } from "../harness/project";
import { type StackOptions, succeeded, type Stack as TestStack, withStack } from "../harness/stack";

let cloud: EmulatedCloud;
let env: Record<string, string>;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  env = { ...cloud.credentials(), HW_MAX_RETRIES: "0" };
});
afterEach(() => cloud.close());

const program = (...lines: string[]): string => `
  const pulumi = require("@pulumi/pulumi");
  const evs = require("pulumi-huaweicloud-evs");
  const key = (name, kmsKeyId, more, opts) => new evs.DefaultEncryptionKey(name, { kmsKeyId, region: "${region}", ...more }, opts);
  ${lines.join("\n")}
`;

const stack = <T>(options: StackOptions, body: (stack: TestStack) => Promise<T>): Promise<T> =>
  withStack({ emulator: cloud.emulator, env, front: "plugin", refresh: "never", ...options }, async (opened) => {
    cloud.requests();
    return body(opened);
  });

const keyOf = async (opened: TestStack) => {
  const { deployment } = await opened.export();
  return deployment.resources.find(({ type }) => type.endsWith(":DefaultEncryptionKey"));
};

it("is imported by its ID, and previews clean under a program that names only the region", async () => {
  cloud.change({ keyId: cloud.key("app-disks") });
  const id = `${region}/${cloud.project()}`;
  const args = ["import", "huaweicloud-evs:index:DefaultEncryptionKey", "disks", id, "--yes", "--skip-preview"];
  await stack({ program: program() }, async (opened) => {
    const bad = await opened.run([...args.slice(0, 3), "cn-north-4", ...args.slice(4)]);
    expect(bad.code).not.toBe(0);
    expect(bad.output).toContain(
      'Expected "{region}/{projectId}", such as cn-north-4/0123456789abcdef0123456789abcdef',
    );
    const imported = succeeded(await opened.run([...args, "--protect=false", "--generate-code=false"]));
    // The host that can be had here makes no code; a newer one does, from the inputs that the state has now.
    expect(imported.output).toContain("1 imported");
    expect(await keyOf(opened)).toMatchObject({
      id,
      inputs: { kmsKeyId: cloud.key("app-disks"), region, onDelete: "reset" },
    });
    opened.setProgram(program(`key("disks", "${cloud.key("app-disks")}");`));
    expect(succeeded(await opened.preview({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 2 });
  });
});

it("is imported by a program with the option", async () => {
  cloud.change({ keyId: cloud.key("app-disks") });
  const id = `${region}/${cloud.project()}`;
  await stack(
    { program: program(`key("disks", "${cloud.key("app-disks")}", {}, { import: "${id}" });`) },
    async (opened) => {
      expect(succeeded(await opened.up()).changes).toMatchObject({ import: 1 });
      expect(cloud.requests()).not.toContain("put key");
    },
  );
});

it("is served by an explicit provider with its own credentials and region, beside the default one", async () => {
  cloud.change({ enabled: true }, otherRegion, partner);
  const { HW_ACCESS_KEY: accessKey = "", HW_SECRET_KEY: secret = "" } = cloud.accessKey("partner-admin", partner);
  const text = (theirs: string) =>
    program(
      `const config = new pulumi.Config();`,
      `const provider = new evs.Provider("partner", { region: "${otherRegion}", accessKey: config.require("accessKey"), secretKey: config.requireSecret("secretKey") });`,
      `key("ours", "${cloud.key("app-disks")}");`,
      `new evs.DefaultEncryptionKey("theirs", { kmsKeyId: "${theirs}" }, { provider });`,
    );
  const config = { "e2e:accessKey": accessKey, "e2e:secretKey": { secret } };
  const first = cloud.key("app-disks", otherRegion, partner);
  await stack({ program: text(first), config }, async (opened) => {
    succeeded(await opened.up());
    expect([cloud.liveAlias(), cloud.liveAlias(otherRegion, partner)]).toEqual(["app-disks", "app-disks"]);
    expect(cloud.liveAlias(otherRegion)).toBe("");
    const { deployment } = await opened.export();
    const theirs = deployment.resources.find(({ urn }) => urn.endsWith("::theirs"));
    expect(theirs).toMatchObject({ id: `${otherRegion}/${cloud.project(otherRegion, partner)}` });
    cloud.requests();
    succeeded(await opened.preview({ args: ["--expect-no-changes"] }));
    expect(cloud.requests()).toEqual([]);
    opened.setProgram(text(cloud.key("app-disks-next", otherRegion, partner)));
    expect(succeeded(await opened.up()).steps.filter(({ op }) => op !== "same")).toMatchObject([
      { op: "update", name: "theirs" },
    ]);
    expect([cloud.liveAlias(), cloud.liveAlias(otherRegion, partner)]).toEqual(["app-disks", "app-disks-next"]);
    succeeded(await opened.destroy());
    expect([cloud.liveAlias(), cloud.liveAlias(otherRegion, partner)]).toEqual(["evs/default", "evs/default"]);
  });
});

it("is replaced by a provider of another account, whose project of the same name is another one", async () => {
  cloud.change({ enabled: false });
  const role = { agencyName: "evs-deployer", domainName: partner };
  const text = (options: string) =>
    program(
      `const partner = new evs.Provider("partner", { assumeRole: ${JSON.stringify(role)} });`,
      `new evs.DefaultEncryption("on", { region: "${region}" }, ${options});`,
    );
  await stack({ program: text("{}") }, async (opened) => {
    succeeded(await opened.up());
    expect([cloud.live().enabled, cloud.live(region, partner).enabled]).toEqual([true, false]);
    opened.setProgram(text("{ provider: partner }"));
    expect(succeeded(await opened.preview()).steps).toContainEqual(
      expect.objectContaining({ op: "replace", name: "on" }),
    );
    succeeded(await opened.up());
    expect([cloud.live().enabled, cloud.live(region, partner).enabled]).toEqual([false, true]);
    cloud.requests();
    succeeded(await opened.preview({ args: ["--expect-no-changes"] }));
    expect(cloud.requests()).toEqual([]);
  });
});

it("stays where it is if its role becomes its provider's", async () => {
  const role = JSON.stringify({ agencyName: "evs-deployer", domainName: partner });
  const first = program(`new evs.DefaultEncryption("on", { region: "${region}", assumeRole: ${role} });`);
  await stack({ program: first }, async (opened) => {
    succeeded(await opened.up());
    opened.setProgram(
      program(
        `const partner = new evs.Provider("partner", { assumeRole: ${role} });`,
        `new evs.DefaultEncryption("on", { region: "${region}" }, { provider: partner });`,
      ),
    );
    const up = succeeded(await opened.up());
    expect(up.steps.filter(({ name, op }) => name === "on" && op !== "same").map(({ op }) => op)).toEqual(["update"]);
    expect([cloud.live().enabled, cloud.live(region, partner).enabled]).toEqual([true, true]);
  });
});

it("prints nothing of a setting that is marked as a secret and cannot be right", async () => {
  const text = program(
    `new evs.Provider("p", { cloud: pulumi.secret("planted"), accessKey: pulumi.secret("PLANTED"), secretKey: "" });`,
  );
  await stack({ program: text }, async (opened) => {
    const refused = await opened.preview();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("huaweicloud-evs:cloud must be a domain");
    expect(refused.output).not.toMatch(/planted/i);
  });
});

it.each([
  ["replaceOnChanges", { replaceOnChanges: ["kmsKeyId"] }, ["create-replacement", "replace", "delete-replaced"]],
  [
    "deleteBeforeReplace",
    { replaceOnChanges: ["kmsKeyId"], deleteBeforeReplace: true },
    ["delete-replaced", "replace", "create-replacement"],
  ],
])("is replaced by another key as %s says, and holds the new key afterwards", async (_, options, expected) => {
  const text = (alias: string) => program(`key("disks", "${cloud.key(alias)}", {}, ${JSON.stringify(options)});`);
  await stack({ program: text("app-disks") }, async (opened) => {
    succeeded(await opened.up());
    opened.setProgram(text("app-disks-next"));
    expect(succeeded(await opened.up()).steps.map(({ op }) => op)).toEqual(expected);
    expect(cloud.liveAlias()).toBe("app-disks-next");
    expect(succeeded(await opened.preview({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 2 });
  });
});

it("leaves a change alone that ignoreChanges names", async () => {
  const text = (alias: string) => program(`key("disks", "${cloud.key(alias)}", {}, { ignoreChanges: ["kmsKeyId"] });`);
  await stack({ program: text("app-disks") }, async (opened) => {
    succeeded(await opened.up());
    opened.setProgram(text("app-disks-next"));
    expect(succeeded(await opened.up({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 2 });
    expect(cloud.liveAlias()).toBe("app-disks");
  });
});

it("shows drift in a plain preview if refreshBeforeUpdate is set, and puts it right in a plain up", async () => {
  const text = program(`key("disks", "${cloud.key("app-disks")}");`);
  const config = { "huaweicloud:refreshBeforeUpdate": "true" };
  await stack({ program: text, config }, async (opened) => {
    succeeded(await opened.up());
    succeeded(await opened.preview({ args: ["--expect-no-changes"] }));
    cloud.change({ keyId: cloud.key("app-disks-next") });
    cloud.requests();
    const preview = succeeded(await opened.preview({ diff: true }));
    expect(preview.changes).toEqual({ same: 1, update: 1 });
    expect(preview.stdout).toMatch(/~ kmsKeyId/);
    // What is read is a project by its ID, what is looked up one by its name: a login for each.
    expect(cloud.requests()).toEqual(["login", "get key", "login", "describe key"]);
    expect(cloud.liveAlias()).toBe("app-disks-next");
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(succeeded(await opened.preview({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 2 });
  });
});

it("continues the resources of the dynamic front, without a change and without a request", async () => {
  const text = program(
    `const on = new evs.DefaultEncryption("on", { region: "${otherRegion}" });`,
    `key("disks", "${cloud.key("app-disks")}");`,
    `new evs.DefaultEncryptionBaseline("all", { projects: { team: { kmsKeyId: "${cloud.key("app-disks", "cn-north-4_team")}", region: "${region}", projectName: "cn-north-4_team" } } });`,
  );
  await stack({ program: text, front: "dynamic" }, async (opened) => {
    succeeded(await opened.up());
    await moveToPlugin(opened);
    cloud.requests();
    const preview = succeeded(await opened.preview({ args: ["--expect-no-changes"] }));
    expect(preview.changes).toEqual({ same: 6 });
    expect(succeeded(await opened.up({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 6 });
    expect(cloud.requests()).toEqual([]);
    const { deployment } = await opened.export();
    expect(deployment.resources.filter(({ type }) => type.includes("dynamic"))).toEqual([]);
    succeeded(await opened.destroy());
    expect(cloud.liveAlias()).toBe("evs/default");
  });
});

it("reports every wrong key of a preview at its resource, more than the engine asks for at a time", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `wrong${index}`);
  const [first, ...others] = defaultSeed.accounts;
  if (first === undefined) throw new Error("the emulator has no account");
  const projects = [...first.projects, ...names.map((name) => ({ region, name: `${region}_${name}` }))];
  await cloud.close();
  cloud = await startCloud({ seed: { ...defaultSeed, accounts: [{ ...first, projects }, ...others] } });
  const wrong = names.map(
    (name) => `key("${name}", "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", { projectName: "${region}_${name}" });`,
  );
  await stack({ program: program(...wrong), env: { ...cloud.credentials() } }, async (opened) => {
    const preview = await opened.preview();
    expect(preview.code).not.toBe(0);
    for (const name of names) {
      expect(preview.output).toMatch(
        new RegExp(`DefaultEncryptionKey \\(${name}\\):\\s+error: [^\\n]*kmsKeyId is not a key that KMS knows`),
      );
    }
  });
});

it("reports the wrong keys of a component at its children, and nothing else that the failure brings about", async () => {
  const wrong = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
  const text = program(
    `new evs.DefaultEncryptionBaseline("all", { projects: { "${region}": "${wrong}", "${otherRegion}": "${wrong}" } });`,
  );
  await stack({ program: text }, async (opened) => {
    const preview = await opened.preview();
    expect(preview.code).not.toBe(0);
    for (const name of [region, otherRegion]) {
      expect(preview.output).toMatch(
        new RegExp(`DefaultEncryptionKey \\(all-${name}\\):\\s+error: [^\\n]*kmsKeyId is not a key that KMS knows`),
      );
    }
    expect(preview.output).not.toMatch(/connection is closing|monitor shut down|has a problem/);
  });
});
