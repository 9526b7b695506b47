// The build from Go modules, for machines with a module proxy but no way to Pulumi's download site.

import fs from "node:fs";
import path from "node:path";
import type { Progress } from "./progress";
import { run } from "./run";

export interface EngineRequest {
  /** An empty folder; the executables go to its `bin`. */
  folder: string;
  version: string;
  /** What `go version` says; undefined where Go is not installed. */
  go: string | undefined;
  env: NodeJS.ProcessEnv;
  progress: Progress;
}

export type MakeEngine = (request: EngineRequest) => Promise<void>;

const CLI = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_SYMBOL = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

// The language host left the SDK's module after this version. It serves newer engines and SDKs, but no policy packs.
const SDK = "github.com/pulumi/pulumi/sdk/v3";
const SDK_VERSION = "v3.68.0";
const LANGUAGE_HOST = `${SDK}/nodejs/cmd/pulumi-language-nodejs`;
const LAUNCHERS = ["pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

const TIMEOUT_MS = 45 * 60_000;

export const buildEngine: MakeEngine = async ({ folder, version, go, env, progress }) => {
  if (go === undefined) throw new Error("Go is not installed");
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  // A workspace or a vendor folder around the cache, or a user's -mod=vendor, must not take part.
  const goEnv = { ...env, GOWORK: "off", GOFLAGS: "-mod=mod -buildvcs=false" };

  // Two modules, for each pins the SDK to a version of its own.
  const build = async (name: string, target: string, at: string, ldflags: string, hint: string): Promise<string> => {
    const module = path.join(folder, name);
    const options = { cwd: module, env: goEnv, timeoutMs: TIMEOUT_MS };
    fs.mkdirSync(module);
    await run("go", ["mod", "init", "engine"], options);
    progress.phase(`downloading the Go modules of ${name}`);
    await run("go", ["get", `${target}@${at}`], options);
    progress.phase(`building ${name} ${at} with ${go}${hint}`);
    await run("go", ["build", "-ldflags", ldflags, "-o", path.join(bin, name), target], options);
    return module;
  };

  // Without its version the CLI calls itself nothing, and the Automation API refuses it.
  const named = `-s -w -X ${VERSION_SYMBOL}=v${version}`;
  await build("pulumi", CLI, `v${version}`, named, ", once: about 5 minutes");
  const module = await build("pulumi-language-nodejs", LANGUAGE_HOST, SDK_VERSION, "-s -w", "");

  const options = { cwd: module, env: goEnv, timeoutMs: TIMEOUT_MS };
  const sources = moduleFolder(await run("go", ["mod", "download", "-json", `${SDK}@${SDK_VERSION}`], options));
  for (const launcher of LAUNCHERS) {
    fs.copyFileSync(path.join(sources, "nodejs", "dist", launcher), path.join(bin, launcher));
    // Files of the module cache are read-only, and not executable.
    fs.chmodSync(path.join(bin, launcher), 0o755);
  }
  for (const leftover of ["pulumi", "pulumi-language-nodejs"]) {
    fs.rmSync(path.join(folder, leftover), { recursive: true });
  }
};

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
  throw new Error("`go mod download -json` named no folder");
}
