// A Pulumi project of its own for one test: program, modules, home, backend and temporary folder under one root, and an
// environment that knows nothing of the caller's.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import type { Emulator } from "../../emulator/server";
import { type Engine, engineEnvironment } from "../../scripts/engine";
import { linkPackage } from "../../scripts/linkPackage";
import { currentFront, type Front } from "./front";
import { bundledPlugin, checkout, packedPackage } from "./readiness";

export interface ProjectOptions {
  /** `index.js` as text, CommonJS: by far the fastest to run. */
  program?: string;
  /** In its place a folder to copy, such as `examples/quickstart`. Its `Pulumi.yaml` is used as it is, with the plugin added if that serves it. */
  folder?: string;
  /** How the program finds this package: a link to the checkout (default), the content of the packed tarball, or not at all. */
  layout?: "link" | "packed" | "none";
  /** Which front serves the resources of a `program`. Default: that of the test file. */
  front?: Front;
  /** `options: refresh` of the project file, for a `program`. Default `always`, as in every example. */
  refresh?: "always" | "never";
  emulator?: Pick<Emulator, "endpoint" | "cloud">;
  /** Added to the environment of every command: credentials, say. */
  env?: Record<string, string>;
  /** What else the program needs before its first command; it may change the project's environment. */
  prepare?: (project: Project) => Promise<void>;
  /** Starts everything as a user's commands do, without what makes tests quick: see quickStart.cjs. */
  asUser?: boolean;
}

export interface Project {
  root: string;
  folder: string;
  home: string;
  env: Record<string, string>;
}

const PACKAGE = "pulumi-huaweicloud-evs";

// Of the caller's environment only what a program needs to run at all: no credentials, proxies or Pulumi settings.
const KEPT_VARIABLES = ["LANG", "LC_ALL", "SYSTEMROOT", "NODE_V8_COVERAGE"];

const quick = {
  NODE_OPTIONS: `--require ${JSON.stringify(path.join(__dirname, "quickStart.cjs"))}`,
  // `npm test` checks the types of the examples.
  PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  // The engine allocates most of what it needs at its start, and keeps it: collecting it again and again is 6 % of an `up`.
  GOGC: "400",
};

export async function createProject(engine: Engine, options: ProjectOptions): Promise<Project> {
  const root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-e2e-"));
  const [folder, home, backend, temporary] = ["project", "home", "backend", "tmp"].map((name) => {
    fs.mkdirSync(path.join(root, name));
    return path.join(root, name);
  }) as [string, string, string, string];

  if (options.folder !== undefined) copyProgram(path.resolve(checkout, options.folder), folder, options);
  else writeProgram(folder, options);
  if (options.layout !== "none") await installPackage(path.join(folder, "node_modules"), options);

  const kept = Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name]]));
  const node = path.dirname(process.execPath);
  const env = engineEnvironment(engine, {
    ...kept,
    PATH: [node, process.env.PATH].join(path.delimiter),
    HOME: home,
    TMPDIR: temporary,
    PULUMI_HOME: path.join(home, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "correct horse battery staple",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // From Node.js 22 on, loading Pulumi's SDK twice a command costs half.
    NODE_COMPILE_CACHE: path.join(checkout, "dist", ".compile-cache"),
    ...(options.asUser !== true && quick),
    // --event-log is hidden without it.
    PULUMI_DEBUG_COMMANDS: "true",
    ...(options.emulator && { HW_ENDPOINT_URL: options.emulator.endpoint }),
    // This machine may be a cloud server; a test says itself where it has the credentials from.
    HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9",
    ...options.env,
  });
  const project = { root, folder, home, env: withoutUndefined(env) };
  await options.prepare?.(project);
  return project;
}

export function writeProgramText(folder: string, text: string): void {
  fs.writeFileSync(path.join(folder, "index.js"), text);
}

function writeProgram(
  folder: string,
  { program = "", refresh = "always", front = currentFront() }: ProjectOptions,
): void {
  const project = [
    "name: e2e",
    "runtime:",
    "  name: nodejs",
    "  options:",
    "    typescript: false",
    ...(refresh === "always" ? ["options:", "  refresh: always"] : []),
    ...(front === "plugin" ? pluginByPath : []),
  ];
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `${project.join("\n")}\n`);
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "e2e", private: true, main: "index.js" }));
  writeProgramText(folder, program);
}

/** Nothing is installed: the project names the folder that the bundle is in. */
const pluginByPath = [
  "plugins:",
  "  providers:",
  "    - name: huaweicloud-evs",
  `      path: ${path.join(checkout, "dist", "plugin", "bin")}`,
];

/** Turns a project over to the plugin: the program stays as it is. */
export async function moveToPlugin({ folder }: Pick<Project, "folder">): Promise<void> {
  await bundledPlugin();
  addPlugin(folder);
  const module = path.join(folder, "node_modules", PACKAGE);
  fs.rmSync(module, { recursive: true });
  fs.symlinkSync(pluginSdk, module, "junction");
}

const pluginSdk = path.join(checkout, "tests", "fixtures", "pluginSdk");

function addPlugin(folder: string): void {
  fs.appendFileSync(path.join(folder, "Pulumi.yaml"), `${pluginByPath.join("\n")}\n`);
}

function copyProgram(from: string, to: string, { front = currentFront() }: ProjectOptions): void {
  // Neither a user's stacks nor their modules.
  const isOurs = (file: string): boolean =>
    !/(^|[/\\])(node_modules|Pulumi\.[^/\\]+\.yaml)$/.test(path.relative(from, file));
  fs.cpSync(from, to, { recursive: true, filter: isOurs });
  if (front === "plugin") addPlugin(to);
}

async function installPackage(
  modules: string,
  { layout = "link", front = currentFront(), asUser = false }: ProjectOptions,
): Promise<void> {
  fs.mkdirSync(path.join(modules, "@pulumi"), { recursive: true });
  const fromCheckout = (name: string): void => {
    const target = path.join(modules, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.symlinkSync(path.join(checkout, "node_modules", name), target, "junction");
  };
  // The same @pulumi/pulumi as this package's own: two copies would not know each other's outputs. TypeScript is for
  // programs that need compiling.
  for (const name of ["@pulumi/pulumi", "typescript", "@types/node"]) fromCheckout(name);
  if (front === "plugin") {
    await bundledPlugin();
    fs.symlinkSync(pluginSdk, path.join(modules, PACKAGE), "junction");
    return;
  }
  if (layout === "link") {
    if (asUser) fs.symlinkSync(checkout, path.join(modules, PACKAGE), "junction");
    else linkPackage(modules);
    return;
  }
  const packed = await packedPackage();
  fs.cpSync(packed, path.join(modules, PACKAGE), { recursive: true });
  const manifest: { dependencies?: Record<string, string> } = JSON.parse(
    fs.readFileSync(path.join(packed, "package.json"), "utf8"),
  );
  for (const name of Object.keys(manifest.dependencies ?? {})) fromCheckout(name);
}

function withoutUndefined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
