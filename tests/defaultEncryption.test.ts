// The switch under the real engine, alone and with the key: what the cloud holds after each step, and what is said.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { company, type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { checkout } from "./harness/readiness";
import { type StackOptions, succeeded, type Stack as TestStack, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const program = (...lines: string[]): string => `
  const evs = require("pulumi-huaweicloud-evs");
  const region = "${region}";
  ${lines.join("\n")}
`;
const stack = <T>(options: StackOptions, body: (stack: TestStack) => Promise<T>): Promise<T> =>
  withStack({ emulator: cloud.emulator, env: cloud.credentials(), refresh: "never", ...options }, async (opened) => {
    cloud.requests();
    return body(opened);
  });
const now = () => [cloud.live().enabled, cloud.liveAlias()];

it("switches on, off, notices drift, and is put back as it was found", async () => {
  const on = program('const s = new evs.DefaultEncryption("switch", { region }); exports.on = s.enabled;');
  const off = program(
    'const s = new evs.DefaultEncryption("switch", { region, enabled: false }); exports.on = s.enabled;',
  );
  await stack({ program: on }, async (opened) => {
    expect(succeeded(await opened.preview()).changes).toEqual({ create: 2 });
    expect(cloud.requests()).toEqual([]);
    succeeded(await opened.up());
    expect(cloud.requests()).toEqual(["login", "get status", "get key", "enable"]);
    expect(now()).toEqual([true, "evs/default"]);
    expect(await opened.outputs()).toEqual({ on: true });
    expect(succeeded(await opened.up()).changes).toEqual({ same: 2 });
    expect(cloud.requests()).toEqual([]);

    cloud.change({ enabled: false });
    const alarm = await opened.refresh({ args: ["--preview-only", "--expect-no-changes", "--diff"] });
    expect(alarm.code).not.toBe(0);
    expect(alarm.stdout).toMatch(/~ enabled *: true => false/);
    cloud.requests();
    succeeded(await opened.up({ args: ["--refresh"] }));
    expect(cloud.requests()).toEqual(["login", "get status", "get key", "enable", "get key"]);
    expect(cloud.live().enabled).toBe(true);

    opened.setProgram(off);
    expect(succeeded(await opened.preview({ diff: true })).stdout).toMatch(/~ enabled *: true => false/);
    cloud.requests();
    succeeded(await opened.up());
    expect(cloud.requests()).toEqual(["login", "disable"]);
    expect(cloud.live().enabled).toBe(false);

    // Nobody else's change is undone.
    cloud.change({ enabled: true });
    const left = succeeded(await opened.destroy());
    expect(left.output).toContain(`Default encryption of project ${cloud.project()} in ${region} stays on`);
    expect(cloud.live().enabled).toBe(true);
  });
});

it.each([
  ["restore", false, false],
  ["restore", true, true],
  ["reset", true, false],
] as const)("onDelete %s of one that was found on: %s leaves it on: %s", async (onDelete, found, left) => {
  cloud.change({ enabled: found });
  const declare = (mode: string) =>
    program(
      `const s = new evs.DefaultEncryption("switch", { region, onDelete: "${mode}" }); exports.mode = s.onDelete;`,
    );
  await stack({ program: declare(onDelete) }, async (opened) => {
    succeeded(await opened.up());
    expect(cloud.live().enabled).toBe(true);
    if (found) {
      // A change of onDelete alone is written to state and sends nothing; and back again.
      cloud.requests();
      opened.setProgram(declare(onDelete === "reset" ? "restore" : "reset"));
      expect(succeeded(await opened.up()).changes).toEqual({ same: 1, update: 1 });
      opened.setProgram(declare(onDelete));
      expect(succeeded(await opened.up()).changes).toEqual({ same: 1, update: 1 });
      expect(cloud.requests()).toEqual([]);
    }
    succeeded(await opened.destroy());
    expect(cloud.live().enabled).toBe(left);
  });
});

it("with the key, from nothing to destroyed", async () => {
  const both = (kmsKeyId: string) =>
    program(
      'const encryption = new evs.DefaultEncryption("switch", { region });',
      `new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${kmsKeyId}", onDelete: "restore" }, { dependsOn: encryption });`,
    );
  expect(now()).toEqual([false, ""]);
  await stack({ program: both(cloud.key("app-disks")), refresh: "always" }, async (opened) => {
    const up = succeeded(await opened.up());
    expect(up.steps.map(({ op, name }) => [op, name])).toEqual([
      ["create", "switch"],
      ["create", "key"],
    ]);
    expect(now()).toEqual([true, "app-disks"]);
    expect(up.output).not.toContain("is off");

    opened.setProgram(both(cloud.key("app-disks-next")));
    succeeded(await opened.up());
    expect(now()).toEqual([true, "app-disks-next"]);

    // Off and on again while the key is disabled: the service falls back to its own, and the next up repairs both.
    cloud.change({ enabled: false, keyId: cloud.key("retired-disks") });
    const repaired = succeeded(await opened.up());
    expect(now()).toEqual([true, "app-disks-next"]);
    expect(repaired.output).toMatch(
      /Switching default encryption on has changed the default key .* to \S+: the previous key \(alias retired-disks\) is disabled/,
    );

    succeeded(await opened.destroy());
    // The key that the first enabling took is restored, and the switch as it was found.
    expect(now()).toEqual([false, "evs/default"]);
  });
});

it("says in each run that sets a key that encryption is off", async () => {
  const declare = (alias: string) =>
    program(`new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${cloud.key(alias)}" });`);
  const line = "is set, but default encryption is off: new disks are not encrypted until it is on";
  await stack({ program: declare("app-disks") }, async (opened) => {
    expect(succeeded(await opened.up()).output).toContain(line);
    // Only a run that sets the key asks.
    expect(succeeded(await opened.up()).output).not.toContain(line);
    opened.setProgram(declare("app-disks-next"));
    expect(succeeded(await opened.up()).output).toContain(line);
  });
});

it("does what the README's first program says", async () => {
  const [, text = ""] = /^```ts\n(.*?)^```/ms.exec(fs.readFileSync(path.join(checkout, "README.md"), "utf8")) ?? [];
  const [, typed = ""] = /kmsKeyId: "([^"]+)"/.exec(text) ?? [];
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  const { outputText } = ts.transpileModule(text, { compilerOptions: options });
  expect(now()).toEqual([false, ""]);
  await stack({ program: outputText.replace(typed, cloud.key("app-disks")) }, async (opened) => {
    succeeded(await opened.up());
    expect(now()).toEqual([true, "app-disks"]);
    expect(await opened.outputs()).toEqual({ project: cloud.project() });
  });
});

