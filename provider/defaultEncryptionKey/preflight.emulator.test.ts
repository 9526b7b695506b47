// The look-up of check, against the emulator: a definite no is a reason, anything else a line, and nothing is asked needlessly.
import { type EmulatedCloud, otherRegion, region, startCloud } from "../../tests/fixtures/emulatedCloud";
import { toKeyId, toProjectId, unknown } from "../../tests/fixtures/identifiers";
import { startRun } from "../../tests/fixtures/run";
import { check, create, update } from "../dynamic/defaultEncryptionKey";
import { deployingProperty } from "../dynamic/hiddenProperties";
import { session } from "../dynamic/session";
import { type Call, callOf } from "../lifecycle";
import type { Bag } from "../protocol";
import { preflight } from "./preflight";
import type { DefaultEncryptionKeyInputs } from "./schema";

let cloud: EmulatedCloud;
let lines: string[];

beforeEach(async () => {
  cloud = await startCloud();
  lines = await run();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cloud.close();
});

const run = (configuration: Record<string, string> = {}, credentials = cloud.credentials()) =>
  startRun({ ...credentials, HW_ENDPOINT_URL: cloud.emulator.endpoint, HW_MAX_RETRIES: "0" }, configuration);
/** As the dynamic front makes it in a preview. */
const call = () => callOf(session(), { urn: undefined, phase: "preview" });
const inputs = (given: Partial<DefaultEncryptionKeyInputs> = {}): DefaultEncryptionKeyInputs => ({
  region,
  projectName: region,
  kmsKeyId: cloud.key("app-disks"),
  onDelete: "reset",
  ...given,
});
const reasonFor = (given: Partial<DefaultEncryptionKeyInputs> = {}, olds: Bag = {}) =>
  preflight(inputs(given), olds, call());

describe("a key that is the same as in state", () => {
  it.each<[string, () => Bag]>([
    ["as it is", () => inputs()],
    ["in another spelling", () => ({ ...inputs(), kmsKeyId: cloud.key("app-disks").toUpperCase() })],
    ["in a project whose ID was looked up since", () => ({ ...inputs(), projectId: cloud.project() })],
  ])("is not asked about: %s", async (_, olds) => {
    expect(await reasonFor({}, olds())).toBeUndefined();
    expect(cloud.requests()).toEqual([]);
  });

  it("is not asked about if the project is spelled otherwise, and check has found it to be the same", async () => {
    const { projectName: _, ...olds } = inputs({ projectId: cloud.project() });
    expect(await reasonFor({ projectId: toProjectId(cloud.project().toUpperCase()) }, olds)).toBeUndefined();
    expect(cloud.requests()).toEqual([]);
  });

  it.each<[string, (olds: DefaultEncryptionKeyInputs) => Bag]>([
    ["of another region", (olds) => ({ ...olds, region: otherRegion })],
    ["of another project, by name", (olds) => ({ ...olds, projectName: "cn-north-4_team" })],
    ["of another project, by ID", ({ projectName: _, ...olds }) => ({ ...olds, projectId: "0".repeat(32) })],
    ["of another role", (olds) => ({ ...olds, assumeRole: { agencyName: "a", domainName: "d" } })],
    ["of a state that has no form", () => ({ ...inputs(), region: 5 })],
    ["but for the key", (olds) => ({ ...olds, kmsKeyId: cloud.key("app-disks-next") })],
    ["of a state whose key has no form", (olds) => ({ ...olds, kmsKeyId: 5 })],
    ["of a state without a key", ({ kmsKeyId: _, ...olds }) => olds],
    ["of nothing", () => ({})],
  ])("is asked about where it is %s", async (_, olds) => {
    await reasonFor({}, olds(inputs()));
    expect(cloud.requests()).toEqual(["login", "describe key"]);
  });
});

it("asks about the same key where another region was declared, with the same ID of the project", async () => {
  const { projectName: _, ...pinned } = inputs({ projectId: cloud.project() });
  expect(await preflight(pinned, { ...pinned, region: otherRegion }, call())).toBeUndefined();
  expect(cloud.requests()).toEqual(["login", "describe key"]);
});

