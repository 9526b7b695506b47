// What a preview refuses, what it cannot know yet, and what it must not show: under the real engine.
import { company, type EmulatedCloud, otherRegion, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { currentFront, settingOf, typeOf } from "./harness/front";
import { type StackOptions, succeeded, type Stack as TestStack, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
});
afterEach(() => cloud.close());

const program = (...lines: string[]): string => `
  const pulumi = require("@pulumi/pulumi");
  const evs = require("pulumi-huaweicloud-evs");
  const region = "${region}";
  // A resource whose outputs are unknown until it is created, as another package's would be.
  const later = (values) => {
    const __provider = 'exports.handler = () => ({ create: async (inputs) => ({ id: "1", outs: inputs.values }) })';
    class Later extends pulumi.CustomResource {}
    const names = Object.fromEntries(Object.keys(values).map((name) => [name, undefined]));
    return new Later("pulumi-nodejs:dynamic/test:Later", "later", { ...names, values, __provider });
  };
  ${lines.join("\n")}
`;
const stack = <T>(options: StackOptions, body: (stack: TestStack) => Promise<T>): Promise<T> =>
  withStack({ emulator: cloud.emulator, env: cloud.credentials(), refresh: "never", ...options }, async (opened) => {
    cloud.requests();
    return body(opened);
  });
const writes = () => cloud.requests().filter((word) => /put|reset|enable|disable/.test(word));

