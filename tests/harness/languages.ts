// Programs in other languages than JavaScript, as their users set them up: an example, the generated SDK in its folder
// `sdks`, and the tools of the language, which this machine has or the cache of the engine.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { ensureHost, type HostLanguage } from "../../scripts/languages/hosts";
import { ensurePython } from "../../scripts/languages/python";
import { tarballName } from "../../scripts/plugin/tarballs";
import { makeSdks } from "../../scripts/sdks";
import { runCommand } from "./command";
import type { Project } from "./project";
import { checkout, mustRun, ready } from "./readiness";
import { succeeded } from "./stack";

export type Language = HostLanguage | "nodejs";

/** Why programs of this language cannot be run on this machine; undefined if they can. */
export function whyNo(language: Language): string | undefined {
  if (!answers("go", "version")) return "Go is not installed, which builds the SDKs and the language hosts";
  if (language === "python" && !answers("python3", "--version")) return "Python is not installed";
  return undefined;
}

export const { version: pluginVersion } = z
  .object({ version: z.string() })
  .parse(JSON.parse(fs.readFileSync(path.join(checkout, "package.json"), "utf8")));

let sdks: Promise<string> | undefined;

/** The folder with the SDKs, generated from today's schema. */
export function generatedSdks(): Promise<string> {
  sdks ??= ready().then(() => makeSdks(undefined, `.sdks-${process.env.JEST_WORKER_ID ?? 0}`));
  return sdks;
}

/** Installs the SDK for the program and puts its language's tools first on PATH. */
export async function prepareLanguage(language: Language, project: Project): Promise<void> {
  if (language !== "yaml") {
    fs.cpSync(path.join(await generatedSdks(), language), path.join(project.folder, "sdks", language), {
      recursive: true,
    });
  }
  if (language !== "nodejs") putFirst(project, await ensureHost(language, await ready()));
  await prepare[language](project);
}

const prepare: Readonly<Record<Language, (project: Project) => Promise<void>>> = {
  /** As `pip install -r requirements.txt` into `venv`, with what is in the cache in place of downloads. */
  async python(project) {
    const python = path.join(await ensurePython(), "python");
    const venv = path.join(project.folder, "venv");
    await run(project, python, ["-m", "venv", "--without-pip", venv]);
    const own = await sitePackages(project, path.join(venv, "bin", "python"));
    fs.writeFileSync(path.join(own, "cache.pth"), `${await sitePackages(project, python)}\n`);
    const flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check"];
    await run(project, python, ["-m", "pip", "install", ...flags, "--target", own, "./sdks/python"]);
    putFirst(project, path.join(venv, "bin"));
  },

  async go(project) {
    const names = ["GOMODCACHE", "GOCACHE", "GOPROXY", "GONOSUMDB", "GOSUMDB", "GOTOOLCHAIN"];
    Object.assign(project.env, JSON.parse(execFileSync("go", ["env", "-json", ...names], { encoding: "utf8" })));
    Object.assign(project.env, { GOWORK: "off", GOFLAGS: "-mod=mod -buildvcs=false" });
    await run(project, "go", ["mod", "tidy"]);
    // The first time takes minutes, for Pulumi's SDK; then Go has it in its cache.
    await run(project, "go", ["build", "-o", path.join(project.root, "tmp", "program"), "."]);
  },

  async yaml() {},

  /** As `npm install` does it. */
  async nodejs({ folder }) {
    const modules = path.join(folder, "node_modules");
    fs.mkdirSync(path.join(modules, "@pulumi"), { recursive: true });
    fs.mkdirSync(path.join(modules, "@types"));
    for (const name of ["@pulumi/pulumi", "typescript", "@types/node"]) {
      fs.symlinkSync(path.join(checkout, "node_modules", name), path.join(modules, name), "junction");
    }
    fs.symlinkSync(path.join(folder, "sdks", "nodejs"), path.join(modules, "pulumi-huaweicloud-evs-sdk"), "junction");
  },
};

async function sitePackages(project: Project, python: string): Promise<string> {
  const code = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return (await run(project, python, ["-c", code])).trim();
}

function putFirst({ env }: Project, folder: string): void {
  env.PATH = [folder, env.PATH].join(path.delimiter);
}

async function run({ folder, env }: Project, command: string, args: string[]): Promise<string> {
  return succeeded(await runCommand(command, args, { cwd: folder, env, timeoutMs: 900_000 })).stdout;
}

function answers(command: string, argument: string): boolean {
  try {
    execFileSync(command, [argument], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What is published of the plugin. */
export interface PluginFiles {
  folder: string;
  /** That of this machine. */
  tarball: string;
}

let plugin: Promise<PluginFiles> | undefined;

export function pluginFiles(): Promise<PluginFiles> {
  plugin ??= ready().then(async () => {
    await mustRun(process.execPath, [path.join(checkout, "scripts", "plugin.mjs")]);
    const folder = path.join(checkout, "dist", "plugin", "release");
    const name = tarballName(pluginVersion, process.platform, process.arch === "x64" ? "amd64" : process.arch);
    return { folder, tarball: path.join(folder, name) };
  });
  return plugin;
}

/** The folder that a project file can name. */
export async function bundledPlugin(): Promise<string> {
  return path.resolve((await pluginFiles()).folder, "../bin");
}
