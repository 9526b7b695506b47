// Proves the tarball: packed, installed into an empty project by npm, imported by name, and run by the real engine
// against the emulated cloud. Ends with a line of counts, as `npm test` does.

import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { startEmulator } from "../emulator/server";
import { emulatedAccount, withoutCloudVariables } from "./emulatedAccount";
import { engineEnvironment, ensureEngine } from "./engine";

const root = path.resolve(__dirname, "../..");
const PUBLISHED = /^(dist\/(sdk|provider)\/.*\.(js|d\.ts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const engine = await ensureEngine();
  const emulator = await startEmulator();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-packaging-"));
  const results: boolean[] = [];
  const check = async (name: string, body: () => Promise<void>): Promise<void> => {
    // Each builds on the one before.
    if (results.includes(false)) return;
    try {
      await body();
      results.push(true);
      process.stdout.write(`ok: ${name}\n`);
    } catch (error) {
      results.push(false);
      process.stdout.write(`FAILED: ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
    }
  };

  try {
    const { env: credentials, projectId, keys } = emulatedAccount(emulator.describe());
    const keyId = keys[0]?.keyId ?? "";
    const project = path.join(folder, "project");
    const env = engineEnvironment(engine, {
      ...withoutCloudVariables(process.env),
      ...credentials,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "packaging",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_STACK: "packaging",
    });
    const pulumi = (...args: string[]): Promise<string> =>
      run(engine.command, [...args, "--non-interactive", "--color", "never"], project, env);
    const quickstart = (name: string): string =>
      fs.readFileSync(path.join(root, "examples", "quickstart", name), "utf8");
    let tarball = "";

    await check("the tarball holds what is used, and nothing else", async () => {
      const pack = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
      const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(
        await run("npm", pack, root, process.env),
      );
      if (!packed) throw new Error("npm pack made nothing");
      tarball = path.join(folder, packed.filename);
      const strangers = packed.files.map((file) => file.path).filter((file) => !PUBLISHED.test(file));
      if (strangers.length > 0) throw new Error(`these do not belong there: ${strangers.join(", ")}`);
    });

    await check("it installs into an empty project", async () => {
      fs.mkdirSync(project);
      const manifest = JSON.parse(quickstart("package.json"));
      delete manifest.dependencies["pulumi-huaweicloud-evs"];
      fs.writeFileSync(path.join(project, "package.json"), JSON.stringify(manifest));
      for (const name of ["Pulumi.yaml", "index.ts", "tsconfig.json"]) {
        fs.writeFileSync(path.join(project, name), quickstart(name));
      }
      await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball], project, process.env);
    });

    await check("`pulumi up` of a program that imports it by name sets the key", async () => {
      await pulumi("stack", "init", "packaging");
      await pulumi("config", "set", "kmsKeyId", keyId);
      await pulumi("up", "--yes", "--skip-preview");
      const live = emulator.cloud.evs(projectId).keyId;
      if (live !== keyId) throw new Error(`the project's default key is "${live}", not ${keyId}`);
    });

    await check("`pulumi preview --expect-no-changes` finds none", async () => {
      await pulumi("preview", "--expect-no-changes");
    });

    await check("`pulumi destroy` leaves the key of the program unset", async () => {
      await pulumi("destroy", "--yes", "--skip-preview");
      if (emulator.cloud.evs(projectId).keyId === keyId) throw new Error("the key is still set");
    });
  } finally {
    await emulator.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  const passed = results.filter(Boolean).length;
  const failed = results.length - passed;
  process.stdout.write(`\n${passed} passed, ${failed} failed, 0 skipped\n`);
  if (failed > 0) process.exitCode = 1;
}

/** Shows what the command prints. @returns its stdout. */
function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  process.stdout.write(`$ ${path.basename(command)} ${args.join(" ")}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "inherit"] });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (!args.includes("--json")) process.stdout.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${path.basename(command)} ${args[0]} ended with code ${code}`));
    });
  });
}
