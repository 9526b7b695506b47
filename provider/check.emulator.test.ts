// Check of both resources: another spelling of the project in state is seen as what it is, what is wrong is a failure and never
// thrown, and one target has one resource of a kind in a program, however it is spelled.
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../tests/fixtures/emulatedCloud";
import type { Lifecycle } from "../tests/fixtures/engineModel";
import { startRun } from "../tests/fixtures/run";
import * as encryption from "./dynamic/defaultEncryption";
import * as key from "./dynamic/defaultEncryptionKey";
import { deployingProperty, urnProperty } from "./dynamic/hiddenProperties";
import { session } from "./dynamic/session";
import { type Bag, unknownValue } from "./protocol";

const { create }: Lifecycle = key;

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
  await run();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cloud.close();
});

async function run(configuration: Record<string, string> = {}, credentials = cloud.credentials()): Promise<string[]> {
  const environment = { ...credentials, HW_ENDPOINT_URL: cloud.emulator.endpoint, HW_MAX_RETRIES: "0" };
  const lines = await startRun(environment, { "huaweicloud:preflight": "off", ...configuration });
  cloud.requests();
  return lines;
}

const urnOf = (name: string) => `urn:pulumi:stack::project::component:index:Baseline$dynamic:Key::${name}`;
const declare = (name: string, args: Bag) =>
  key.check({}, { kmsKeyId: cloud.key("app-disks"), ...args, [urnProperty]: urnOf(name) });

it("asks nothing about two projects by name, once the ID of one is known", async () => {
  const names = [region, `${region}_team`];
  const projectIds = names.map((name) => cloud.project(name));
  for (const [index, projectName] of names.entries()) {
    const inputs = { kmsKeyId: cloud.key("app-disks"), region, projectName, onDelete: "reset" as const };
    const { failures } = await key.check(inputs, { ...inputs, [urnProperty]: urnOf(projectName) });
    expect(failures).toEqual([]);
    await key.diff("id", { ...inputs, projectId: projectIds[index] }, inputs);
  }
  expect(cloud.requests()).toEqual([]);
});

describe("a second resource for one target", () => {
  it.each<[string, Record<string, string>, () => Bag, () => Bag]>([
    ["the same region", {}, () => ({ region }), () => ({ region })],
    ["the configured region, and the same in words", { "huaweicloud:region": region }, () => ({}), () => ({ region })],
    [
      "the configured project, and the same in words",
      { "huaweicloud:region": region, "huaweicloud:projectId": "0".repeat(32) },
      () => ({}),
      () => ({ region, projectId: "0".repeat(32) }),
    ],
    ["the region's own project, and its name", {}, () => ({ region }), () => ({ region, projectName: region })],
    [
      "one ID in two spellings",
      {},
      () => ({ region, projectId: cloud.project() }),
      () => ({ region, projectId: cloud.project().toUpperCase() }),
    ],
    ["a name, and its ID", {}, () => ({ region }), () => ({ region, projectId: cloud.project() })],
    ["an ID, and its name", {}, () => ({ region, projectId: cloud.project() }), () => ({ region })],
    [
      "an account by name, and by ID",
      {},
      () => ({ region, assumeRole: { agencyName: "evs-deployer", domainName: partner } }),
      () => ({ region, assumeRole: { agencyName: "evs-deployer", domainId: partnerId() } }),
    ],
  ])("is refused in previews too, naming both, and again: %s", async (_, configuration, one, other) => {
    await run(configuration);
    expect((await declare("first", one())).failures).toEqual([]);
    for (let time = 0; time < 2; time++) {
      const { failures } = await declare("second", other());
      expect(failures).toEqual([
        {
          property: "",
          reason: expect.stringMatching(
            /^"second" \(in a Baseline\) is for the same target as "first" \(in a Baseline\) \(project .+ in cn-north-4\), and a target has only one DefaultEncryptionKey: /,
          ),
        },
      ]);
    }
  });

  it.each<[string, () => Bag, () => Bag]>([
    ["another region", () => ({ region }), () => ({ region: otherRegion })],
    ["another project", () => ({ region }), () => ({ region, projectName: "cn-north-4_team" })],
    [
      "another account",
      () => ({ region }),
      () => ({ region, assumeRole: { agencyName: "evs-deployer", domainName: partner } }),
    ],
    [
      "another project, of which one is spelled by ID",
      () => ({ region }),
      () => ({ region, projectId: cloud.project("cn-north-4_team") }),
    ],
  ])("is none if it is for %s", async (_, one, other) => {
    expect((await declare("first", one())).failures).toEqual([]);
    expect((await declare("second", other())).failures).toEqual([]);
  });

  it("is refused alone: the first is created", async () => {
    const first = await declare("first", { region });
    const second = await declare("second", { region, projectId: cloud.project() });
    await expect(create(second.inputs)).rejects.toThrow('"second" (in a Baseline) is for the same target');
    expect(await create(first.inputs)).toMatchObject({ outs: { projectId: cloud.project() } });
  });

  it.each<[string, () => Bag]>([
    ["by name", () => ({ region, projectName: region })],
    ["by ID", () => ({ region, projectId: cloud.project() })],
    ["for another project", () => ({ region, projectId: cloud.project("cn-north-4_team") })],
  ])(
    "in state is not overwritten by a new one that is checked before it; state has it %s",
    async (spelled, inState) => {
      const created = await declare("new", { region });
      const args = { region, kmsKeyId: cloud.key("app-disks"), [urnProperty]: urnOf("in state") };
      const { failures } = await key.check({ kmsKeyId: cloud.key("app-disks"), onDelete: "reset", ...inState() }, args);
      expect(failures).toEqual([
        { property: "", reason: expect.stringContaining('"in state" (in a Baseline) is for') },
      ]);
      const creating = create(created.inputs);
      // One that moves to the target from another project has set nothing there.
      if (spelled === "for another project")
        expect(await creating).toMatchObject({ outs: { projectId: cloud.project() } });
      else await expect(creating).rejects.toThrow('"new" (in a Baseline) is for the same target as "in state"');
    },
  );

  it("is none if it is the switch", async () => {
    await declare("first", { region });
    expect((await encryption.check({}, { region, [urnProperty]: urnOf("switch") })).failures).toEqual([]);
  });

  it("is none if it is the same resource, checked again or declared anew", async () => {
    await declare("first", { region });
    expect((await declare("first", { region })).failures).toEqual([]);
    expect((await declare("first", { region: otherRegion })).failures).toEqual([]);
    expect((await declare("second", { region })).failures).toEqual([]);
  });

  it("is none in another run", async () => {
    await declare("first", { region });
    await run();
    expect((await declare("second", { region })).failures).toEqual([]);
  });
});

