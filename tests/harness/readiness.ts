// What every end-to-end test needs and only one of them has to make: this package compiled, an engine, and for the
// layout "packed" the content of the tarball that would be published. Done once in each jest worker, and cheap where
// `npm test` has done it before.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { type Engine, ensureEngine } from "../../scripts/engine";
import { runCommand } from "./command";

export const checkout = path.resolve(__dirname, "../..");

let compilation: Promise<void> | undefined;
let engine: Promise<Engine> | undefined;
let packed: Promise<string> | undefined;
let bundled: Promise<void> | undefined;

/** The package is compiled, so that no test runs against yesterday's code. */
export function compiled(): Promise<void> {
  compilation ??= compile();
  return compilation;
}

/** The engine, the package compiled, and what quickStart.cjs uses. */
export function ready(): Promise<Engine> {
  engine ??= compiled()
    .then(() => Promise.all([ensureEngine(), keepCode("host"), keepCode("compiler")]))
    .then(([found]) => found);
  return engine;
}

/** The plugin's bundle, of today's code. */
export function bundledPlugin(): Promise<void> {
  bundled ??= compiled().then(async () => {
    const bundle = path.join(checkout, "dist", "plugin", "bin", "plugin.js");
    const bundledAt = fs.statSync(bundle, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const folders = ["plugin", "provider"].map((folder) => path.join(checkout, folder));
    const sources = [
      ...folders.flatMap((folder) =>
        fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name)),
      ),
      ...["schema.json", "scripts/plugin.mjs", "scripts/bundling.mjs"].map((name) => path.join(checkout, name)),
    ];
    const isOld = sources.some((file) => fs.statSync(file).mtimeMs >= bundledAt);
    if (isOld) await mustRun(process.execPath, [path.join(checkout, "scripts", "plugin.mjs")]);
    await keepCode("plugin");
  });
  return bundled;
}

function keepCode(set: "host" | "compiler" | "plugin"): Promise<void> {
  return mustRun(process.execPath, [path.join(__dirname, "codeCache.cjs"), set]);
}

/** A folder with exactly what `npm pack` would publish. */
export function packedPackage(): Promise<string> {
  packed ??= pack();
  return packed;
}

async function compile(): Promise<void> {
  // Type errors are the business of `npm test`, which reports them; here they would hide every other result.
  await mustRun(process.execPath, [path.join(checkout, "scripts", "setup.mjs"), "--despite-type-errors"]);
}

// Kept for later runs and other workers under a name that its sources give it.
async function pack(): Promise<string> {
  const shelf = path.join(checkout, "dist", ".packed");
  const finished = path.join(shelf, fingerprint());
  if (fs.existsSync(finished)) return finished;
  fs.mkdirSync(shelf, { recursive: true });
  const folder = fs.mkdtempSync(path.join(shelf, "partial-"));
  await mustRun("npm", ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder]);
  const tarball = fs.readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${folder}`);
  await mustRun("tar", ["-xzf", path.join(folder, tarball), "-C", folder]);
  try {
    fs.renameSync(path.join(folder, "package"), finished);
  } catch (error) {
    // Another worker was faster.
    if (!fs.existsSync(finished)) throw error;
  }
  fs.rmSync(folder, { recursive: true, force: true });
  return finished;
}

function fingerprint(): string {
  const hash = createHash("sha256").update(fs.readFileSync(path.join(checkout, "package.json")));
  for (const folder of ["dist/sdk", "dist/provider"]) {
    for (const name of fs.readdirSync(path.join(checkout, folder), { recursive: true, encoding: "utf8" }).sort()) {
      const { size, mtimeMs } = fs.statSync(path.join(checkout, folder, name));
      hash.update(`${name} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest("hex").slice(0, 16);
}

export async function mustRun(command: string, args: string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  const { code, output } = await runCommand(command, args, { cwd: checkout, env });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with code ${code}:\n${output}`);
}
