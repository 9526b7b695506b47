// Loaded first in each Node.js process of a test's commands. It spares what Pulumi's SDK loads at every start and these
// programs do not use, which is 40 % of the processor time of an `up` (3.4 s with it, 2.0 s without). Benchmark, demo,
// packaging and layouts.test.ts start as a user does.

const fs = require("node:fs");
const Module = require("node:module");

// A language host that is built from source does not know `typescript: false`, and loads the compiler for JavaScript too.
if (!fs.existsSync("tsconfig.json")) delete process.env.PULUMI_NODEJS_TYPESCRIPT;

// For closures that are serialized, and for traces. They come when they are first used.
const late = /^(@npmcli\/arborist|typescript|@opentelemetry\/(?!api$).*)$/;
const { _load: load } = Module;

Module._load = (request, parent, isMain) => {
  const real = () => load(request, parent, isMain);
  if (!late.test(request) || !/[\\/]@pulumi[\\/]pulumi[\\/]/.test(parent?.filename ?? "")) return real();
  // Says that it is a module of ECMAScript, so that nobody copies its members.
  return new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : real()[name]) });
};
