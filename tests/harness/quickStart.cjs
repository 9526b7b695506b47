// Loaded first in each Node.js process of a test's commands. It spares what Pulumi's SDK loads at every start and these
// programs do not use, and compiles nothing anew, which is a third of the processor time of an `up` (docs/quality.md). Benchmark,
// demo, packaging and layouts.test.ts start as a user does.

const fs = require("node:fs");
const Module = require("node:module");
const { installCachedLoader } = require("./codeCache.cjs");

// A language host that is built from source does not know `typescript: false`, and loads the compiler for JavaScript too.
if (!fs.existsSync("tsconfig.json")) delete process.env.PULUMI_NODEJS_TYPESCRIPT;

// For closures that are serialized, for traces, and for programs that run others. They come when they are first used.
const late = /^(@npmcli\/arborist|normalize-package-data|fdir|typescript|@opentelemetry\/(?!api$).*|\.\/automation)$/;
/** For the inspector, which tells where a closure that is serialized comes from; and for the places in stack traces. */
const spared = {
  "../../runtime/closure/v8Hooks": { isInitializedAsync: async () => {} },
  "source-map-support/register": {},
};
const { _load: load } = Module;

Module._load = (request, parent, isMain) => {
  const real = () => load(request, parent, isMain);
  const from = parent?.filename ?? "";
  if (!/[\\/]@pulumi[\\/]pulumi[\\/]/.test(from)) return real();
  if (request in spared && /[\\/]cmd[\\/][^\\/]+[\\/]index\.js$/.test(from)) return spared[request];
  if (!late.test(request)) return real();
  // Says that it is a module of ECMAScript, so that nobody copies its members.
  return new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : memberOf(real(), name)) });
};

function memberOf(module, name) {
  return name === "default" && !module.__esModule ? module : module[name];
}

installCachedLoader();