describe("a key that KMS tells about", () => {
  it.each(["app-disks", "app-disks-next", "sm4-disks"])("passes where EVS can use it: %s", async (alias) => {
    expect(await reasonFor({ kmsKeyId: cloud.key(alias) })).toBeUndefined();
    expect(cloud.requests()).toEqual(["login", "describe key"]);
    expect(lines).toEqual([]);
  });

  it.each([
    ["retired-disks", /^\(alias retired-disks\) is disabled: enable it/],
    ["doomed-disks", /^\(alias doomed-disks\) is scheduled for deletion: .*deleted on \d{4}-\d\d-\d\d\)$/],
    ["awaited-disks", /^\(alias awaited-disks\) waits for its key material/],
    [
      "rsa-envelopes",
      /^\(alias rsa-envelopes\) is a key of type RSA_3072 for ENCRYPT_DECRYPT: EVS needs a symmetric key/,
    ],
    ["ec-signatures", /^\(alias ec-signatures\) is a key of type EC_P256 for SIGN_VERIFY/],
    ["hmac-tokens", /^\(alias hmac-tokens\) is a key of type HMAC_256 for GENERATE_VERIFY_MAC/],
  ])("is refused where EVS cannot use it: %s", async (alias, reason) => {
    expect(await reasonFor({ kmsKeyId: cloud.key(alias) })).toMatch(reason);
  });

  it("is refused where it is another region's, and the switch for a shared key is named", async () => {
    const reason = await reasonFor({ kmsKeyId: cloud.key("app-disks", otherRegion) });
    expect(reason).toMatch(/^is not a key that KMS knows in project cn-north-4, region cn-north-4 \(KMS\.0207\): /);
    expect(reason).toContain("set huaweicloud:preflight to off");
  });

  it("is asked about with the project's ID where that is given, without looking it up", async () => {
    const team = cloud.project("cn-north-4_team");
    const { projectName: _, ...given } = inputs({ projectId: team });
    const start = `is not a key that KMS knows in project ${team}, region cn-north-4 (KMS.0207): `;
    expect((await preflight(given, {}, call()))?.slice(0, start.length)).toBe(start);
    expect(cloud.records().map(({ projectId }) => projectId)).toContain(team);
  });
});

describe("nothing is asked", () => {
  it.each<[string, () => Partial<DefaultEncryptionKeyInputs>]>([
    ["an unknown key", () => ({ kmsKeyId: unknown() })],
    ["an unknown region", () => ({ region: unknown() })],
    ["an unknown project", () => ({ projectId: unknown() })],
    ["an unknown part of the role", () => ({ assumeRole: { agencyName: "a", domainName: unknown() } })],
  ])("about %s", async (_, given) => {
    expect(await reasonFor(given())).toBeUndefined();
    expect(cloud.requests()).toEqual([]);
  });

  it("about a key that is not new, in any spelling", async () => {
    const olds = inputs({ kmsKeyId: cloud.key("retired-disks") });
    expect(await preflight({ ...olds, kmsKeyId: toKeyId(olds.kmsKeyId.toUpperCase()) }, olds, call())).toBeUndefined();
    expect(cloud.requests()).toEqual([]);
  });

  it("when it is switched off", async () => {
    await run({ "huaweicloud:preflight": "off" });
    expect(await reasonFor({ kmsKeyId: cloud.key("retired-disks") })).toBeUndefined();
    expect(cloud.requests()).toEqual([]);
  });

  it("a second time in one run, as in a replacement, where check runs twice", async () => {
    const kmsKeyId = cloud.key("retired-disks");
    const both = await Promise.all([reasonFor({ kmsKeyId }), reasonFor({ kmsKeyId: toKeyId(kmsKeyId.toUpperCase()) })]);
    expect(both[0]).toMatch(/is disabled/);
    expect(both[1]).toBe(both[0]);
    expect(cloud.requests()).toEqual(["login", "describe key"]);
  });
});

it("asks again about the same key in another place", async () => {
  await reasonFor();
  await reasonFor({ region: otherRegion, projectName: otherRegion }, inputs());
  expect(cloud.requests()).toEqual(["login", "describe key", "login", "describe key"]);
});

