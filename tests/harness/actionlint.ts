// The linter of GitHub workflows: the one on PATH, or built once from its Go module into the cache of this project.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { type CommandResult, runCommand } from "./command";

const MODULE = "github.com/rhysd/actionlint/cmd/actionlint";
const VERSION = "1.7.12";

/** Why workflows cannot be linted on this machine; undefined where they can. */
export function whyNoActionlint(): string | undefined {
  if (find() !== undefined || answers("go", "version")) return undefined;
  return "neither actionlint nor Go, to build it with, is installed";
}

export async function lintWorkflows(files: string[]): Promise<CommandResult> {
  const command = find() ?? (await build());
  // What it would hand to linters of other languages differs from machine to machine.
  return runCommand(command, ["-no-color", "-shellcheck=", "-pyflakes=", ...files], options(os.tmpdir()));
}

function find(): string | undefined {
  return [cached(), "actionlint"].find((command) => answers(command, "--version"));
}

async function build(): Promise<string> {
  const folder = path.dirname(cached());
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const partial = fs.mkdtempSync(`${folder}.partial-`);
  // A workspace or flags of the user's must not take part.
  const env = { GOBIN: partial, GOWORK: "off", GOFLAGS: "-mod=mod" };
  const built = await runCommand("go", ["install", `${MODULE}@v${VERSION}`], options(partial, env));
  if (built.code !== 0) throw new Error(`actionlint cannot be built:\n${built.output}`);
  fs.rmSync(folder, { recursive: true, force: true });
  // Whole or not at all.
  fs.renameSync(partial, folder);
  return cached();
}

function cached(): string {
  const { XDG_CACHE_HOME: xdg } = process.env;
  const caches = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), ".cache");
  return path.join(caches, "pulumi-huaweicloud-evs", `actionlint-${VERSION}`, "actionlint");
}

function answers(command: string, argument: string): boolean {
  return spawnSync(command, [argument], { stdio: "ignore" }).status === 0;
}

function options(cwd: string, more: Record<string, string> = {}) {
  const env = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => !!entry[1]));
  return { cwd, env: { ...env, ...more } };
}
