// DefaultEncryptionKey under the real engine and its provider host: every step of a key's life, what the cloud was asked
// at each, what state says afterwards, and that no credential is ever written down.
import fs from "node:fs";
import { company, type EmulatedCloud, otherRegion, region, startCloud } from "./fixtures/emulatedCloud";
import { currentFront, problemWith, settingOf } from "./harness/front";
import { type StackOptions, succeeded, type Stack as TestStack, withStack } from "./harness/stack";

let cloud: EmulatedCloud;
let env: Record<string, string>;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  env = { ...cloud.credentials(), HW_MAX_RETRIES: "0" };
});
afterEach(() => cloud.close());

/** Lines of a program; `key(name, kmsKeyId, more?)` declares a resource. */
const program = (...lines: string[]): string => `
  const pulumi = require("@pulumi/pulumi");
  const evs = require("pulumi-huaweicloud-evs");
  const key = (name, kmsKeyId, more) => new evs.DefaultEncryptionKey(name, { kmsKeyId, region: "${region}", ...more });
  ${lines.join("\n")}
`;

const stack = <T>(options: StackOptions, body: (stack: TestStack) => Promise<T>): Promise<T> =>
  withStack({ emulator: cloud.emulator, env, ...options }, async (opened) => {
    cloud.requests();
    return body(opened);
  });

const keyOf = async (opened: TestStack) => {
  const { deployment } = await opened.export();
  return deployment.resources.find(({ type }) => type.endsWith(":DefaultEncryptionKey"));
};

