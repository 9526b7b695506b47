// The policy pack of examples/policy, run by the real engine. The language host that is built from source cannot start
// packs, but the engine can start one as an executable, so that is what it is given here.
import fs from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { z } from "zod";
import { Analyzer } from "./fixtures/analyzer";
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "./fixtures/emulatedCloud";
import { checkout } from "./harness/readiness";
import { type Stack, succeeded, withStack } from "./harness/stack";

let cloud: EmulatedCloud;

beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const program = (...lines: string[]): string => `
  const evs = require("pulumi-huaweicloud-evs");
  const region = "${region}";
  const kmsKeyId = "${cloud.key("app-disks")}";
  const onDelete = "restore";
  ${lines.join("\n")}
`;
const encryption = (args = "region", opts = "{}") => `new evs.DefaultEncryption("switch", { ${args} }, ${opts});`;
const key = (args = "region, kmsKeyId, onDelete", opts = "{}") =>
  `new evs.DefaultEncryptionKey("key", { ${args} }, ${opts});`;

/**
 * Puts the pack beside the program, and returns the file that starts it. Pulumi compiles a pack and checks its types at each
 * command; one that is previewed a dozen times is compiled once.
 */
function installPack({ root, folder }: Stack, { isCompiled = false } = {}): string {
  const pack = path.join(root, "policy");
  fs.cpSync(path.join(checkout, "examples/policy"), pack, { recursive: true });
  if (isCompiled) compilePack(pack);
  const modules = path.join(folder, "node_modules");
  fs.symlinkSync(path.join(checkout, "node_modules/@pulumi/policy"), path.join(modules, "@pulumi/policy"), "junction");
  fs.symlinkSync(modules, path.join(pack, "node_modules"), "junction");
  const starter = path.join(pack, "start");
  const command = "node node_modules/@pulumi/pulumi/cmd/run-policy-pack";
  const script = `#!/bin/sh\ncd "${pack}"\nPULUMI_NODEJS_TYPESCRIPT=${!isCompiled} exec ${command} "$1" .\n`;
  fs.writeFileSync(starter, script, { mode: 0o755 });
  return starter;
}

function compilePack(pack: string): void {
  const entryPoints = fs.readdirSync(pack).filter((name) => name.endsWith(".ts"));
  buildSync({ absWorkingDir: pack, entryPoints, outdir: pack, format: "cjs", platform: "node" });
  const manifest = path.join(pack, "package.json");
  fs.writeFileSync(manifest, fs.readFileSync(manifest, "utf8").replace("index.ts", "index.js"));
}

async function violations(stack: Stack, config: object, text: string): Promise<{ code: number; found: string[] }> {
  stack.setProgram(text);
  const configFile = path.join(stack.root, "policy", "config.json");
  fs.writeFileSync(configFile, JSON.stringify(config));
  const pack = path.join(stack.root, "policy", "start");
  const { code, output } = await stack.preview({ args: ["--policy-pack", pack, "--policy-pack-config", configFile] });
  expect(output).toContain("evs-default-encryption@v1.0.0");
  const found = [...output.matchAll(/\[mandatory\] +(\S+) +\(\S+: (\S+)\)/g)].map(
    ([, rule, name]) => `${rule}: ${name}`,
  );
  return { code, found: found.sort() };
}

it("lets pass what is as it should be, and names rule and resource for what is not", async () => {
  const config = { "evs-allowed-regions": { regions: [region] } };
  const forbidding = { ...config, "evs-forbidden-keys": { keyIds: [cloud.key("app-disks").toUpperCase()] } };
  const role = `assumeRole: { agencyName: "evs-deployer", domainName: "${partner}" }`;
  const baseline = `new evs.DefaultEncryptionBaseline("all", { onDelete, projects: { "${region}": kmsKeyId } });`;
  const kept = "region, kmsKeyId, onDelete";
  const cases: [string, object, string, string[]][] = [
    ["switch and key", config, program(encryption(), key()), []],
    ["the component", config, program(baseline), []],
    ["a protected key", config, program(encryption(), key("region, kmsKeyId", "{ protect: true }")), []],
    ["nothing of ours", config, program(), []],
    ["switched off", config, program(encryption("region, enabled: false")), ["evs-encryption-on: switch"]],
    ["no key", config, program(encryption()), ["evs-key-of-ours: switch"]],
    ["no switch", config, program(key()), ["evs-key-in-use: key"]],
    [
      "key and switch of different projects",
      config,
      program(encryption(), key(`${kept}, projectName: "${region}_team"`)),
      ["evs-key-in-use: key", "evs-key-of-ours: switch"],
    ],
    [
      "key and switch of different accounts",
      config,
      program(encryption(), key(`${kept}, ${role}`)),
      ["evs-key-in-use: key", "evs-key-of-ours: switch"],
    ],
    ["a forbidden key", forbidding, program(encryption(), key()), ["evs-forbidden-keys: key"]],
    [
      "destroying would reset",
      config,
      program(encryption('region, onDelete: "reset"'), key("region, kmsKeyId")),
      ["evs-destroy-keeps-encryption: key", "evs-destroy-keeps-encryption: switch"],
    ],
    [
      "another region",
      { "evs-allowed-regions": { regions: [otherRegion] } },
      program(encryption(), key()),
      ["evs-allowed-regions: key", "evs-allowed-regions: switch"],
    ],
  ];
  const env = { ...cloud.credentials(), HW_PREFLIGHT: "off" };
  await withStack({ program: program(), emulator: cloud.emulator, env }, async (stack) => {
    installPack(stack, { isCompiled: true });
    for (const [name, rules, text, expected] of cases) {
      const { code, found } = await violations(stack, rules, text);
      expect([name, found, code === 0]).toEqual([name, expected, expected.length === 0]);
    }
  });
});

