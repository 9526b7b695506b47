// What every end-to-end test needs and only one of them has to make: this package compiled, an engine, and for the
// layout "packed" the content of the tarball that would be published. Done once in each jest worker, and cheap where
// `npm test` has done it before.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { type Engine, ensureEngine } from "../../scripts/engine";
import { runCommand } from "./command";

export const checkout = path.resolve(__dirname, "../..");

let engine: Promise<Engine> | undefined;
let packed: Promise<string> | undefined;

/** The engine; beforehand the package is compiled, so that no test runs against yesterday's code. */
export function ready(): Promise<Engine> {
  engine ??= compile().then(() => ensureEngine());
  return engine;
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

async function pack(): Promise<string> {
  const folder = fs.mkdtempSync(path.join(checkout, "dist", ".packed-"));
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  await mustRun("npm", ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder]);
  const tarball = fs.readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (tarball === undefined) throw new Error(`npm pack left no tarball in ${folder}`);
  await mustRun("tar", ["-xzf", path.join(folder, tarball), "-C", folder]);
  return path.join(folder, "package");
}

async function mustRun(command: string, args: string[]): Promise<void> {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  const { code, output } = await runCommand(command, args, { cwd: checkout, env });
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with code ${code}:\n${output}`);
}
