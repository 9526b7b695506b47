// The language hosts of Python, Go and YAML, by which the engine runs such programs: those of the installed Pulumi, or built
// once from Go modules into the cache of the engine. For development only.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import type { Engine } from "../engine";
import { cacheFolder, isExecutable, place, withCache } from "../engine/cache";
import { buildGoExecutable, type GoExecutable, goVersion } from "../engine/goModule";
import { startProgress } from "../engine/progress";

export type HostLanguage = "python" | "go" | "yaml";

interface Host extends GoExecutable {
  /** A file of a module that has to lie beside the executable. */
  companion?: { module: string; file: string };
}

const SDK = "github.com/pulumi/pulumi/sdk/v3";

// The last versions that are part of a module which others can build; each serves newer engines and SDKs.
const hosts: Readonly<Record<HostLanguage, Host>> = {
  python: {
    name: "pulumi-language-python",
    target: `${SDK}/python/cmd/pulumi-language-python`,
    version: "v3.68.0",
    companion: { module: SDK, file: "python/cmd/pulumi-language-python-exec" },
  },
  go: { name: "pulumi-language-go", target: `${SDK}/go/pulumi-language-go`, version: "v3.50.0" },
  yaml: {
    name: "pulumi-language-yaml",
    target: "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
    version: "v1.25.0",
  },
};

/** The folder of the language's host: beside the engine, on PATH, in the cache, or built. Throws what Go has said. */
export async function ensureHost(
  language: HostLanguage,
  engine: Engine,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const found = findHost(language, engine, env);
  if (found !== undefined) return found;
  const host = hosts[language];
  const home = cacheFolder(env);
  const folder = nameOf(host);
  return withCache(home, folder, async () => {
    // The previous holder of the lock may have built it.
    const made = findHost(language, engine, env);
    if (made !== undefined) return made;
    const progress = startProgress();
    try {
      await place(home, folder, (partial) => build(host, partial, env, progress));
      progress.end(`ready: ${path.join(home, folder)}`);
    } catch (error) {
      progress.end(`${host.name} cannot be built`);
      throw error;
    }
    return path.join(home, folder, "bin");
  });
}

/** As {@link ensureHost}, but nothing is built; undefined if there is none. */
export function findHost(language: HostLanguage, engine: Engine, env: NodeJS.ProcessEnv): string | undefined {
  const host = hosts[language];
  // An installed Pulumi brings its own hosts, which are newer than those that can be built.
  const places = [engine.binDir, path.dirname(fs.realpathSync(engine.command)), ...pathOf(env)];
  return [...places, path.join(cacheFolder(env), nameOf(host), "bin")].find((place) =>
    isExecutable(path.join(place, host.name)),
  );
}

async function build(host: Host, partial: string, env: NodeJS.ProcessEnv, progress: ReturnType<typeof startProgress>) {
  const bin = path.join(partial, "bin");
  fs.mkdirSync(bin);
  const moduleFolder = await buildGoExecutable(host, { folder: partial, bin, go: await goVersion(env), env, progress });
  if (host.companion) {
    const { module, file } = host.companion;
    const beside = path.join(bin, path.basename(file));
    fs.copyFileSync(path.join(await moduleFolder(module), file), beside);
    // Files of the module cache are read-only, and not executable.
    fs.chmodSync(beside, 0o755);
  }
  fs.rmSync(path.join(partial, host.name), { recursive: true });
}

function nameOf({ name, version }: Host): string {
  return `${name}-${version}`;
}

function pathOf(env: NodeJS.ProcessEnv): string[] {
  return (env.PATH ?? "").split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}
