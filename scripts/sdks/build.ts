// The generator of the SDKs (main.go beside this file), built into the cache of the engine, and run.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { checkout } from "../checkout";
import { cacheFolder, isExecutable, place, withCache } from "../engine/cache";
import { run } from "../engine/run";

const sources = path.join(checkout, "scripts", "sdks");
const TIMEOUT_MS = 30 * 60_000;

/** The executable of the generator. Throws what Go has said. */
export async function ensureGenerator(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(fs.readFileSync(path.join(sources, file)));
  const home = cacheFolder(env);
  const name = `sdks-${hash.digest("hex").slice(0, 12)}`;
  const executable = path.join(home, name, "sdks");
  if (isExecutable(executable)) return executable;
  return withCache(home, name, async () => {
    if (isExecutable(executable)) return executable;
    process.stderr.write("engine: building the generator of the SDKs, once\n");
    await place(home, name, async (partial) => {
      // go.mod and go.sum are what they are: a build never changes them.
      const goEnv = { ...env, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
      const args = ["build", "-ldflags", "-s -w", "-o", path.join(partial, "sdks"), "."];
      await run("go", args, { cwd: sources, env: goEnv, timeoutMs: TIMEOUT_MS });
    });
    return executable;
  });
}

/** Checks the schema with Pulumi's own checker; with a folder, writes the SDKs there. Throws what the checker has said. */
export async function runGenerator(schema: string, folder?: string): Promise<void> {
  const args = [schema, ...(folder === undefined ? [] : [folder])];
  await run(await ensureGenerator(), args, { cwd: path.dirname(schema), env: process.env, timeoutMs: TIMEOUT_MS });
}
