// The cache that all clones of a user share: a folder for each thing that takes minutes to make.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { withLock } from "./lock";

/** The folder of the shared cache, in place of `$XDG_CACHE_HOME/pulumi-huaweicloud-evs/engine`. */
export const CACHE_VARIABLE = "PULUMI_EVS_ENGINE_DIR";

export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const chosen = env[CACHE_VARIABLE];
  if (chosen) return path.resolve(chosen);
  // The specification has a relative XDG_CACHE_HOME ignored.
  const xdg = env.XDG_CACHE_HOME;
  const caches = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), ".cache");
  return path.join(caches, "pulumi-huaweicloud-evs", "engine");
}

/** Does the work while no other process does the work of this name. What killed ones have left is removed first. */
export function withCache<T>(home: string, name: string, work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(home, { recursive: true });
  return withLock(path.join(home, `${name}.lock`), () => {
    removeLeftovers(home);
    return work();
  });
}

/** Fills a new folder, which gets its name once it is whole: what has the final name always works. */
export async function place(home: string, name: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = fs.mkdtempSync(path.join(home, `${name}.partial-`));
  const clear = (): void => fs.rmSync(partial, { recursive: true, force: true });
  process.once("exit", clear);
  try {
    await fill(partial);
    fs.rmSync(path.join(home, name), { recursive: true, force: true });
    fs.renameSync(partial, path.join(home, name));
  } finally {
    process.removeListener("exit", clear);
    clear();
  }
}

export function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

// What a killed run left. Recent ones are spared: their owner may be alive and only have lost its lock.
function removeLeftovers(home: string): void {
  for (const name of fs.readdirSync(home)) {
    const folder = path.join(home, name);
    if (!name.includes(".partial-") || Date.now() - fs.statSync(folder).mtimeMs < 3_600_000) continue;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
