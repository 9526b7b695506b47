// One executable from a Go module of a given version, each in a module of its own: two would have to agree on the versions
// of what both need.

import fs from "node:fs";
import path from "node:path";
import type { Progress } from "./progress";
import { run } from "./run";

export interface GoExecutable {
  /** The name of the executable. */
  name: string;
  /** The package that is its `main`. */
  target: string;
  version: string;
  ldflags?: string;
  /** What else the user should know while it is built. */
  hint?: string;
}

export interface GoBuild {
  /** A folder for the work; it stays. */
  folder: string;
  /** Where the executable goes. */
  bin: string;
  /** What `go version` says; undefined if Go is not installed. */
  go: string | undefined;
  env: NodeJS.ProcessEnv;
  progress: Progress;
}

const TIMEOUT_MS = 45 * 60_000;

/**
 * Builds the executable into `bin`. Returns the folder of a module that is needed for it, by the module's path.
 * Throws an error with what Go has said, or that it is not installed.
 */
export async function buildGoExecutable(
  { name, target, version, ldflags = "-s -w", hint = "" }: GoExecutable,
  { folder, bin, go, env, progress }: GoBuild,
): Promise<(module: string) => Promise<string>> {
  if (go === undefined) throw new Error("Go is not installed");
  const module = path.join(folder, name);
  // A workspace or a vendor folder around the cache, or a user's -mod=vendor, must not take part.
  const goEnv = { ...env, GOWORK: "off", GOFLAGS: "-mod=mod -buildvcs=false" };
  const options = { cwd: module, env: goEnv, timeoutMs: TIMEOUT_MS };
  fs.mkdirSync(module);
  await run("go", ["mod", "init", "engine"], options);
  progress.phase(`downloading the Go modules of ${name}`);
  await run("go", ["get", `${target}@${version}`], options);
  progress.phase(`building ${name} ${version} with ${go}${hint}`);
  await run("go", ["build", "-ldflags", ldflags, "-o", path.join(bin, name), target], options);
  return async (needed) => moduleFolder(await run("go", ["list", "-m", "-json", needed], options));
}

export async function goVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const answer = await run("go", ["version"], { cwd: "/", env, timeoutMs: 30_000 });
    return answer.split(" ")[2];
  } catch {
    return undefined;
  }
}

function moduleFolder(json: string): string {
  const answer: unknown = JSON.parse(json);
  if (typeof answer === "object" && answer !== null && "Dir" in answer && typeof answer.Dir === "string") {
    return answer.Dir;
  }
  throw new Error("`go list -m -json` named no folder");
}
