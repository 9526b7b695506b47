// DefaultEncryptionBaseline under the real engine, by the examples that a user would copy: many regions, many accounts.
import { company, type EmulatedCloud, otherRegion, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { succeeded, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const live = (name: string, account = company) => [cloud.live(name, account).enabled, cloud.liveAlias(name, account)];

it("covers many regions: a failing one is named and does not hold back the others, and the next up mends it", async () => {
  const keys = Object.fromEntries(
    [region, otherRegion, "la-south-2"].map((name) => [name, cloud.key("app-disks", name)]),
  );
  const config = Object.fromEntries(Object.entries(keys).map(([name, id]) => [`keys["${name}"]`, id]));
  const options = { folder: "examples/multi-region", emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    for (const [key, value] of Object.entries(config)) {
      succeeded(await stack.run(["config", "set", "--path", key, value]));
    }
    // The switch and the key of each region, the component, and the stack.
    expect(succeeded(await stack.preview()).changes).toEqual({ create: 8 });

    cloud.emulator.faults.add({
      match: { operation: "EnableEncryptionByDefault", projectId: cloud.project(otherRegion) },
      action: { type: "error", status: 403, code: "EVS.5403", message: "Policy check failed." },
    });
    const failed = await stack.up({ args: ["--continue-on-error"] });
    expect(failed.code).not.toBe(0);
    expect(failed.steps.filter((step) => step.failed).map(({ name }) => name)).toEqual([`baseline-${otherRegion}`]);
    expect(failed.output).toContain(`in ${otherRegion}): Policy check failed (EVS.5403`);
    expect([live(region), live(otherRegion), live("la-south-2")]).toEqual([
      [true, "app-disks"],
      [false, ""],
      [true, "app-disks"],
    ]);

    succeeded(await stack.up());
    expect(live(otherRegion)).toEqual([true, "app-disks"]);
    const { projects } = await stack.outputs();
    expect(projects).toEqual(
      Object.fromEntries(
        Object.entries(keys).map(([name, kmsKeyId]) => [
          name,
          { region: name, projectId: cloud.project(name), kmsKeyId, enabled: true },
        ]),
      ),
    );
    succeeded(await stack.preview({ args: ["--expect-no-changes"] }));

    succeeded(await stack.destroy());
    expect([live(region), live(otherRegion)]).toEqual([
      [false, "evs/default"],
      [false, "evs/default"],
    ]);
  });
});

it("covers many accounts, finding each key by its alias through the account's agency", async () => {
  const options = { folder: "examples/multi-account", emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    for (const [key, value] of [
      ["accounts[0]", partner],
      ["regions[0]", region],
      ["regions[1]", otherRegion],
      ["agencyName", "evs-deployer"],
      ["keyAlias", "app-disks-next"],
    ] as const) {
      succeeded(await stack.run(["config", "set", "--path", key, value]));
    }
    succeeded(await stack.preview());
    succeeded(await stack.up());
    expect([live(region, partner), live(otherRegion, partner)]).toEqual([
      [true, "app-disks-next"],
      [true, "app-disks-next"],
    ]);
    expect(live(region)).toEqual([false, ""]);
    cloud.requests();
    succeeded(await stack.preview({ args: ["--refresh=false", "--expect-no-changes"] }));
    // The program itself asks for the keys; the resources ask for nothing.
    expect(new Set(cloud.requests())).toEqual(
      new Set(["login", "CreateTemporaryAccessKeyByAgency", "list projects", "list keys"]),
    );
    succeeded(await stack.destroy());
    expect(cloud.liveAlias(region, partner)).toBe("evs/default");
  });
});

it("moves into a component, or to another name, without touching the key", async () => {
  const id = cloud.key("app-disks");
  const program = (declaration: string) => `
    const evs = require("pulumi-huaweicloud-evs");
    ${declaration}`;
  const alone = program(`new evs.DefaultEncryptionKey("key", { region: "${region}", kmsKeyId: "${id}" });`);
  const inside = program(`new evs.DefaultEncryptionBaseline("all", { projects: { "${region}": "${id}" } });`);
  const options = { program: alone, emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    succeeded(await stack.up());
    stack.setProgram(inside);
    succeeded(await stack.up());
    expect(live(region)).toEqual([true, "app-disks"]);
    succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
    stack.setProgram(alone);
    succeeded(await stack.up());
    expect(cloud.liveAlias(region)).toBe("app-disks");
  });
});

it("goes on with the other projects if the key of one could not be made", async () => {
  const program = `
    const pulumi = require("@pulumi/pulumi");
    const evs = require("pulumi-huaweicloud-evs");
    const __provider = 'exports.handler = () => ({ create: async () => { throw new Error("no key today"); } })';
    class Late extends pulumi.CustomResource {}
    const late = new Late("pulumi-nodejs:dynamic/test:Late", "late", { key: undefined, __provider });
    const projects = { "${region}": late.key, "${otherRegion}": "${cloud.key("app-disks", otherRegion)}" };
    new evs.DefaultEncryptionBaseline("all", { projects });`;
  const options = { program, emulator: cloud.emulator, env: cloud.credentials() };
  await withStack(options, async (stack) => {
    // The engine ends at an input that is missing, so that one comes when the other project is done.
    const hold = cloud.emulator.hold({ operation: "EnableEncryptionByDefault", projectId: cloud.project(region) });
    const running = stack.up({ args: ["--continue-on-error"] });
    const isThrough = () => cloud.liveAlias(otherRegion) === "app-disks";
    for (let tries = 0; tries < 300 && !isThrough(); tries++) await new Promise((resolve) => setTimeout(resolve, 100));
    hold.release();
    const failed = await running;
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("no key today");
    expect(live(otherRegion)).toEqual([true, "app-disks"]);
    expect(live(region)).toEqual([true, "evs/default"]);
  });
});
