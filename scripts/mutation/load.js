// Loads the files that Stryker changes before any test runs. A test that is the first to load one would else be taken for the
// only test of all that is evaluated then. Not for a file of tests that replaces modules: they would be loaded before.
const fs = require("node:fs");
const path = require("node:path");

const replacesModules = /\bjest\.mock\(/.test(fs.readFileSync(expect.getState().testPath, "utf8"));
for (const file of replacesModules ? [] : (process.env.MUTATED_FILES ?? "").split(",").filter(Boolean)) {
  require(path.resolve(__dirname, "../..", file));
}
