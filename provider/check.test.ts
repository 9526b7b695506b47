// Check of both resources: one target has one resource of a kind in a program, however it is spelled.
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../tests/fixtures/emulatedCloud";
import { startRun } from "../tests/fixtures/run";
import * as encryption from "./defaultEncryption/lifecycle";
import * as key from "./defaultEncryptionKey/lifecycle";
import { type Bag, urnProperty } from "./protocol";

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
  const told = await startRun(environment, { "huaweicloud:preflight": "off", ...configuration });
  cloud.requests();
  return told;
}

const urnOf = (name: string) => `urn:pulumi:stack::project::component:index:Baseline$dynamic:Key::${name}`;
const declare = (name: string, args: Bag) =>
  key.check({}, { kmsKeyId: cloud.key("app-disks"), ...args, [urnProperty]: urnOf(name) });

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

const partnerId = () => cloud.emulator.cloud.account(partner)?.id ?? "";
