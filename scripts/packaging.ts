// Proves the tarball: what is in it, and that it works however it is installed. One stack goes through all layouts: each
// finds no change in what the one before has left, then changes the key, by the real engine against the emulated cloud.
// Ends with a line of counts, as `npm test` does.
//
// node dist/scripts/packaging.js [PATTERN]   only the layouts whose name has this in it

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { startEmulator } from "../emulator/server";
import { end, run } from "./command";
import { emulatedAccount, withoutCloudVariables } from "./emulatedAccount";
import { engineEnvironment, ensureEngine } from "./engine";
import { checkCommand } from "./packaging/commandPackage";
import { checkCompilations } from "./packaging/compilations";
import { checkFootprint } from "./packaging/footprint";
import { type Layout, layouts } from "./packaging/layouts";
import { pack, packNext } from "./packaging/tarball";
import { installTools } from "./packaging/tools";

const STACK = "packaging";
const HOST_ENTRIES = ["provider/defaultEncryptionKey", "provider/defaultEncryption"];

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const [pattern = ""] = process.argv.slice(2);
  const engine = await ensureEngine();
  const tools = await installTools();
  const emulator = await startEmulator();
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-packaging-"));
  const { env: credentials, projectId, keys } = emulatedAccount(emulator.describe());
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const check = async <T>(name: string, body: () => Promise<T>): Promise<T | undefined> => {
    const start = Date.now();
    try {
      const value = await body();
      counts.passed += 1;
      process.stdout.write(`ok: ${name} (${Math.round((Date.now() - start) / 1000)} s)\n`);
      return value;
    } catch (error) {
      counts.failed += 1;
      process.stdout.write(`FAILED: ${name}\n${error instanceof Error ? error.message : String(error)}\n`);
      return undefined;
    }
  };

  const pulumiIn = (project: string, layout: Layout, stack = STACK) => {
    const node = layout.node === undefined ? undefined : tools.node(layout.node);
    const env = engineEnvironment(engine, {
      ...withoutCloudVariables(process.env),
      ...credentials,
      PATH: [node, process.env.PATH].filter(Boolean).join(path.delimiter),
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: STACK,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_STACK: stack,
      ...layout.env?.(project),
    });
    const args = (given: string[]) => [...given, "--non-interactive", "--color", "never"];
    return {
      run: (...given: string[]) => run(engine.command, args(given), project, env),
      end: (...given: string[]) => end(engine.command, args(given), project, env),
    };
  };

  /** In a stack of its own: if there is a state already, its refresh fails before the program can say anything. */
  const proveRefused = async (project: string, layout: Layout, words: RegExp): Promise<void> => {
    const pulumi = pulumiIn(project, layout, `refused-${turn}`);
    await pulumi.run("stack", "init", `refused-${turn}`);
    await pulumi.run("config", "set", "kmsKeyId", keys[0]?.keyId ?? "");
    const { code, output } = await pulumi.end("preview");
    if (code === 0 || !words.test(output)) throw new Error(`it should say ${words}:\n${output}`);
  };

  let turn = 0;
  const projectFile = `Pulumi.${STACK}.yaml`;
  /** Whether the stack has the resource yet, and the settings that go with it. */
  let settings: string | undefined;
  const prove = async (layout: Layout, tarball: string): Promise<void> => {
    const own = path.join(folder, `layout-${++turn}`);
    const project = await layout.install(own, tarball, tools);
    if (layout.refused) return proveRefused(project, layout, layout.refused);
    const pulumi = pulumiIn(project, layout);
    if (settings === undefined) await pulumi.run("stack", "init", STACK);
    else fs.writeFileSync(path.join(project, projectFile), settings);
    if (settings !== undefined) await pulumi.run("preview", "--expect-no-changes");
    const keyId = keys[turn % 2]?.keyId ?? "";
    await pulumi.run("config", "set", "kmsKeyId", keyId);
    await pulumi.run("up", "--yes", "--skip-preview");
    const live = emulator.cloud.evs(projectId).keyId;
    if (live !== keyId) throw new Error(`the project's default key is "${live}", not ${keyId}`);
    await pulumi.run("preview", "--expect-no-changes");
    settings = fs.readFileSync(path.join(project, projectFile), "utf8");
    fs.rmSync(own, { recursive: true, force: true });
  };

  try {
    await check("the command is one file that runs by itself", () => checkCommand(folder, tools));
    const tarball = await check("the tarball holds what is used, nothing else, and is small", () => pack(folder));
    if (tarball !== undefined) {
      await check("it brings no more packages and bytes than is stated", () => checkFootprint(tarball, folder, tools));
      await check("publint has nothing to say", () => tools.publint([tarball, "--strict"], folder));
      // The profile of all that `engines` allows: Node.js 10's way of finding types is not among them.
      await check("its types are right however they are found", () =>
        // But for what Pulumi's host loads: programs do not import it, so it has none.
        tools.attw([tarball, "--profile", "node16", "--exclude-entrypoints", ...HOST_ENTRIES], folder),
      );
      await check("programs compile, with the types of libraries checked", () =>
        checkCompilations(tarball, folder, tools),
      );
      for (const layout of layouts.filter(({ name }) => name.includes(pattern))) {
        if (layout.node !== undefined && tools.node(layout.node) === undefined) {
          counts.skipped += 1;
          process.stdout.write(`skipped: ${layout.name}: the registry has no Node.js for this machine\n`);
        } else await check(layout.name, () => prove(layout, tarball));
      }
      await check("an upgrade of this package is no change", async () => {
        const [first] = layouts;
        if (first) await prove(first, await packNext(tarball, folder));
      });
    }
  } finally {
    await emulator.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  if (counts.failed > 0) process.exitCode = 1;
}