it("is created, left alone, rotated and destroyed with as few requests as can be", async () => {
  const [first, second] = [cloud.key("app-disks"), cloud.key("app-disks-next")];
  const text = (id: string) => program(`const k = key("disks", "${id}"); exports.id = k.id; exports.key = k.kmsKeyId;`);
  await stack({ program: text(first), refresh: "never" }, async (opened) => {
    const plan = succeeded(await opened.preview());
    expect(plan.changes).toEqual({ create: 2 });
    expect(cloud.requests()).toEqual(["login", "describe key"]);

    expect(succeeded(await opened.up()).changes).toEqual({ create: 2 });
    expect(cloud.requests()).toEqual(["login", "describe key", "put key", "get status"]);
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(await opened.outputs()).toEqual({ id: `${region}/${cloud.project()}`, key: first });
    // A dynamic resource has the code of its provider in state; one of the plugin has none.
    expect((await keyOf(opened))?.inputs?.__provider).toBe(
      currentFront() === "plugin"
        ? undefined
        : 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
    );

    expect(succeeded(await opened.preview({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 2 });
    expect(succeeded(await opened.up()).changes).toEqual({ same: 2 });
    opened.setProgram(text(first.toUpperCase()));
    expect(succeeded(await opened.up()).changes).toEqual({ same: 2 });
    expect(cloud.requests()).toEqual([]);

    opened.setProgram(text(second));
    const rotation = succeeded(await opened.preview({ diff: true }));
    expect(rotation.changes).toEqual({ same: 1, update: 1 });
    expect(rotation.stdout.match(/^ *[~+-] \w+ *: .*/gm)?.map((line) => line.trim())).toEqual([
      expect.stringMatching(new RegExp(`^~ kmsKeyId *: "${first}" => "${second}"$`, "i")),
      `~ key: "${first}" => "${second}"`,
    ]);
    // Unchanged inputs of a dynamic provider are listed too, without a mark.
    if (currentFront() === "plugin") expect(rotation.output).not.toMatch(/onDelete|projectName/);
    expect(cloud.liveAlias()).toBe("app-disks");
    cloud.requests();
    expect(succeeded(await opened.up()).changes).toEqual({ same: 1, update: 1 });
    expect(cloud.requests()).toEqual(["login", "describe key", "put key", "get status"]);
    expect(cloud.liveAlias()).toBe("app-disks-next");

    succeeded(await opened.destroy());
    expect(cloud.requests()).toEqual(["login", "get key", "reset key"]);
    expect(cloud.liveAlias()).toBe("evs/default");
  });
});

it("sees drift, raises an alarm for it, and converges in one up", async () => {
  const [ours, theirs] = [cloud.key("app-disks"), cloud.key("app-disks-next")];
  await stack({ program: program(`key("disks", "${ours}");`) }, async (opened) => {
    succeeded(await opened.up());
    const quiet = ["--preview-only", "--expect-no-changes"];
    succeeded(await opened.refresh({ args: quiet }));

    cloud.change({ keyId: theirs });
    const alarm = await opened.refresh({ args: [...quiet, "--diff"] });
    expect(alarm.code).not.toBe(0);
    expect(alarm.stdout).toMatch(new RegExp(`~ kmsKeyId *: "${ours}" => "${theirs}"`));
    const plan = succeeded(await opened.preview({ diff: true }));
    expect(plan.stdout).toMatch(new RegExp(`~ kmsKeyId *: "${theirs}" => "${ours}"`));
    expect(cloud.liveAlias()).toBe("app-disks-next");

    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks");

    cloud.change({ keyId: theirs });
    cloud.requests();
    succeeded(await opened.refresh());
    expect(cloud.requests()).toEqual(["login", "get key"]);
    expect((await keyOf(opened))?.outputs?.kmsKeyId).toBe(theirs);

    // Destroying leaves alone what is no longer ours; the engine has seen it at the refresh above, but not this:
    cloud.change({ keyId: cloud.key("sm4-disks") });
    const gone = succeeded(await opened.destroy({ args: ["--refresh=false"] }));
    expect(gone.output).toContain(
      `The default encryption key of project ${cloud.project()} in ${region} stays: it was changed outside this resource.`,
    );
    expect(cloud.liveAlias()).toBe("sm4-disks");
  });
});

it("moves to another region as a replacement, keeps the key through a rename, and writes nothing for onDelete", async () => {
  const here = cloud.key("app-disks");
  const there = cloud.key("app-disks", otherRegion);
  cloud.change({ enabled: true }, otherRegion);
  await stack({ program: program(`key("disks", "${here}");`), refresh: "never" }, async (opened) => {
    succeeded(await opened.up());

    opened.setProgram(program(`key("volumes", "${here}");`));
    const renamed = succeeded(await opened.up());
    expect(renamed.steps.map(({ op, name }) => [op, name])).toEqual([
      ["create", "volumes"],
      ["delete", "disks"],
    ]);
    expect(renamed.output).toContain("is unchanged: another resource of the program declares it");
    expect(cloud.liveAlias()).toBe("app-disks");

    cloud.requests();
    opened.setProgram(program(`key("volumes", "${here}", { onDelete: "restore" });`));
    expect(succeeded(await opened.up()).changes).toEqual({ same: 1, update: 1 });
    expect(cloud.requests()).toEqual([]);
    expect((await keyOf(opened))?.outputs?.onDelete).toBe("restore");

    opened.setProgram(program(`key("volumes", "${there}", { region: "${otherRegion}" });`));
    expect(succeeded(await opened.up()).steps.map(({ op }) => op)).toEqual([
      "create-replacement",
      "replace",
      "delete-replaced",
    ]);
    expect([cloud.liveAlias(otherRegion), cloud.liveAlias(region)]).toEqual(["app-disks", "evs/default"]);
    expect((await keyOf(opened))?.id).toBe(`${otherRegion}/${cloud.project(otherRegion)}`);
  });
});

it("takes a key that is known only at deployment, one that is secret, and reads one without managing it", async () => {
  const id = cloud.key("app-disks");
  // A resource whose output is unknown in a preview, as a key that the same program creates.
  const late = `
    const __provider = 'exports.handler = () => ({ create: async () => ({ id: "1", outs: { key: "${id}" } }) })';
    class Late extends pulumi.CustomResource {}
    const late = new Late("pulumi-nodejs:dynamic/test:Late", "late", { key: undefined, __provider });`;
  await stack({ program: program(late, `key("disks", late.key);`), refresh: "never" }, async (opened) => {
    expect(succeeded(await opened.preview()).changes).toEqual({ create: 3 });
    expect(cloud.requests()).toEqual([]);
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks");

    opened.setProgram(program(late, `key("disks", pulumi.secret(late.key));`));
    succeeded(await opened.up());
    const { stdout } = await opened.export();
    const resources = JSON.parse(stdout).deployment.resources as { type: string }[];
    const disks = resources.filter(({ type }) => type.endsWith(":DefaultEncryptionKey"));
    expect(disks).toHaveLength(1);
    expect(JSON.stringify(disks)).not.toContain(id);

    opened.setProgram(
      program(`
      const read = evs.DefaultEncryptionKey.get("looked-at", "${region}/${cloud.project()}");
      exports.read = read.kmsKeyId; exports.region = read.region;
    `),
    );
    cloud.requests();
    succeeded(await opened.preview());
    expect(cloud.requests()).toEqual(["login", "get key"]);
    succeeded(await opened.up());
    // The resource was removed from the program, so its key was reset; what is read was read before that.
    expect(await opened.outputs()).toEqual({ read: id, region });
    expect(cloud.requests()).toEqual(["login", "get key", "get key", "reset key"]);
    succeeded(await opened.destroy());
    expect(cloud.requests()).toEqual([]);
  });
});

it("refuses bad input before anything is sent, every problem of a resource at once", async () => {
  const good = cloud.key("app-disks");
  const bad = program(`
    key("disks", "not-a-key", { regoin: "x", region: "Mars", onDelete: "never", projectId: "12" });
  `);
  await stack({ program: bad }, async (opened) => {
    const refused = await opened.preview();
    expect(refused.code).not.toBe(0);
    const reasons = refused.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
    for (const property of ["kmsKeyId", "regoin", "region", "onDelete", "projectId"]) {
      expect(reasons).toContainEqual(expect.stringMatching(problemWith(property)));
    }
    expect(refused.output).not.toMatch(/\n +at /);

    opened.setProgram(program(`key("disks", "${good}");`));
    const cases: [string, Record<string, string>, RegExp][] = [
      [
        "a misspelt setting",
        { "huaweicloud:usrName": "deployer" },
        new RegExp(`${settingOf("usrName")}\\. Did you mean userName`),
      ],
      [
        "a bad endpoint",
        { "huaweicloud:endpoints": '{"evs":"http://evs.example.com"}' },
        new RegExp(`${settingOf("endpoints")}\\.evs`),
      ],
    ];
    for (const [, config, expected] of cases) {
      succeeded(await opened.setConfig(config));
      const failed = await opened.up();
      expect(failed.code).not.toBe(0);
      expect(failed.output).toMatch(expected);
      expect(failed.output).not.toMatch(/\n +at /);
      for (const name of Object.keys(config)) succeeded(await opened.removeConfig(name));
    }
    const half = await opened.up({ env: { HW_USER_PASSWORD: undefined } });
    expect(half.code).not.toBe(0);
    expect(half.output).toContain("HW_USER_PASSWORD");
    const none = await opened.up({
      env: { HW_USER_NAME: undefined, HW_USER_PASSWORD: undefined, HW_DOMAIN_NAME: undefined },
    });
    expect(none.code).not.toBe(0);
    expect(none.output).toContain("HW_AUTH_TOKEN");
    expect(cloud.requests()).toEqual([]);
  });
});

it("says what the service said, keeps state true, and converges at the next up", async () => {
  const [first, second] = [cloud.key("app-disks"), cloud.key("app-disks-next")];
  const refusal = { type: "error", status: 403, code: "EVS.2056", message: "action in pdp check deny!" } as const;
  const refuse = () => cloud.emulator.faults.add({ match: { operation: "UpdateDefaultKmsKeyId" }, action: refusal });
  await stack({ program: program(`key("disks", "${first}");`) }, async (opened) => {
    const readable = async () => {
      refuse();
      const failed = await opened.up();
      expect(failed.code).not.toBe(0);
      const said = failed.diagnostics.find(({ message }) => message.includes("EVS.2056"))?.message ?? failed.output;
      expect(said).toMatch(
        new RegExp(
          `setting the default encryption key \\(project ${cloud.project()} in ${region}\\): action in pdp check deny!? \\(EVS.2056, HTTP 403, request ID [0-9a-f]{32}\\)\\. .*EVS FullAccess`,
          "i",
        ),
      );
      expect(failed.output).not.toMatch(/\n +at |node_modules|\.js:/);
    };
    await readable();
    expect(await keyOf(opened)).toBeUndefined();
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks");

    opened.setProgram(program(`key("disks", "${second}");`));
    await readable();
    expect((await keyOf(opened))?.outputs?.kmsKeyId).toBe(first);
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks-next");
  });
});

it("records a key that was set but not confirmed as failed to initialize, and repairs it", async () => {
  const id = cloud.key("app-disks");
  await stack({ program: program(`key("disks", "${id}");`) }, async (opened) => {
    cloud.emulator.faults.add({
      match: { operation: "UpdateDefaultKmsKeyId" },
      action: { type: "wrongKey", keyId: cloud.key("sm4-disks") },
    });
    const failed = await opened.up();
    expect(failed.code).not.toBe(0);
    expect(failed.output).toContain("should be the declared one, but the service answers another.");
    const half = await keyOf(opened);
    expect(half?.id).toBe(`${region}/${cloud.project()}`);
    expect(half?.initErrors).toHaveLength(1);

    succeeded(await opened.up());
    expect((await keyOf(opened))?.initErrors ?? []).toEqual([]);
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(succeeded(await opened.preview()).changes).toEqual({ same: 2 });
  });
});

it("writes neither password nor token anywhere", async () => {
  const password = cloud.credentials().HW_USER_PASSWORD ?? "";
  const [first, second] = [cloud.key("app-disks"), cloud.key("app-disks-next")];
  await stack({ env: { HW_DEBUG: "1" }, program: program(`key("disks", "${first}");`) }, async (opened) => {
    // At -v=9 the engine's own log shows the configuration that it hands to providers, but not the environment.
    succeeded(await opened.up({ args: ["--logtostderr", "-v=9"], env: cloud.credentials() }));
    const config = { "huaweicloud:userName": "deployer", "huaweicloud:password": { secret: password } };
    succeeded(await opened.setConfig({ "huaweicloud:domainName": company, ...config }));
    opened.setProgram(program(`key("disks", "${second}");`));
    // A refresh before the program runs would use the configuration in state, which has no credentials yet.
    succeeded(await opened.up({ args: ["--debug", "--run-program"] }));
    cloud.emulator.faults.add({ match: { service: "evs" }, times: -1, action: { type: "status", status: 500 } });
    opened.setProgram(program(`key("disks", "${first}");`));
    const failed = await opened.up({ args: ["--refresh=false"], env: { HW_MAX_RETRIES: "0" } });
    expect(failed.code).not.toBe(0);
    cloud.emulator.faults.clear();
    succeeded(await opened.destroy());

    const { tokens } = cloud.emulator.cloud.sessions.snapshot(Date.now());
    expect(tokens.length).toBeGreaterThan(2);
    expect(opened.transcript).toContain("PUT http://127.0.0.1");
    const texts: [string, string][] = opened.writtenFiles().map((file) => [file, fs.readFileSync(file, "latin1")]);
    expect(texts.some(([, text]) => text.includes(settingOf("password")))).toBe(true);
    for (const secret of [password, ...tokens.map(({ value }) => value)]) {
      const hits = [["the transcript", opened.transcript], ...texts].filter(([, text]) => text?.includes(secret));
      expect(hits.map(([where]) => where)).toEqual([]);
    }
  });
});
