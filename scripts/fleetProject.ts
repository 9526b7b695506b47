// examples/fleet as its user has it: a copy of its own, compiled, with its modules and an environment that knows nothing of the
// caller's. For the benchmark and for tests/fleet.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { transformSync } from "esbuild";
import { checkout } from "./checkout";
import { type Engine, engineEnvironment } from "./engine";
import { linkPackage } from "./linkPackage";

export interface FleetProject {
  /** Of all that belongs to it. */
  root: string;
  /** Where the command is run. */
  folder: string;
  env: Record<string, string>;
  remove(): void;
}

/** `more` is added to the environment: credentials and endpoint. `example` is a folder of examples/. */
export function createFleetProject(engine: Engine, more: Record<string, string>, example = "fleet"): FleetProject {
  const place = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-fleet-"));
  const folder = path.join(place, example);
  const from = path.join(checkout, "examples", example);
  for (const name of ["home", "backend", "tmp"]) fs.mkdirSync(path.join(place, name));
  for (const name of fs.readdirSync(from)) {
    if (/^(node_modules|dist|\.fleet)$/.test(name)) continue;
    fs.cpSync(path.join(from, name), path.join(folder, name), { recursive: true });
  }
  fs.mkdirSync(path.join(folder, "dist"));
  for (const name of fs.readdirSync(from).filter((one) => one.endsWith(".ts"))) {
    const text = fs.readFileSync(path.join(from, name), "utf8");
    const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20", sourcefile: name });
    fs.writeFileSync(path.join(folder, "dist", name.replace(/\.ts$/, ".js")), code);
  }
  const modules = path.join(folder, "node_modules");
  for (const [name, target] of [
    ["@pulumi/pulumi", "node_modules/@pulumi/pulumi"],
    ["typescript", "node_modules/typescript"],
    ["@types/node", "node_modules/@types/node"],
    ["pulumi-huaweicloud-evs-cli", "cli"],
  ] as const) {
    fs.mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    fs.symlinkSync(path.join(checkout, target), path.join(modules, name), "junction");
  }
  linkPackage(modules);
  const env = engineEnvironment(engine, {
    PATH: [path.dirname(process.execPath), process.env.PATH].join(path.delimiter),
    HOME: path.join(place, "home"),
    TMPDIR: path.join(place, "tmp"),
    PULUMI_HOME: path.join(place, "home", ".pulumi"),
    PULUMI_BACKEND_URL: `file://${path.join(place, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9",
    ...more,
  }) as Record<string, string>;
  const remove = () => fs.rmSync(place, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  return { root: place, folder, env, remove };
}
