// The ways in which people install packages and write programs. Each makes a project that has this package from its
// tarball, ready for `pulumi up`.

import fs from "node:fs";
import path from "node:path";
import {
  esModule,
  javascript,
  type Program,
  throughComponent,
  typescript,
  writeComponent,
  writeProject,
} from "./programs";
import type { Tools } from "./tools";

export interface Layout {
  name: string;
  /** Installs into an empty folder. Returns the project's folder, in it or below. */
  install(folder: string, tarball: string, tools: Tools): Promise<string>;
  /** Major version of Node.js; default: the one that runs this. */
  node?: number;
  /** What the user has to export, given the project's folder. */
  env?(folder: string): Record<string, string>;
  /** It cannot work: what the program must say. */
  refused?: RegExp;
}

const PACKAGE = "pulumi-huaweicloud-evs";

const npm =
  (program: Program): Layout["install"] =>
  async (folder, tarball, tools) => {
    writeProject(folder, program, { [PACKAGE]: `file:${tarball}` });
    await tools.npm(["install"], folder);
    return folder;
  };

const yarn =
  (program: Program, linker: "node-modules" | "pnp"): Layout["install"] =>
  async (folder, tarball, tools) => {
    writeProject(folder, program, { [PACKAGE]: `file:${tarball}` });
    fs.writeFileSync(path.join(folder, ".yarnrc.yml"), `nodeLinker: ${linker}\nenableGlobalCache: true\n`);
    fs.writeFileSync(path.join(folder, "yarn.lock"), "");
    await tools.yarn(["install"], folder);
    return folder;
  };

/** The program knows this package only through another, which brings it along. */
const component =
  (manager: "npm" | "pnpm"): Layout["install"] =>
  async (folder, tarball, tools) => {
    const published = writeComponent(path.join(folder, "landing-zone"), tarball);
    await tools.npm(["pack", "--pack-destination", folder], published);
    const project = path.join(folder, "project");
    writeProject(project, throughComponent, { "landing-zone": `file:${path.join(folder, "landing-zone-1.0.0.tgz")}` });
    await tools[manager](["install"], project);
    return project;
  };

async function workspace(folder: string, tarball: string, tools: Tools): Promise<string> {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = { name: "workspace", private: true, workspaces: ["packages/*"] };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  const project = path.join(folder, "packages", "infrastructure");
  writeProject(project, typescript, { [PACKAGE]: `file:${tarball}` });
  await tools.npm(["install"], folder);
  return project;
}

/** As those do who work on this package and try it in a program of theirs. */
async function link(folder: string, tarball: string, tools: Tools): Promise<string> {
  const checkout = path.join(folder, "checkout");
  fs.mkdirSync(checkout, { recursive: true });
  await tools.npm(["install", "--prefix", checkout, tarball], folder);
  const project = path.join(folder, "project");
  writeProject(project, javascript);
  await tools.npm(["install"], project);
  // npm links by way of its global folder, which is not ours to change.
  const global = path.join(folder, "global");
  fs.mkdirSync(path.join(global, "lib"), { recursive: true });
  const ours = path.join(checkout, "node_modules", PACKAGE);
  await tools.npm(["link", "--no-save", ours], project, { npm_config_prefix: global });
  return project;
}

async function pnpm(folder: string, tarball: string, tools: Tools): Promise<string> {
  writeProject(folder, javascript, { [PACKAGE]: `file:${tarball}` });
  await tools.pnpm(["install"], folder);
  return folder;
}

/** All in one file but Pulumi's SDK, which must be the one that runs the program. */
const bundled =
  (withPackage: boolean): Layout["install"] =>
  async (folder, tarball, tools) => {
    const main = "bundle.js";
    writeProject(folder, { ...typescript, main }, { [PACKAGE]: `file:${tarball}` });
    fs.writeFileSync(path.join(folder, "index.ts"), typescript.text);
    await tools.npm(["install"], folder);
    const flags = ["--bundle", "--platform=node", "--external:@pulumi/pulumi"];
    await tools.esbuild(["index.ts", ...flags, `--outfile=${main}`], folder);
    if (!withPackage) await tools.npm(["uninstall", PACKAGE], folder);
    return folder;
  };

const cure = /cannot find the package pulumi-huaweicloud-evs from .*Add it to the dependencies/s;

export const layouts: readonly Layout[] = [
  { name: "npm, TypeScript", install: npm(typescript) },
  { name: "npm, JavaScript", install: npm(javascript) },
  { name: "npm, ES module", install: npm(esModule) },
  { name: "npm workspace, TypeScript", install: workspace },
  { name: "npm link", install: link },
  { name: "npm, through a component package", install: component("npm") },
  { name: "pnpm (strict)", install: pnpm },
  { name: "pnpm (strict), only through a component package", install: component("pnpm"), refused: cure },
  { name: "Yarn, node_modules", install: yarn(esModule, "node-modules") },
  {
    name: "Yarn, Plug'n'Play",
    install: yarn(javascript, "pnp"),
    env: (folder) => ({ NODE_OPTIONS: `--require ${path.join(folder, ".pnp.cjs")}` }),
  },
  { name: "esbuild, package installed beside the bundle", install: bundled(true) },
  { name: "esbuild, the bundle alone", install: bundled(false), refused: cure },
  { name: "Node.js 20, TypeScript", install: npm(typescript), node: 20 },
  { name: "Node.js 22, TypeScript", install: npm(typescript), node: 22 },
  { name: "Node.js 24, ES module", install: npm(esModule), node: 24 },
];
