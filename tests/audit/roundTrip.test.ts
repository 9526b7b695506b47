// Round trip: what the audit names is what the written program changes, and after that the audit says ok.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import ts from "typescript";
import { ensureHost } from "../../scripts/languages/hosts";
import { whyNo } from "../harness/languages";
import { bundledPlugin, checkout, ready } from "../harness/readiness";
import { succeeded, withStack } from "../harness/stack";
import { verdictsOf, World } from "./world";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

/** What the compiler says of a program that imports the package, with the strictest settings. */
function problemsOf(file: string): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [path.join(checkout, "node_modules/@types")],
    paths: {
      "pulumi-huaweicloud-evs": [path.join(checkout, "sdk/index.ts")],
      "@pulumi/pulumi": [path.join(checkout, "node_modules/@pulumi/pulumi")],
    },
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** The project of the quickstart with another program. */
function projectWith(program: string): string {
  const folder = path.join(world.folder, "program");
  fs.cpSync(path.join(checkout, "examples/quickstart"), folder, { recursive: true });
  fs.copyFileSync(path.join(world.folder, program), path.join(folder, "index.ts"));
  return folder;
}

it("TypeScript and the import file: exactly the changes that were named, and then ok", async () => {
  const accounts = world.file("accounts.yml", "accounts: [{ name: alpha }, { name: beta }]");
  const args = ["--accounts", accounts, "--agency", "evs-admin", "--expect-key", "app-disks"];
  const env = world.credentials("admin");
  const before = await world.report([...args, "--write", "program.ts", "import.json"], { env });
  expect(verdictsOf(before)).toEqual([
    "alpha ap-southeast-3 off",
    "alpha cn-north-4 ok",
    "alpha eu-west-101 service-key",
    "alpha la-south-2 off",
    "beta ap-southeast-3 key-unusable",
    "beta cn-north-4 wrong-key",
    "beta eu-west-101 key-unusable",
    "beta la-south-2 key-unusable",
  ]);
  expect(problemsOf(path.join(world.folder, "program.ts"))).toEqual([]);

  const { emulator } = world;
  const settings = { ...env, HW_REGION_NAME: "cn-north-4" };
  await withStack({ folder: projectWith("program.ts"), emulator, env: settings }, async (stack) => {
    const file = path.join(world.folder, "import.json");
    succeeded(await stack.run(["import", "--file", file, "--generate-code=false", "--protect=false", "--yes"]));
    const preview = succeeded(await stack.preview());
    // Switched on: the two that are off. Keys: one where there was none, and each that is not the expected one.
    expect(preview.changes).toEqual({ same: 9, update: 7, create: 1 });
    const changed = preview.steps.filter(({ op }) => op !== "same");
    expect(changed.map(({ op, type, name }) => `${op} ${type.split(":").at(-1)} ${name}`).sort()).toEqual([
      "create DefaultEncryptionKey alpha-ap-southeast-3",
      "update DefaultEncryption alpha-ap-southeast-3",
      "update DefaultEncryption alpha-la-south-2",
      "update DefaultEncryptionKey alpha-eu-west-101",
      "update DefaultEncryptionKey beta-ap-southeast-3",
      "update DefaultEncryptionKey beta-cn-north-4",
      "update DefaultEncryptionKey beta-eu-west-101",
      "update DefaultEncryptionKey beta-la-south-2",
    ]);
    succeeded(await stack.up());
    const after = await world.report(args, { env });
    expect([after.code, after.summary.verdicts.ok]).toEqual([0, 8]);
    succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
  });
});

const reason = whyNo("yaml");
const inYaml = reason === undefined ? it : it.skip;
inYaml(
  `YAML with the plugin: exactly the changes that were named, and then ok${reason ? ` (skipped: ${reason})` : ""}`,
  async () => {
    const engine = await ready();
    const host = await ensureHost("yaml", engine);
    const plugin = path.join(checkout, "dist/plugin/bin");
    await bundledPlugin();
    const args = ["--accounts", world.file("accounts.yml", "accounts: [{ name: alpha }, { name: beta }]")];
    args.push("--agency", "evs-admin", "--expect-key", "app-disks");
    const env = world.credentials("admin");
    await world.audit([...args, "--write", "program.yaml", "import.json"], { env });
    const folder = path.join(world.folder, "program");
    fs.mkdirSync(folder);
    const plugins = `plugins: { providers: [{ name: huaweicloud-evs, path: ${JSON.stringify(plugin)} }] }\n`;
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), world.read("program.yaml") + plugins);

    const { emulator } = world;
    const PATH = [host, path.dirname(process.execPath), process.env.PATH].join(path.delimiter);
    await withStack({ folder, emulator, env: { ...env, HW_REGION_NAME: "cn-north-4", PATH } }, async (stack) => {
      const file = path.join(world.folder, "import.json");
      succeeded(await stack.run(["import", "--file", file, "--generate-code=false", "--protect=false", "--yes"]));
      expect(succeeded(await stack.preview()).changes).toEqual({ same: 9, update: 7, create: 1 });
      succeeded(await stack.up());
      const after = await world.report(args, { env });
      expect([after.code, after.summary.verdicts.ok]).toEqual([0, 8]);
      succeeded(await stack.preview({ args: ["--expect-no-changes"] }));
    });
  },
);

it("without an expectation: what is right stays, and the program asks for the key of what is not", async () => {
  const env = world.credentials("admin");
  await world.audit(["--write", "program.ts", "--waivers", world.file("w.yaml", waiver)], { env });
  expect(problemsOf(path.join(world.folder, "program.ts"))).toEqual([]);
  const text = world.read("program.ts");
  expect(text).toContain("//   alpha, la-south-2, la-south-2: waived until 2099-01-01");
  const { emulator } = world;
  await withStack(
    { folder: projectWith("program.ts"), emulator, env: { ...env, HW_REGION_NAME: "cn-north-4" } },
    async (stack) => {
      succeeded(await stack.setConfig({ keyAlias: "app-disks" }));
      expect(succeeded(await stack.up()).changes).toEqual({ create: 7 });
      const after = await world.report(["--waivers", "w.yaml"], { env });
      expect([after.code, after.summary.verdicts.ok, after.summary.waived]).toEqual([0, 3, 1]);
    },
  );
});

const waiver = "waivers: [{ region: la-south-2, owner: Ann, reason: empty, expires: 2099-01-01 }]";
