// How many requests each command makes, exactly: a promise of the README, and the part of the benchmark that no slow
// machine can blur.

import { company, type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { type Stack, type StackOptions, succeeded, withStack } from "./harness/stack";

const RESOURCES = 200;
/** 200 resources on a busy machine. */
const timeoutMs = 300_000;

interface Target {
  projectId: string;
  kmsKeyId: string;
}

let cloud: EmulatedCloud;

beforeAll(async () => {
  cloud = await startCloud();
});

afterAll(() => cloud.close());

describe("one resource", () => {
  beforeEach(() => {
    cloud.change({ keyId: "", enabled: true });
    cloud.requests();
  });

  it.each([
    { preflight: "auto", created: ["describe key", "put key", "get status"] },
    { preflight: "off", created: ["put key", "get status"] },
  ])("with preflight $preflight", async ({ preflight, created }) => {
    await withTargets([oneTarget()], { preflight }, async (stack) => {
      succeeded(await stack.up());
      expect(cloud.requests()).toEqual(created);
      succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
      succeeded(await stack.up({ args: ["--expect-no-changes"] }));
      expect(cloud.requests()).toEqual([]);
      succeeded(await stack.preview({ args: ["--expect-no-changes", "--refresh"] }));
      expect(cloud.requests()).toEqual(["get key"]);
      succeeded(await stack.refresh());
      expect(cloud.requests()).toEqual(["get key"]);
      succeeded(await stack.destroy());
      expect(cloud.requests()).toEqual(["get key", "reset key"]);
    });
  });
});

describe(`${RESOURCES} resources at the same time`, () => {
  it(
    "log in once for each project, with a password",
    async () => {
      const targets = addTargets("ap-southeast-3");
      await withTargets(targets, { region: "ap-southeast-3", password: true }, async (stack) => {
        succeeded(await stack.up());
        expect(tally()).toEqual({
          login: RESOURCES,
          "describe key": RESOURCES,
          "put key": RESOURCES,
          "get status": RESOURCES,
        });
        succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
        expect(tally()).toEqual({});
        succeeded(await stack.refresh());
        expect(tally()).toEqual({ login: RESOURCES, "get key": RESOURCES });
        succeeded(await stack.destroy());
        expect(tally()).toEqual({ login: RESOURCES, "get key": RESOURCES, "reset key": RESOURCES });
      });
    },
    timeoutMs,
  );

  it(
    "need no login with an access key",
    async () => {
      const targets = addTargets("eu-west-101");
      await withTargets(targets, { region: "eu-west-101", preflight: "off" }, async (stack) => {
        succeeded(await stack.up());
        expect(tally()).toEqual({ "put key": RESOURCES, "get status": RESOURCES });
      });
    },
    timeoutMs,
  );
});

interface Setting {
  region?: string;
  preflight?: string;
  password?: boolean;
}

async function withTargets(targets: Target[], setting: Setting, body: (stack: Stack) => Promise<void>): Promise<void> {
  const { region: where = region, preflight = "auto", password = false } = setting;
  const options: StackOptions = {
    program: [
      'const evs = require("pulumi-huaweicloud-evs");',
      `for (const target of ${JSON.stringify(targets)})`,
      `  new evs.DefaultEncryptionKey(target.projectId, { region: "${where}", ...target });`,
    ].join("\n"),
    refresh: "never",
    emulator: cloud.emulator,
    // The engine would write the whole state after each of the resources.
    env: {
      ...(password ? cloud.credentials() : accessKey()),
      PULUMI_EXPERIMENTAL: "true",
      PULUMI_SKIP_CHECKPOINTS: "true",
    },
    config: { "huaweicloud:preflight": preflight },
  };
  await withStack(options, body);
}

function oneTarget(): Target {
  return { projectId: cloud.project(), kmsKeyId: cloud.key("app-disks") };
}

/** Fresh projects, each with default encryption switched on. */
function addTargets(where: string): Target[] {
  return cloud.emulator.cloud.addProjects(company, where, RESOURCES).map(({ id, keyIds }) => {
    cloud.emulator.cloud.setDefaultEncryption(id, { enabled: true });
    return { projectId: id, kmsKeyId: keyIds[0] ?? "" };
  });
}

function accessKey(): Record<string, string> {
  const account = cloud.emulator.describe().accounts.find(({ domainName }) => domainName === company);
  const user = account?.users.find(({ name }) => name === "deployer");
  return { HW_ACCESS_KEY: user?.accessKey ?? "", HW_SECRET_KEY: user?.secretKey ?? "" };
}

/** The requests since the last look, counted by kind. */
function tally(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of cloud.requests()) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