describe("where nobody can tell", () => {
  const hindrances: [string, () => Promise<unknown> | unknown, RegExp][] = [
    ["no credentials", async () => (lines = await run({}, {})), /No credentials for Huawei Cloud/],
    ["no permission", async () => (lines = await run({}, cloud.credentials("disk-operator"))), /KMS\.0307/],
    ["a wrong password", async () => (lines = await run({}, { ...cloud.credentials(), HW_USER_PASSWORD: "x" })), /401/],
    [
      "a broken KMS",
      () => cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "status", status: 503 } }),
      /KMS\.\d+/,
    ],
    [
      "garbage",
      () => cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "garbage" } }),
      /the answer is not JSON/,
    ],
    [
      "a proxy's page",
      () => cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "html" } }),
      /HTML page titled "502 Bad Gateway"/,
    ],
    ["no network", () => cloud.close(), /cannot reach http:\/\/127\.0\.0\.1/],
  ];

  it.each(hindrances)("passes with one line in mode auto: %s", async (_, hinder, reason) => {
    await hinder();
    expect(await reasonFor()).toBeUndefined();
    expect(lines).toEqual([expect.stringMatching(reason)]);
    expect(lines[0]).toMatch(/^KMS keys are not checked in advance \(huaweicloud:preflight is "auto"\): /);
    expect(lines[0]).not.toContain("\n");
  });

  it.each(hindrances)("refuses in mode require: %s", async (_, hinder, reason) => {
    await hinder();
    const { HW_USER_PASSWORD, HW_USER_NAME, HW_DOMAIN_NAME } = process.env;
    const credentials = Object.fromEntries(
      Object.entries({ HW_USER_PASSWORD, HW_USER_NAME, HW_DOMAIN_NAME }).filter(([, value]) => value !== undefined),
    ) as Record<string, string>;
    lines = await run({ "huaweicloud:preflight": "require" }, credentials);
    const refusal = await reasonFor();
    expect(refusal).toMatch(/^could not be checked, and huaweicloud:preflight is "require": /);
    expect(refusal).toMatch(reason);
    expect(lines).toEqual([]);
  });

  it("passes a slow KMS after two seconds in mode auto", async () => {
    cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "latency", ms: 2600 } });
    const start = performance.now();
    expect(await reasonFor()).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(3000);
    expect(lines).toEqual([expect.stringContaining("KMS did not answer within 2 s.")]);
  });

  it("waits for a slow KMS however long it takes in mode require", async () => {
    lines = await run({ "huaweicloud:preflight": "require" });
    cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "latency", ms: 2600 } });
    expect(await reasonFor({ kmsKeyId: cloud.key("retired-disks") })).toMatch(/is disabled/);
    expect(lines).toEqual([]);
  });

  describe("within a time", () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());
    const connecting = (connect: Call["connect"]) => preflight(inputs(), {}, { ...call(), connect });

    it("passes after ten seconds without a login in mode auto", async () => {
      const reason = connecting(() => new Promise(() => {}));
      await jest.advanceTimersByTimeAsync(9_999);
      expect(lines).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(await reason).toBeUndefined();
      expect(lines).toEqual([
        'KMS keys are not checked in advance (huaweicloud:preflight is "auto"): The login or the look-up of the project did not answer within 10 s.',
      ]);
    });

    it("keeps no timer once there is an answer, which would hold up the end of the process", async () => {
      expect(await connecting(() => Promise.reject(new Error("no login")))).toBeUndefined();
      expect(lines).toEqual([expect.stringMatching(/: no login$/)]);
      expect(jest.getTimerCount()).toBe(0);
    });
  });

  it("says one reason once, for however many keys", async () => {
    lines = await run({}, {});
    await Promise.all(
      ["app-disks", "app-disks-next", "sm4-disks"].map((alias) => reasonFor({ kmsKeyId: cloud.key(alias) })),
    );
    expect(lines).toHaveLength(1);
  });
});

describe("in a deployment", () => {
  const deploy = (alias: string) => check({}, { region, kmsKeyId: cloud.key(alias), [deployingProperty]: true });

  it("does not hold up the check, but the write", async () => {
    const { inputs: checked, failures } = await deploy("app-disks");
    expect(failures).toEqual([]);
    expect(checked).not.toHaveProperty(deployingProperty);
    expect(cloud.requests()).not.toContain("describe key");
    await create(checked as unknown as DefaultEncryptionKeyInputs);
    expect(cloud.requests()).toEqual(expect.arrayContaining(["describe key", "put key"]));
  });

  it("sets no key that cannot be used", async () => {
    const { inputs: checked } = await deploy("retired-disks");
    const refused = create(checked as unknown as DefaultEncryptionKeyInputs);
    await expect(refused).rejects.toThrow(/^kmsKeyId \(alias retired-disks\) is disabled/);
    const olds = {
      region,
      projectId: cloud.project(),
      projectName: region,
      kmsKeyId: cloud.key("app-disks"),
      onDelete: "reset",
    } as const;
    await expect(update("id", olds, checked as unknown as DefaultEncryptionKeyInputs)).rejects.toThrow(/is disabled/);
    expect(cloud.requests()).not.toContain("put key");
  });
});
