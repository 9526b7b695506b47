// Unit tests lie beside what they test, those with the emulator as *.emulator.test.ts; tests/ holds those that take longer:
// with the real engine, or by the thousand.

const os = require("node:os");

// swc only strips types; `npm run types` checks them.
const swc = { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } };

module.exports = {
  testEnvironment: "node",
  // More than processors, because tests wait: for other processes, and for answers that do not come.
  maxWorkers: Math.ceil(os.availableParallelism() * 1.5),
  // A busy machine is no failure. Tests with the real engine have a longer one (tests/harness/stack.ts).
  testTimeout: 30_000,
  roots: [
    "<rootDir>/sdk",
    "<rootDir>/provider",
    "<rootDir>/plugin",
    "<rootDir>/emulator",
    "<rootDir>/cli",
    "<rootDir>/scripts",
    "<rootDir>/tests",
    "<rootDir>/examples/unit-tests",
  ],
  setupFiles: ["<rootDir>/tests/harness/nodeFlags.cjs"],
  testSequencer: "<rootDir>/tests/harness/longestFirst.cjs",
  testMatch: ["**/*.test.ts"],
  // They take minutes: `npm run test:fleet` runs them.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/tests/fleet/"],
  // Tests take axios and zod as users get them: those that the build has put into one file each.
  moduleNameMapper: {
    "^(\\.|.*/transport)/(axios|zod)$": "<rootDir>/dist/provider/huaweicloud/transport/$2.js",
    // Each test file would load them anew: the 60 files of zod's messages in other languages (English does not come through
    // their index); and what Pulumi's SDK loads to serialize functions and to run the engine.
    "/locales/index\\.cjs$": "<rootDir>/tests/harness/nothing.cjs",
    "^(@npmcli/arborist|\\./automation|(\\.|\\.\\./\\.\\.)/typescript-shim)$": "<rootDir>/tests/harness/nothing.cjs",
  },
  transform: { "\\.ts$": ["@swc/jest", swc] },
};
