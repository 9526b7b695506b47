// Finds a real Pulumi engine, or makes one: on PATH, in a cache that all clones of the user share, by the official
// download, or built from Go modules. For development only; nothing of it is in the published package.

import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import { buildEngine } from "./engine/build";
import { CACHE_VARIABLE, cacheFolder, isExecutable, place, withCache } from "./engine/cache";
import { downloadEngine } from "./engine/download";
import { goVersion } from "./engine/goModule";
import { reasonOf, startProgress } from "./engine/progress";

/** The engine that is downloaded or built if none is found. */
export const ENGINE_VERSION = "3.259.0";

/** An engine on PATH must be at least as new as the oldest SDK that package.json accepts as a peer. */
export const MINIMUM_VERSION = "3.217.0";

export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  command: string;
  /** The folder of that executable; its language host is there too, or elsewhere on PATH. */
  binDir: string;
  /** Without the leading `v`. */
  version: string;
  source: "path" | "cache" | "download" | "build";
}

/**
 * The first engine that works, in the order of {@link Engine.source}. Progress goes to stderr.
 * Throws an error with the choices that the user has if there is no engine and none can be made.
 */
export async function ensureEngine(env: NodeJS.ProcessEnv = process.env): Promise<Engine> {
  const failures: string[] = [];
  const ready = (await fromPath(env, failures)) ?? (await fromCache(env));
  if (ready) return ready;

  const home = cacheFolder(env);
  return withCache(home, ENGINE_VERSION, async () => {
    // The previous holder of the lock may have made it.
    const made = await fromCache(env);
    if (made) return made;
    const go = await goVersion(env);
    for (const [source, make] of [
      ["download", downloadEngine],
      ["build", buildEngine],
    ] as const) {
      const progress = startProgress();
      try {
        await place(home, ENGINE_VERSION, async (folder) => {
          await make({ folder, version: ENGINE_VERSION, go, env, progress });
          await inspect(path.join(folder, "bin", "pulumi"), env);
        });
        progress.end(`ready: ${path.join(home, ENGINE_VERSION)}`);
        const engine = await fromCache(env);
        if (engine) return { ...engine, source };
      } catch (error) {
        progress.end(`${source}: ${reasonOf(error)}`);
        failures.push(`${source}: ${reasonOf(error)}`);
      }
    }
    throw new Error(choices(failures));
  });
}

/** The environment in which the engine finds its own language host first. */
export function engineEnvironment(engine: Engine, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: [engine.binDir, env.PATH].filter(Boolean).join(path.delimiter) };
}

async function fromPath(env: NodeJS.ProcessEnv, failures: string[]): Promise<Engine | undefined> {
  for (const folder of (env.PATH ?? "").split(path.delimiter)) {
    const command = path.join(folder, "pulumi");
    if (!path.isAbsolute(folder) || !isExecutable(command)) continue;
    try {
      return { command, binDir: folder, version: await inspect(command, env), source: "path" };
    } catch (error) {
      failures.push(`${command}: ${reasonOf(error)}`);
    }
  }
  return undefined;
}

async function fromCache(env: NodeJS.ProcessEnv): Promise<Engine | undefined> {
  const binDir = path.join(cacheFolder(env), ENGINE_VERSION, "bin");
  const command = path.join(binDir, "pulumi");
  // Only what passed inspection was given this name, so it is not run again at every start.
  if (!isExecutable(command) || !isExecutable(path.join(binDir, "pulumi-language-nodejs"))) return undefined;
  return { command, binDir, version: ENGINE_VERSION, source: "cache" };
}

/** The version of an engine, which must be recent enough and have its Node.js language host. */
async function inspect(command: string, env: NodeJS.ProcessEnv): Promise<string> {
  const quiet = { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { stdout } = await promisify(execFile)(command, ["version"], { env: quiet, timeout: 30_000 });
  const version = stdout.trim().replace(/^v/, "");
  if (!isAtLeast(version, MINIMUM_VERSION)) throw new Error(`version "${version}" is older than ${MINIMUM_VERSION}`);
  // A package manager may have put a link on PATH, with the language host beside the link's target.
  const places = [
    path.dirname(command),
    path.dirname(fs.realpathSync(command)),
    ...(env.PATH ?? "").split(path.delimiter),
  ];
  if (!places.some((place) => isExecutable(path.join(place, "pulumi-language-nodejs")))) {
    throw new Error("its language host pulumi-language-nodejs is missing");
  }
  return version;
}

function isAtLeast(version: string, minimum: string): boolean {
  const [found, wanted] = [version, minimum].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, part] of (wanted ?? []).entries()) {
    const ours = found?.[index] ?? Number.NaN;
    if (ours !== part) return ours > part;
  }
  return true;
}

function choices(failures: string[]): string {
  return [
    "There is no Pulumi engine, and none could be made.",
    ...failures.map((failure) => `  ${failure}`),
    "Any one of these helps:",
    "  - install the Pulumi CLI, with its bin folder on PATH: https://www.pulumi.com/docs/install/",
    "  - allow the download from get.pulumi.com (proxies: Node.js 24 and NODE_USE_ENV_PROXY=1)",
    "  - install Go 1.25 or later, https://go.dev/dl/, with a module proxy that it can reach (GOPROXY)",
    `  - copy an engine made on another machine, and name its folder (the parent of ${ENGINE_VERSION}/bin) in ${CACHE_VARIABLE}`,
  ].join("\n");
}