describe("who declares", () => {
  it("is not known by a URN that is unknown: each target is a resource of its own", async () => {
    for (const where of [region, otherRegion]) {
      await key.check({}, { kmsKeyId: cloud.key("app-disks"), region: where, [urnProperty]: unknownValue });
    }
    for (const where of [region, otherRegion]) {
      const { failures } = await declare("second", { region: where });
      expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/ as a DefaultEncryptionKey /) }]);
    }
  });

  it("is not known by what is no URN", async () => {
    await key.check({}, { kmsKeyId: cloud.key("app-disks"), region, [urnProperty]: 5 });
    const { failures } = await declare("second", { region });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/ as a DefaultEncryptionKey /) }]);
  });
});

describe("what is wrong", () => {
  it("is a failure that gives back what the user wrote, and declares nothing", async () => {
    const news = { region: "Mars", kmsKeyId: cloud.key("app-disks") };
    expect(await key.check({}, news)).toEqual({
      inputs: news,
      failures: [{ property: "", reason: "region must be a region ID, such as cn-north-4" }],
    });
    await declare("first", { region, onDelete: "never" });
    expect((await declare("second", { region })).failures).toEqual([]);
  });

  it("with the session, once the arguments are right, is a failure too", async () => {
    cloud.emulator.faults.add({ match: { service: "iam" }, times: -1, action: { type: "status", status: 503 } });
    const news = { region, [deployingProperty]: true };
    expect(await encryption.check({ region, projectId: cloud.project() }, news)).toEqual({
      inputs: news,
      failures: [{ property: "", reason: expect.stringMatching(/^logging in .*HTTP 503/) }],
    });
  });

  it("with our own code is thrown", async () => {
    const mistake = new TypeError("a mistake");
    jest.spyOn(session().switches, "declare").mockRejectedValueOnce(mistake);
    await expect(encryption.check({}, { region })).rejects.toBe(mistake);
    jest.spyOn(session(), "connect").mockRejectedValueOnce(mistake);
    await expect(encryption.check({ region, projectId: cloud.project() }, { region })).rejects.toBe(mistake);
  });
});

describe("another spelling of the project than in state", () => {
  const byName = { enabled: true, region, projectName: region, onDelete: "restore" };
  const byId = () => ({ enabled: true, region, projectId: cloud.project(), onDelete: "restore" });
  const checked = async (olds: Bag, news: Bag) => {
    const { inputs, failures } = await encryption.check(olds, news);
    expect(failures).toEqual([]);
    return inputs;
  };

  it("is looked up once, and its ID stays in the inputs", async () => {
    const inputs = await checked(byId(), { region });
    expect(inputs).toStrictEqual({ ...byName, projectId: cloud.project() });
    expect(cloud.requests()).toEqual(["login"]);
    await run();
    expect(await checked(inputs, { region })).toStrictEqual(inputs);
    expect(cloud.requests()).toEqual([]);
  });

  it.each<[string, () => Bag, () => Bag, () => Bag]>([
    ["a new resource", () => ({}), () => ({ region }), () => byName],
    ["the same spelling", () => byName, () => ({ region }), () => byName],
    ["the ID itself", () => byName, byId, byId],
    [
      "another region",
      byId,
      () => ({ region: otherRegion }),
      () => ({ ...byName, region: otherRegion, projectName: otherRegion }),
    ],
    [
      "a name not known yet",
      byId,
      () => ({ region, projectName: unknownValue }),
      () => ({ ...byName, projectName: unknownValue }),
    ],
    ["state of no form", () => ({ ...byId(), region: 5 }), () => ({ region }), () => byName],
  ])("is not looked up if it is %s", async (_, olds, news, inputs) => {
    expect(await checked(olds(), news())).toStrictEqual(inputs());
    expect(cloud.requests()).toEqual([]);
  });

  it("that is another project by now is recognized as one", async () => {
    const inputs = await checked(byId(), { region, projectName: "cn-north-4_team" });
    expect(inputs.projectId).toBe(cloud.project("cn-north-4_team"));
  });

  it("that cannot be looked up passes a preview with one line, and fails a deployment", async () => {
    const lines = await run({}, {});
    expect(await checked(byId(), { region })).toStrictEqual(byName);
    expect(lines).toEqual([
      expect.stringMatching(/^Could not check whether project cn-north-4 in cn-north-4 is the one in state: No cred/),
    ]);
    const { failures } = await encryption.check(byId(), { region, [deployingProperty]: true });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^No credentials/) }]);
    expect(lines).toHaveLength(1);
  });
});

const partnerId = () => cloud.emulator.cloud.account(partner)?.id ?? "";