describe("a key that will not work fails the preview", () => {
  it("and says why, whatever is wrong with it", async () => {
    const cases: [string, RegExp][] = [
      [cloud.key("retired-disks"), /\(alias retired-disks\) is disabled: enable it in DEW/],
      [
        cloud.key("doomed-disks"),
        /\(alias doomed-disks\) is scheduled for deletion: .* \(it will be deleted on 20\d\d-\d\d-\d\d\)/,
      ],
      [cloud.key("awaited-disks"), /\(alias awaited-disks\) waits for its key material/],
      [cloud.key("rsa-envelopes"), /is a key of type RSA_3072 for ENCRYPT_DECRYPT: EVS needs a symmetric key/],
      [cloud.key("hmac-tokens"), /is a key of type HMAC_256 for GENERATE_VERIFY_MAC: EVS needs/],
      [cloud.key("app-disks", otherRegion), /is not a key that KMS knows in project .*another region's key/],
    ];
    await stack({ program: program() }, async (opened) => {
      for (const [kmsKeyId, expected] of cases) {
        opened.setProgram(program(`new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${kmsKeyId}" });`));
        const refused = await opened.preview();
        expect(refused.code).not.toBe(0);
        // Without the key's ID, which may be a secret.
        // The plugin looks keys up side by side, when it creates: that is no failure of a check.
        expect(refused.output).toMatch(
          currentFront() === "plugin" ? /error: .*kmsKeyId / : / has a problem: kmsKeyId /,
        );
        expect(refused.output).not.toContain(kmsKeyId);
        expect(refused.output).toMatch(expected);
      }
      expect(writes()).toEqual([]);
    });
  });

  it("but one that cannot be looked up does not, unless that is required", async () => {
    const text = program(`new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${cloud.key("retired-disks")}" });`);
    const anonymous = { HW_USER_NAME: undefined, HW_USER_PASSWORD: undefined, HW_DOMAIN_NAME: undefined };
    await stack({ program: text }, async (opened) => {
      const without = succeeded(await opened.preview({ env: anonymous }));
      expect(without.output).toContain(
        `KMS keys are not checked in advance (${settingOf("preflight")} is "auto"): No credentials`,
      );
      const unreachable = { HW_ENDPOINT_URL_KMS: "http://127.0.0.1:9", HW_MAX_RETRIES: "0" };
      expect(succeeded(await opened.preview({ env: unreachable })).output).toContain("not checked in advance");
      const forbidden = cloud.credentials("disk-operator");
      expect(succeeded(await opened.preview({ env: forbidden })).output).toContain("not checked in advance");
      cloud.emulator.faults.add({ match: { service: "kms" }, times: -1, action: { type: "hang" } });
      expect(succeeded(await opened.preview()).output).toContain("KMS did not answer within 2 s");
      cloud.emulator.faults.clear();

      const required = await opened.preview({ env: { ...anonymous, HW_PREFLIGHT: "require" } });
      expect(required.code).not.toBe(0);
      expect(required.output).toContain(`could not be checked, and ${settingOf("preflight")} is "require"`);
      cloud.requests();
      succeeded(await opened.preview({ env: { HW_PREFLIGHT: "off" } }));
      expect(cloud.requests()).toEqual([]);
    });
  });
});

describe("two resources for one target fail the preview, naming both", () => {
  const declare = (first: string, second: string, options = "{}") =>
    program(
      `const first = new evs.DefaultEncryptionKey("first", { kmsKeyId: "${cloud.key("app-disks")}", ${first} });`,
      `new evs.DefaultEncryptionKey("second", { kmsKeyId: "${cloud.key("app-disks-next")}", ${second} }, ${options});`,
    );
  const env = { HW_PREFLIGHT: "off" };

  it("written, configured, by two names, or known only late", async () => {
    const id = cloud.project();
    const cases: [string, string, Record<string, string>][] = [
      ["region", "region", {}],
      ["region", "", { HW_REGION_NAME: region }],
      ["region", `region, projectName: "${region}"`, {}],
      [`region, projectId: "${id}"`, `region, projectId: "${id.toUpperCase()}"`, {}],
      ["region", `region, projectId: "${id}"`, {}],
      ["region", "region: pulumi.output(Promise.resolve(region))", {}],
    ];
    await stack({ program: program(), env: { ...cloud.credentials(), ...env } }, async (opened) => {
      for (const [first, second, more] of cases) {
        opened.setProgram(declare(first, second));
        const refused = await opened.preview({ env: more });
        expect(refused.code).not.toBe(0);
        expect(refused.output).toMatch(/"(first|second)" is for the same target as "(first|second)"/);
        expect(refused.output).not.toMatch(/\n +at /);
      }
      // A deployment refuses it too, and again: the next run does not create what this one has refused.
      // In a known order: without one, the engine may check either of them first.
      opened.setProgram(declare("region", `region, projectId: "${id}"`, "{ dependsOn: first }"));
      cloud.requests();
      for (let time = 0; time < 2; time++) {
        const refused = await opened.up();
        expect(refused.code).not.toBe(0);
        expect(refused.output).toMatch(/is for the same target as "(first|second)"/);
        expect(writes().length).toBeLessThanOrEqual(1);
        expect(cloud.liveAlias()).not.toBe("app-disks-next");
      }
      succeeded(await opened.destroy());
      // Other kinds and other projects are no conflict.
      opened.setProgram(
        program(
          `new evs.DefaultEncryptionKey("key", { region, kmsKeyId: "${cloud.key("app-disks")}" });`,
          'new evs.DefaultEncryption("switch", { region });',
          `new evs.DefaultEncryptionKey("team", { region, projectName: "${region}_team", kmsKeyId: "${cloud.key("app-disks")}" });`,
        ),
      );
      expect(succeeded(await opened.preview()).changes).toEqual({ create: 4 });
    });
  });
});

describe("a value that is known only at deployment", () => {
  const role = { agencyName: "evs-deployer", domainName: partner };
  const cases: [string, string, Record<string, unknown>][] = [
    ["kmsKeyId", "{ region, kmsKeyId: late.v }", {}],
    ["region", "{ region: late.v, kmsKeyId }", { v: region }],
    ["projectId", "{ region, kmsKeyId, projectId: late.v }", {}],
    ["projectName", "{ region, kmsKeyId, projectName: late.v }", { v: region }],
    ["onDelete", "{ region, kmsKeyId, onDelete: late.v }", { v: "restore" }],
  ];

  it.each(cases)("%s: previews, and deploys", async (name, args, values) => {
    const v = { kmsKeyId: cloud.key("app-disks"), projectId: cloud.project() }[name] ?? values.v;
    const text = program(
      `const kmsKeyId = "${cloud.key("app-disks")}"; const late = later({ v: ${JSON.stringify(v)} });`,
      `new evs.DefaultEncryptionKey("key", ${args});`,
    );
    await stack({ program: text }, async (opened) => {
      expect(succeeded(await opened.preview()).changes).toEqual({ create: 3 });
      expect(writes()).toEqual([]);
      succeeded(await opened.up());
      expect(cloud.liveAlias()).toBe("app-disks");
      expect(succeeded(await opened.preview()).changes).toEqual({ same: 3 });
    });
  });

  it("enabled, of the switch", async () => {
    const text = program(
      "const late = later({ v: false });",
      'new evs.DefaultEncryption("s", { region, enabled: late.v });',
    );
    await stack({ program: text }, async (opened) => {
      succeeded(await opened.preview());
      succeeded(await opened.up());
      expect(cloud.live().enabled).toBe(false);
    });
  });

  it("assumeRole, whole and in part, only previewed", async () => {
    const text = program(
      `const late = later({ role: ${JSON.stringify(role)}, agencyName: "${role.agencyName}" });`,
      `const kmsKeyId = "${cloud.key("app-disks", region, partner)}";`,
      'new evs.DefaultEncryptionKey("whole", { region, kmsKeyId, assumeRole: late.role });',
      `new evs.DefaultEncryptionKey("part", { region: "${otherRegion}", kmsKeyId, assumeRole: { agencyName: late.agencyName, domainName: "${partner}" } });`,
    );
    await stack({ program: text }, async (opened) => {
      expect(succeeded(await opened.preview()).changes).toEqual({ create: 4 });
      expect(writes()).toEqual([]);
    });
  });
});

it("keeps secret inputs secret, in state and in refusals", async () => {
  const id = cloud.key("app-disks");
  const secret = (value: string) => `pulumi.secret(${JSON.stringify(value)})`;
  const declare = (kmsKeyId: string, onDelete = "reset") =>
    program(
      `new evs.DefaultEncryptionKey("key", { kmsKeyId: ${secret(kmsKeyId)}, region: ${secret(region)},`,
      `  projectId: ${secret(cloud.project())}, onDelete: ${secret(onDelete)} });`,
      `new evs.DefaultEncryption("switch", { enabled: pulumi.secret(true), region: ${secret(otherRegion)}, projectName: ${secret(otherRegion)} });`,
      `new evs.DefaultEncryptionKey("assumed", { kmsKeyId: ${secret(cloud.key("app-disks", region, partner))}, region,`,
      `  assumeRole: pulumi.secret({ agencyName: "evs-deployer", domainName: "${partner}" }) });`,
    );
  await stack({ program: declare(id) }, async (opened) => {
    succeeded(await opened.preview());
    succeeded(await opened.up());
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(succeeded(await opened.preview()).changes).toEqual({ same: 4 });
    expect(cloud.liveAlias(region, partner)).toBe("app-disks");
    const { deployment } = await opened.export();
    const types = [typeOf("DefaultEncryptionKey"), typeOf("DefaultEncryption")];
    const managed = deployment.resources.filter(({ type }) => types.includes(type));
    expect(managed).toHaveLength(3);
    const shown = JSON.stringify(managed.map(({ inputs, outputs }) => [inputs, outputs]));
    for (const value of [id, cloud.key("app-disks", region, partner), "evs-deployer", `"${otherRegion}"`]) {
      expect(shown).not.toContain(value);
    }

    // The engine puts a refused value into its message, and masks it where it is a secret of the configuration.
    const planted = "planted-secret-value";
    succeeded(await opened.setConfig({ "e2e:kmsKeyId": { secret: planted } }));
    opened.setProgram(
      program(
        'new evs.DefaultEncryptionKey("key", { region, kmsKeyId: new pulumi.Config().requireSecret("kmsKeyId") });',
      ),
    );
    const refused = await opened.preview({ diff: true });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("kmsKeyId");
    expect(refused.output).not.toContain(planted);
    expect(cloud.live(region, company).keyId).toBe(id);
  });
});
