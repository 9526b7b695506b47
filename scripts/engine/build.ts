// The build from Go modules, for machines with a module proxy but no way to Pulumi's download site.

import fs from "node:fs";
import path from "node:path";
import { buildGoExecutable } from "./goModule";
import type { Progress } from "./progress";

export interface EngineRequest {
  /** An empty folder; the executables go to its `bin`. */
  folder: string;
  version: string;
  /** What `go version` says; `undefined` if Go is not installed. */
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

export const buildEngine: MakeEngine = async ({ folder, version, go, env, progress }) => {
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  const build = { folder, bin, go, env, progress };
  // Without its version the CLI calls itself nothing, and the Automation API refuses it.
  const ldflags = `-s -w -X ${VERSION_SYMBOL}=v${version}`;
  const cli = { name: "pulumi", target: CLI, version: `v${version}`, ldflags, hint: ", once: about 5 minutes" };
  await buildGoExecutable(cli, build);
  const host = { name: "pulumi-language-nodejs", target: LANGUAGE_HOST, version: SDK_VERSION };
  const sources = await (await buildGoExecutable(host, build))(SDK);
  for (const launcher of LAUNCHERS) {
    fs.copyFileSync(path.join(sources, "nodejs", "dist", launcher), path.join(bin, launcher));
    // Files of the module cache are read-only, and not executable.
    fs.chmodSync(path.join(bin, launcher), 0o755);
  }
  for (const { name } of [cli, host]) fs.rmSync(path.join(folder, name), { recursive: true });
};
