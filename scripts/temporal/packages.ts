// Temporal's SDK, as the lock file beside this file has it: installed into the cache of this project, and linked into
// examples/fleet-temporal, which then compiles and runs as it does for its users. For development only.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { checkout } from "../checkout";
import { run } from "../command";
import { place, withCache } from "../engine/cache";
import { environment } from "../packaging/tools";
import { homeOf, sources } from "./build";

const LOCK_FILES = ["package.json", "package-lock.json"];

export const example = path.join(checkout, "examples", "fleet-temporal");

/** Compiles the example and bundles its workflows. Returns the folder of its JavaScript. Throws what npm or the compiler has said. */
export async function buildExample(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const modules = await ensurePackages(env);
  const link = path.join(example, "node_modules", "@temporalio");
  fs.mkdirSync(path.dirname(link), { recursive: true });
  fs.rmSync(link, { force: true });
  fs.symlinkSync(path.join(modules, "@temporalio"), link, "junction");
  const tsc = path.join(checkout, "node_modules", "typescript", "bin", "tsc");
  await run(process.execPath, [tsc, "--project", example], example, env);
  const built = path.join(example, "dist", "fleet-temporal");
  await run(process.execPath, [path.join(built, "bundle.js")], example, env);
  return built;
}

/** The `node_modules` with the SDK. */
async function ensurePackages(env: NodeJS.ProcessEnv): Promise<string> {
  const hash = createHash("sha256");
  for (const name of LOCK_FILES) hash.update(fs.readFileSync(path.join(sources, name)));
  const home = homeOf(env);
  const name = `temporal-sdk-${hash.digest("hex").slice(0, 12)}`;
  const modules = path.join(home, name, "node_modules");
  if (fs.existsSync(modules)) return modules;
  return withCache(home, name, async () => {
    if (fs.existsSync(modules)) return modules;
    process.stderr.write("engine: installing Temporal's SDK, once\n");
    const npmEnv = await environment();
    await place(home, name, async (partial) => {
      for (const file of LOCK_FILES) fs.copyFileSync(path.join(sources, file), path.join(partial, file));
      await run("npm", ["ci", "--ignore-scripts"], partial, npmEnv);
    });
    return modules;
  });
}
