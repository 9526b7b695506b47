// `npm run browser`: finds a Chromium for the tests and pictures of the audit's HTML report, or installs Debian's. It is looked
// for under $CHROMIUM, then on PATH. In CI it is installed without being asked, because a test must not be skipped there.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

/** Path of the executable, in place of one on PATH. */
const variable = "CHROMIUM";
const names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];
/** Of Debian 12 and later; a third of the size of the whole `chromium`. */
const debianPackage = "chromium-headless-shell";

export const howToGet = `Install Debian's ${debianPackage} (npm run browser does, as root), or set ${variable} to a Chromium.`;

/** Returns the path of a browser, or `undefined`. Installs one if it is missing and this is CI. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const found = lookUp(env);
  if (found !== undefined || !env.CI) return found;
  install(env);
  return lookUp(env);
}

function lookUp(env: NodeJS.ProcessEnv): string | undefined {
  if (env[variable]) return env[variable];
  const folders = (env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== "");
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return candidates.find((file) => fs.existsSync(file));
}

/** Throws if a step fails. */
function install(env: NodeJS.ProcessEnv): void {
  const apt = (...args: string[]): void => {
    process.stderr.write(`apt-get ${args.join(" ")}\n`);
    const all = ["-o", "DPkg::Lock::Timeout=300", "-qq", ...args];
    const options = { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, encoding: "utf8" } as const;
    const { status, error, stderr } = spawnSync("apt-get", all, options);
    if (status !== 0) throw new Error(`apt-get ${args[0]} failed: ${error?.message ?? stderr}\n${howToGet}`);
  };
  apt("update");
  apt("install", "--yes", "--no-install-recommends", debianPackage);
}

if (require.main === module) {
  const found = findBrowser({ ...process.env, CI: "true" });
  process.stdout.write(`${found ?? howToGet}\n`);
  if (found === undefined) process.exitCode = 1;
}