it.each([
  ["an account without the open beta", "example-without-beta", "waiting-admin", /open beta.*service ticket/],
  ["an account without the agency for EVS", "example-newcomer", "newcomer-admin", /EVSAccessKMS/],
])("says what to do for %s", async (_, account, user, expected) => {
  const text = program('new evs.DefaultEncryption("switch", { region });');
  await stack({ program: text, env: cloud.credentials(user, account) }, async (opened) => {
    const failed = await opened.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(expected);
    expect(failed.output).not.toMatch(/\n +at /);
    expect(cloud.live(region, account).enabled).toBe(false);
  });
});

it("restores the key found at creation if it can still be used, else resets, and says which", async () => {
  cloud.change({ enabled: true, keyId: cloud.key("app-disks") });
  const text = program(
    `new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${cloud.key("app-disks-next")}", onDelete: "restore" });`,
  );
  await stack({ program: text }, async (opened) => {
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks-next");
    const restored = succeeded(await opened.destroy());
    expect(restored.output).toContain("is restored to the key found at creation");
    expect(cloud.liveAlias()).toBe("app-disks");

    succeeded(await opened.up());
    cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), "disabled");
    const reset = succeeded(await opened.destroy());
    expect(reset.output).toMatch(
      /is reset to the service's own: the key found at creation \(alias app-disks\) is disabled/,
    );
    expect(cloud.liveAlias()).toBe("evs/default");
  });
});

it("is read without being managed", async () => {
  cloud.change({ enabled: true });
  const text = program(
    `const s = evs.DefaultEncryption.get("looked-at", "${region}/${cloud.project(region, company)}"); exports.on = s.enabled;`,
  );
  await stack({ program: text }, async (opened) => {
    succeeded(await opened.up());
    expect(await opened.outputs()).toEqual({ on: true });
    expect(cloud.requests()).toEqual(["login", "get status"]);
    succeeded(await opened.destroy());
    expect(cloud.live().enabled).toBe(true);
  });
});
