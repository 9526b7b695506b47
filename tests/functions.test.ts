// The functions under the real engine: what they find, in previews too, and how their errors read in the terminal.
import { type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { currentFront } from "./harness/front";
import { succeeded, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true, keyId: cloud.key("sm4-disks") });
  cloud.requests();
});
afterEach(() => cloud.close());

const program = (...lines: string[]): string => `
  const pulumi = require("@pulumi/pulumi");
  const evs = require("pulumi-huaweicloud-evs");
  const region = "${region}";
  ${lines.join("\n")}
`;

it("reads in previews and deployments, with one login, and feeds resources", async () => {
  const text = program(
    'const found = evs.getKmsKeyOutput({ alias: "app-disks", region });',
    `exports.byId = evs.getKmsKey({ keyId: "${cloud.key("retired-disks")}", region });`,
    "exports.before = evs.getDefaultEncryptionKey({ region });",
    "exports.on = evs.getDefaultEncryptionOutput({ region: pulumi.output(region) }).enabled;",
    'const key = new evs.DefaultEncryptionKey("disks", { region, kmsKeyId: found.keyId });',
    "exports.after = evs.getDefaultEncryptionKeyOutput({ region, projectId: key.projectId }).kmsKeyId;",
  );
  await withStack({ program: text, emulator: cloud.emulator, env: cloud.credentials() }, async (stack) => {
    const plan = succeeded(await stack.preview());
    expect(plan.changes).toEqual({ create: 2 });
    expect(cloud.requests().filter((word) => word !== "login")).toEqual(
      expect.arrayContaining(["list keys", "describe key", "get key", "get status"]),
    );
    expect(cloud.liveAlias()).toBe("sm4-disks");

    succeeded(await stack.up());
    expect(cloud.liveAlias()).toBe("app-disks");
    const where = { region, projectId: cloud.project() };
    expect(await stack.outputs()).toEqual({
      byId: {
        keyId: cloud.key("retired-disks"),
        alias: "retired-disks",
        state: "disabled",
        usable: false,
        keySpec: "AES_256",
        isServiceKey: false,
        ...where,
      },
      before: { kmsKeyId: cloud.key("sm4-disks"), ...where },
      on: true,
      after: cloud.key("app-disks"),
    });
  });
});

it("shows what went wrong as one line of plain text", async () => {
  const cases: [string, RegExp][] = [
    [
      'evs.getKmsKey({ alias: "no-such", region });',
      /getKmsKey: no usable key has the alias "no-such" in project \w+, region \S+ Found: .*app-disks [0-9a-f-]{36}/,
    ],
    [
      'evs.getKmsKeyOutput({ alias: "retired-disks", region });',
      /no usable key has the alias "retired-disks" .* Found: retired-disks \S+ \(is disabled\)/,
    ],
    ["evs.getKmsKey({ region });", /getKmsKey: give either alias or keyId/],
    ['evs.getKmsKey({ keyId: "00000000-0000-0000-0000-000000000000", region });', /getKmsKey: .*KMS\.0207/],
    ['evs.getDefaultEncryption({ region: "Mars" });', /getDefaultEncryption: region must be a region ID/],
    ['evs.getDefaultEncryptionKey({ region, projectName: "nowhere" });', /getDefaultEncryptionKey: .*nowhere/],
  ];
  await withStack({ program: program(), emulator: cloud.emulator, env: cloud.credentials() }, async (stack) => {
    for (const [line, expected] of cases) {
      stack.setProgram(program(line));
      const failed = await stack.preview();
      expect(failed.code).not.toBe(0);
      const errors = failed.diagnostics.filter(({ severity }) => severity === "error").map(({ message }) => message);
      expect(errors.join("\n")).toMatch(expected);
      // What a plugin's function answers is an exception of Pulumi's SDK, which prints its own trace, and none of the plugin's.
      const traces = currentFront() === "plugin" ? /plugin\.js|provider\// : /\n +at |Error:|node_modules/;
      expect(failed.output).not.toMatch(traces);
    }
  });
});
