// Loads the files that Stryker changes before any test runs. A test that is the first to load one would else be taken for the
// only test of all that is evaluated then.
const path = require("node:path");

for (const file of (process.env.MUTATED_FILES ?? "").split(",").filter(Boolean)) {
  require(path.resolve(__dirname, "../..", file));
}
