// Mutation testing of provider/: every change that Stryker makes to the code should fail a test. `npm run mutation`, minutes.
// Only the tests in provider/ judge: those with the real engine prove other things, and take too long.
export default {
  testRunner: "jest",
  jest: { projectType: "custom", configFile: "jest.config.js", config: { roots: ["<rootDir>/provider"] } },
  coverageAnalysis: "perTest",
  mutate: ["provider/**/*.ts", "!provider/**/*.test.ts"],
  // What runs once when a file is loaded, such as a table of codes, would need a fresh process for each mutant.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 20000,
  tempDirName: "dist/.stryker",
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: "dist/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
};
