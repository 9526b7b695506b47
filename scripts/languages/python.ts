// A virtual environment with Pulumi's SDK for Python, of the versions in requirements.txt, in the cache of the engine.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { checkout } from "../checkout";
import { cacheFolder, isExecutable, place, withCache } from "../engine/cache";
import { run } from "../engine/run";

const requirements = path.join(checkout, "scripts", "languages", "requirements.txt");
const TIMEOUT_MS = 10 * 60_000;

/** The folder of the environment's `python`. Throws what pip has said. */
export async function ensurePython(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const home = cacheFolder(env);
  const version = await run("python3", ["--version"], { cwd: "/", env, timeoutMs: 30_000 });
  // An environment belongs to the Python that it was made with.
  const hash = createHash("sha256").update(fs.readFileSync(requirements)).update(version).digest("hex");
  const name = `python-${hash.slice(0, 12)}`;
  const bin = path.join(home, name, "bin");
  return withCache(home, name, async () => {
    if (isExecutable(path.join(bin, "python"))) return bin;
    process.stderr.write("engine: installing Pulumi's SDK for Python\n");
    await place(home, name, async (partial) => {
      const options = { cwd: partial, env, timeoutMs: TIMEOUT_MS };
      await run("python3", ["-m", "venv", partial], options);
      await run(path.join(partial, "bin", "python"), ["-m", "pip", "install", "--quiet", "-r", requirements], options);
      // The scripts of other packages name the folder that is about to be renamed; `python` does not.
    });
    return bin;
  });
}
