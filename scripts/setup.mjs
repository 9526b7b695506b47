// Makes a bare clone ready to run: packages installed, TypeScript compiled, the examples able to import this package
// by its name. Every npm script starts here, so it needs nothing but Node and costs next to nothing when all is done.
// It writes to stderr only: stdout belongs to the command that follows.
//
// --despite-type-errors  go on when the compiler complains but has written its output (the tests report it themselves)

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const MINIMUM_NODE = 20;
const BUNDLER = "scripts/bundle.mjs";
const BUNDLE_OPTIONS = "scripts/bundling.mjs";
const COMPILED_FOLDERS = ["sdk", "provider", "plugin", "emulator", "cli", "scripts"];

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const dist = path.join(root, "dist");
const command = path.join(root, "cli", "dist", "main.js");
const buildRecord = path.join(dist, ".build.json");
const lockFile = path.join(dist, ".setup.lock");
const despiteTypeErrors = process.argv.includes("--despite-type-errors");
let holdsLock = false;

main();

function main() {
  if (Number.parseInt(process.versions.node, 10) < MINIMUM_NODE) {
    fail(`Node.js ${MINIMUM_NODE} or later is needed, this is ${process.versions.node} (${process.execPath}).`);
  }
  if (isInstalled() && isBuilt() && isLinked()) return;
  fs.mkdirSync(dist, { recursive: true });
  takeLock();
  try {
    // Checked again: the previous holder of the lock may have done the work.
    if (!isInstalled()) install();
    if (!isBuilt()) build();
    if (!isLinked()) link();
  } finally {
    releaseLock();
  }
}

// npm writes node_modules/.package-lock.json as the last step of an install, so a half-finished one has none. Each
// package is looked up as well: a removal may have been interrupted, or a folder deleted by hand.
function isInstalled() {
  const wanted = readJson(path.join(root, "package-lock.json"));
  const installed = readJson(path.join(root, "node_modules", ".package-lock.json"));
  if (wanted === undefined) fail("package-lock.json is missing or damaged: is this a whole checkout?");
  if (installed === undefined) return false;
  return Object.entries(wanted.packages).every(([folder, { version, optional }]) => {
    if (folder === "") return true;
    const found = installed.packages[folder];
    // Optional packages are there only if they fit the machine.
    if (found === undefined) return optional === true;
    return found.version === version && fs.existsSync(path.join(root, folder, "package.json"));
  });
}

function install() {
  say("installing packages");
  fs.rmSync(path.join(root, "node_modules", ".package-lock.json"), { force: true });
  // The tools are development dependencies: they are needed whatever NODE_ENV or the user's npm configuration say.
  const flags = ["--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const exact = run("npm", ["ci", ...flags], "pipe");
  if (exact.status === 0) return;
  // `npm ci` refuses a lock file that does not list the native parts of tools for every platform, and npm leaves those
  // out that its registry or mirror did not offer when the file was written. This keeps to the locked versions too.
  const lenient = run("npm", ["install", "--no-save", ...flags]);
  if (lenient.status !== 0 || !isInstalled()) {
    process.stderr.write(exact.output);
    fail("packages cannot be installed, see above. It takes the npm registry, or a mirror named in ~/.npmrc.");
  }
}

function isBuilt() {
  const built = readJson(buildRecord);
  return built !== undefined && JSON.stringify(built) === JSON.stringify(sources());
}

function build() {
  const now = sources();
  for (const gone of Object.keys(readJson(buildRecord) ?? {}).filter((file) => !(file in now))) {
    // The compiler leaves the output of a deleted source behind, and it would be packed.
    const stem = path.join(dist, gone.replace(/\.ts$/, ""));
    for (const end of [".js", ".d.ts"]) fs.rmSync(stem + end, { force: true });
  }
  say("compiling");
  const tsc = path.join(root, "node_modules", "typescript", "bin", "tsc");
  const compiled = run(process.execPath, [tsc, "--project", "tsconfig.build.json"]).status === 0;
  if (run(process.execPath, [path.join(root, BUNDLER)]).status !== 0)
    fail("axios, zod and the command cannot be bundled, see above.");
  if (!compiled) {
    if (!despiteTypeErrors) fail("the TypeScript sources do not compile, see above.");
    return;
  }
  // Written whole or not at all: a torn record only costs one more compilation.
  fs.writeFileSync(buildRecord, JSON.stringify(now));
}

// What the compiler's output depends on, each file with its size and time of change.
function sources() {
  const files = ["package-lock.json", "tsconfig.json", "tsconfig.build.json", BUNDLER, BUNDLE_OPTIONS];
  for (const folder of COMPILED_FOLDERS) {
    if (!fs.existsSync(path.join(root, folder))) continue;
    for (const name of fs.readdirSync(path.join(root, folder), { recursive: true })) {
      if (name.endsWith(".ts") && !name.endsWith(".test.ts")) files.push(path.join(folder, name));
    }
  }
  const entries = files.sort().map((file) => {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    return [file, `${size} ${mtimeMs}`];
  });
  return Object.fromEntries(entries);
}

// A program in examples/ finds `pulumi-huaweicloud-evs` here, and @pulumi/pulumi one folder further up.
function linkPath() {
  const { name } = readJson(path.join(root, "package.json"));
  return path.join(root, "examples", "node_modules", name);
}

// npm links the command of a workspace only if its file is there when packages are installed, which is before the build.
function commandPath() {
  return path.join(root, "node_modules", ".bin", "pulumi-huaweicloud-evs");
}

function isLinked() {
  try {
    // On Windows npm writes scripts in place of links, and those only at an install.
    if (process.platform !== "win32" && fs.realpathSync(commandPath()) !== fs.realpathSync(command)) return false;
    return fs.realpathSync(linkPath()) === fs.realpathSync(root);
  } catch {
    return false;
  }
}

function link() {
  fs.mkdirSync(path.dirname(linkPath()), { recursive: true });
  fs.rmSync(linkPath(), { recursive: true, force: true });
  // Relative, so that a moved checkout keeps working; a junction if symbolic links need a privilege.
  if (process.platform === "win32") {
    fs.symlinkSync(root, linkPath(), "junction");
    return;
  }
  fs.symlinkSync(path.relative(path.dirname(linkPath()), root), linkPath());
  fs.rmSync(commandPath(), { force: true });
  fs.symlinkSync(path.relative(path.dirname(commandPath()), command), commandPath());
}

function takeLock() {
  for (let waited = false; ; waited = true) {
    try {
      fs.writeFileSync(lockFile, String(process.pid), { flag: "wx" });
      holdsLock = true;
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isRunning(readLock())) {
      fs.rmSync(lockFile, { force: true });
      continue;
    }
    if (!waited) say("waiting for another set-up of this checkout");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function releaseLock() {
  if (holdsLock) fs.rmSync(lockFile, { force: true });
  holdsLock = false;
}

// An empty file was just created by somebody about to write into it: undefined counts as running.
function readLock() {
  try {
    const text = fs.readFileSync(lockFile, "utf8");
    const justMade = Date.now() - fs.statSync(lockFile).mtimeMs < 2000;
    return text === "" && justMade ? undefined : Number(text);
  } catch {
    return undefined;
  }
}

function isRunning(pid) {
  if (pid === undefined) return true;
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function run(command, args, output = 2) {
  const shell = process.platform === "win32" && command === "npm";
  const { status, error, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", output, output],
    encoding: "utf8",
    shell,
  });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  return { status, output: `${stdout ?? ""}${stderr ?? ""}` };
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

function fail(text) {
  releaseLock();
  say(text);
  process.exit(1);
}
