// The compiled code of what every Node.js process of a test's commands loads, kept in dist/: Pulumi's SDK, the provider, the
// plugin and the compiler. Finding, reading and compiling these 500 files is most of what such a process costs. The compile
// cache of Node.js 22 keeps neither where a file was found nor what was compiled late.
//
//   node codeCache.cjs host|plugin|compiler    keeps the files of one of these as they are today

const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const process = require("node:process");
const v8 = require("node:v8");
const vm = require("node:vm");

const checkout = path.resolve(__dirname, "../..");
const folder = path.join(checkout, "dist", ".code-cache");
const below = (place, files) => files.map((file) => path.join(checkout, place, file));
/** What is loaded, and so what it loads. */
const roots = {
  host: [
    ...below("node_modules/@pulumi/pulumi/cmd", ["run/index.js", "run/run.js", "dynamic-provider/index.js"]),
    ...below("dist/sdk", ["index.js"]),
    ...below("dist/provider", ["dynamic/defaultEncryptionKey.js", "dynamic/defaultEncryption.js"]),
    ...below("dist/provider", ["huaweicloud/connection.js"]),
  ],
  plugin: below("dist/plugin/bin", ["plugin.js"]),
  compiler: below("node_modules/typescript/lib", ["typescript.js"]),
};
const importModuleDynamically = vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER;
const { _extensions: extensions } = Module;
const loadAnew = extensions[".js"];

const keptFile = (set) => path.join(folder, `${set}-${process.version}`);
const stampOf = ({ mtimeMs, size }) => `${mtimeMs} ${size}`;

function compile(filename, source, cachedData) {
  return new vm.Script(Module.wrap(source), { filename, cachedData, importModuleDynamically });
}

function run(script, module, filename) {
  const require = (request) => module.require(request);
  require.resolve = (request, options) => Module._resolveFilename(request, module, false, options);
  Object.assign(require, { main: process.mainModule, extensions, cache: Module._cache });
  const { exports } = module;
  script.runInThisContext().call(exports, exports, require, module, filename, path.dirname(filename));
}

/** The files of a set, and where they were found; nothing if they are not kept. */
function readKept(set) {
  try {
    return v8.deserialize(fs.readFileSync(keptFile(set)));
  } catch {
    return { files: new Map(), paths: {} };
  }
}

/** Lets this process load what is kept for its main file. */
function installCachedLoader() {
  // Not in the many that say where a file is, or their version.
  const [, main = ""] = process.argv;
  if (!/[\\/](@pulumi[\\/]pulumi[\\/]cmd|dist[\\/]plugin)[\\/]/.test(main)) return;
  loadFrom(readKept(roots.plugin.includes(main) ? "plugin" : "host"));
}

/** From now on these files are loaded as they were kept; those that have changed since, and all others, as ever. */
function loadFrom({ files, paths }) {
  const fileOf = (filename) =>
    roots.compiler.includes(filename) ? readKept("compiler").files.get(filename) : files.get(filename);
  Object.assign(Module._pathCache, paths);
  extensions[".js"] = (module, filename) => {
    const file = fileOf(filename);
    if (file === undefined || stampOf(fs.statSync(filename)) !== file.stamp) return loadAnew(module, filename);
    run(compile(filename, file.source, file.code), module, filename);
  };
}

/** Loads all files of a set, and keeps what has become of them. */
function keep(set) {
  const loaded = new Map();
  extensions[".js"] = (module, filename) => {
    const source = fs.readFileSync(filename, "utf8");
    const script = compile(filename, source);
    loaded.set(filename, { stamp: stampOf(fs.statSync(filename)), source, script });
    run(script, module, filename);
  };
  // Some do their work when they are loaded: they listen, and end the process if they were told nothing.
  const { exit } = process;
  process.exit = () => {};
  process.argv = [process.execPath, "", "127.0.0.1:9"];
  const [first] = roots[set].map((file) => require(file));
  if (set === "compiler") first.transpileModule("export const one: number = 1;", {});
  const files = new Map();
  for (const [filename, { stamp, source, script }] of loaded) {
    files.set(filename, { stamp, source, code: script.createCachedData() });
  }
  const paths = Object.fromEntries(Object.entries(Module._pathCache).filter(([, filename]) => files.has(filename)));
  fs.mkdirSync(folder, { recursive: true });
  const partial = `${keptFile(set)}.${process.pid}`;
  fs.writeFileSync(partial, v8.serialize({ files, paths }));
  fs.renameSync(partial, keptFile(set));
  exit.call(process, 0);
}

/** Whether what is kept of a set is of today's files. */
function isKept(set) {
  const { files } = readKept(set);
  const isSame = ([filename, { stamp }]) => {
    const found = fs.statSync(filename, { throwIfNoEntry: false });
    return found !== undefined && stampOf(found) === stamp;
  };
  return files.size > 0 && [...files].every(isSame);
}

module.exports = { installCachedLoader, loadFrom };

if (require.main === module) {
  const [, , set] = process.argv;
  // What that spares is not kept.
  require("./quickStart.cjs");
  if (!isKept(set)) keep(set);
}
