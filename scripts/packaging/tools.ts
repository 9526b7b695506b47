// The package managers, the bundler, the judges of packages and the Node.js versions that the matrix is made of: from the
// npm registry, kept between runs. They are no development dependencies: half a gigabyte, for what runs once a commit. A
// lock file of their own says which, with their checksums: they run where a release is built.

import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { run } from "../command";

type Tool = (args: string[], cwd: string, more?: Record<string, string>) => Promise<string>;

export interface Tools {
  npm: Tool;
  pnpm: Tool;
  yarn: Tool;
  esbuild: Tool;
  publint: Tool;
  /** `@arethetypeswrong/cli` */
  attw: Tool;
  /** The folder that holds `node`; `undefined` if there is no binary for this machine. */
  node(major: number): string | undefined;
}

const locked = path.resolve(__dirname, "../../../scripts/packaging/tools");
const LOCK_FILES = ["package.json", "package-lock.json"];

export async function installTools(): Promise<Tools> {
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  const folder = path.join(cache, "pulumi-huaweicloud-evs", "packaging");
  const env = await environment();
  await install(folder, env);
  const executable =
    (name: string): Tool =>
    (args, cwd, more) =>
      run(path.join(folder, "node_modules", ".bin", name), args, cwd, { ...env, ...more });
  return {
    npm: (args, cwd, more) => run("npm", args, cwd, { ...env, ...more }),
    pnpm: executable("pnpm"),
    yarn: executable("yarn"),
    esbuild: executable("esbuild"),
    publint: executable("publint"),
    attw: executable("attw"),
    node: (major) => {
      const name = `node${major}-${process.platform}-${process.arch}`;
      const bin = path.join(folder, "node_modules", name, "bin");
      return fs.existsSync(bin) ? bin : undefined;
    },
  };
}

/** For package managers. All use the registry that npm is set to: that one is known to work here. */
export async function environment(): Promise<NodeJS.ProcessEnv> {
  const registry = (await run("npm", ["config", "get", "registry"], os.tmpdir(), process.env)).trim();
  // npm's variables for the scripts that it runs, such as this one, would affect the npm that we run.
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_(?!config_)|INIT_CWD$|NODE_OPTIONS$)/i.test(name));
  return {
    ...Object.fromEntries(own),
    npm_config_registry: registry,
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_loglevel: "error",
    npm_config_prefer_offline: "true",
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
    YARN_ENABLE_TELEMETRY: "0",
    // If CI is set, both would ask for a lock file.
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    npm_config_frozen_lockfile: "false",
  };
}

/** Exactly what the lock file says, and no script of a package is run. */
async function install(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const record = path.join(folder, ".installed");
  const hash = createHash("sha256");
  for (const name of LOCK_FILES) hash.update(fs.readFileSync(path.join(locked, name)));
  const wanted = hash.digest("hex");
  if (fs.existsSync(record) && fs.readFileSync(record, "utf8") === wanted) return;
  fs.mkdirSync(folder, { recursive: true });
  for (const name of LOCK_FILES) fs.copyFileSync(path.join(locked, name), path.join(folder, name));
  await run("npm", ["ci", "--ignore-scripts"], folder, env);
  // npm passes over an optional package that it could not fetch: then the next run tries again.
  const { optionalDependencies } = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const forThisMachine = Object.keys(optionalDependencies).filter((name) =>
    name.endsWith(`-${process.platform}-${process.arch}`),
  );
  if (forThisMachine.every((name) => fs.existsSync(path.join(folder, "node_modules", name)))) {
    fs.writeFileSync(record, wanted);
  }
}
