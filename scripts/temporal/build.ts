// A Temporal server for the tests of examples/fleet-temporal: the `temporal` on PATH, or Temporal's own command built from
// the Go module beside this file into the cache of this project. For development only.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { checkout } from "../checkout";
import { CACHE_VARIABLE, cacheFolder, isExecutable, place, withCache } from "../engine/cache";
import { goVersion } from "../engine/goModule";
import { startProgress } from "../engine/progress";
import { run } from "../engine/run";

export const sources = path.join(checkout, "scripts", "temporal");
const TARGET = "github.com/temporalio/cli/cmd/temporal";
const TIMEOUT_MS = 45 * 60_000;

/** The executable of `temporal`. Progress goes to stderr. Throws what Go has said if it cannot be built. */
export async function ensureTemporal(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const found = findTemporal(env);
  if (found !== undefined) return found;
  const home = homeOf(env);
  return withCache(home, folderName(), async () => {
    // The previous holder of the lock may have built it.
    const made = findTemporal(env);
    if (made !== undefined) return made;
    const progress = startProgress();
    progress.phase(`building Temporal ${version()} with ${await goVersion(env)}, once: about 7 minutes`);
    try {
      await place(home, folderName(), async (partial) => {
        // go.mod and go.sum are what they are: a build never changes them.
        const goEnv = { ...env, GOWORK: "off", GOFLAGS: "-mod=readonly -buildvcs=false" };
        const args = ["build", "-ldflags", "-s -w", "-o", path.join(partial, "temporal"), TARGET];
        await run("go", args, { cwd: sources, env: goEnv, timeoutMs: TIMEOUT_MS });
      });
    } finally {
      progress.end(isExecutable(cached(env)) ? `ready: ${cached(env)}` : "Temporal cannot be built");
    }
    return cached(env);
  });
}

/** Why there can be no server on this machine; `undefined` if there can. */
export function whyNoTemporal(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (findTemporal(env) !== undefined || spawnSync("go", ["version"], { env }).status === 0) return undefined;
  return "neither Temporal nor Go, to build it with, is installed";
}

/** As {@link ensureTemporal}, but nothing is built; `undefined` if there is none. */
export function findTemporal(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const onPath = (env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return [...onPath.map((folder) => path.join(folder, "temporal")), cached(env)].find(isExecutable);
}

function cached(env: NodeJS.ProcessEnv): string {
  return path.join(homeOf(env), folderName(), "temporal");
}

/** Beside the engine, unless the user keeps all in one folder. */
export function homeOf(env: NodeJS.ProcessEnv): string {
  const engines = cacheFolder(env);
  return env[CACHE_VARIABLE] ? engines : path.dirname(engines);
}

function folderName(): string {
  return `temporal-${version()}`;
}

function version(): string {
  const [, found] = /temporalio\/cli v(\S+)/.exec(fs.readFileSync(path.join(sources, "go.mod"), "utf8")) ?? [];
  if (found === undefined) throw new Error(`${sources}/go.mod does not require github.com/temporalio/cli`);
  return found;
}