it("sees the region that comes from the configuration", async () => {
  const options = { program: program(), emulator: cloud.emulator, config: { "huaweicloud:region": otherRegion } };
  await withStack({ ...options, env: { ...cloud.credentials(), HW_PREFLIGHT: "off" } }, async (stack) => {
    installPack(stack);
    const rules = { "evs-allowed-regions": { regions: [region] } };
    const { found } = await violations(stack, rules, program(encryption(""), key("kmsKeyId, onDelete")));
    expect(found).toEqual(["evs-allowed-regions: key", "evs-allowed-regions: switch"]);
  });
});

const stateResources = z.array(
  z.object({
    urn: z.string(),
    type: z.string(),
    protect: z.boolean().optional(),
    inputs: z.record(z.string(), z.json()).optional(),
    outputs: z.record(z.string(), z.json()).optional(),
  }),
);

it("fires on what a real program has deployed, asked by the engine's protocol", async () => {
  const team = `${region}_team`;
  const otherKey = cloud.key("app-disks", otherRegion);
  const wrong = [
    'new evs.DefaultEncryption("off", { region, enabled: false, onDelete: "reset" });',
    `new evs.DefaultEncryption("plain", { region, projectName: "${team}" });`,
    `new evs.DefaultEncryptionKey("alone", { region: "${otherRegion}", kmsKeyId: "${otherKey}" });`,
  ];
  const right = `new evs.DefaultEncryptionBaseline("all", { onDelete, projects: { "${region}": kmsKeyId } });`;
  const options = { program: program(...wrong), emulator: cloud.emulator };
  await withStack({ ...options, env: { ...cloud.credentials(), HW_PREFLIGHT: "off" } }, async (stack) => {
    const starter = installPack(stack);
    const analyzer = await Analyzer.start(starter, { PATH: process.env.PATH ?? "", HOME: stack.home });
    const found = async (text: string): Promise<string[]> => {
      stack.setProgram(text);
      succeeded(await stack.up());
      const resources = stateResources.parse((await stack.export()).deployment.resources);
      const each = await Promise.all(resources.map((resource) => analyzer.violationsOf(resource)));
      const all = [...each.flat(), ...(await analyzer.violationsOfStack(resources))];
      expect(all.every(({ mandatory, message }) => mandatory && message !== "")).toBe(true);
      return all.map(({ rule, urn }) => `${rule}: ${urn.split("::").at(-1)}`).sort();
    };
    try {
      expect(await analyzer.info()).toEqual({
        name: "evs-default-encryption",
        rules: [
          "evs-encryption-on",
          "evs-key-of-ours",
          "evs-key-in-use",
          "evs-forbidden-keys",
          "evs-destroy-keeps-encryption",
          "evs-allowed-regions",
        ],
      });
      await analyzer.configure({
        "evs-allowed-regions": { regions: [region] },
        "evs-forbidden-keys": { keyIds: [otherKey] },
      });
      expect(await found(program(...wrong))).toEqual([
        "evs-allowed-regions: alone",
        "evs-destroy-keeps-encryption: alone",
        "evs-destroy-keeps-encryption: off",
        "evs-encryption-on: off",
        "evs-forbidden-keys: alone",
        "evs-key-in-use: alone",
        "evs-key-of-ours: plain",
      ]);
      expect(await found(program(right))).toEqual([]);
    } finally {
      analyzer.stop();
    }
  });
});
