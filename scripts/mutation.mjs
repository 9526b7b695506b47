// `npm run mutation [-- GROUP…]`: every change that Stryker makes to the code of provider/, plugin/ and cli/ should fail a
// test. Each group of files is judged by the unit tests about it: jest loads all of those for each mutant, so that all tests
// would take hours. Ends with the score of each folder, and with code 1 if one is below its bar. The mutants that survived
// are listed by group. With files behind the group (`npm run mutation -- lifecycle provider/check.ts`) only those are changed.
// With `--static` what is evaluated when a file is loaded (tables, forms, patterns) is changed too, and judged by all tests of
// the group: that takes several times as long. With `--incremental` the results of an earlier run are kept where neither the
// code nor the test that failed has changed.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
/** Of the mutants of each folder, the share in percent that tests must detect. */
const bars = { provider: 95, plugin: 90, cli: 85 };
/** Every file of provider/ is in one of these. */
const groups = {
  lifecycle: {
    mutate: ["provider/defaultEncryption*/*.ts"],
    // The plugin's too: only through it is a create or an update a preview's.
    tests: [
      "provider/ownership.emulator.test.ts",
      "provider/defaultEncryption*/*.test.ts",
      "plugin/server.emulator.test.ts",
    ],
  },
  target: {
    mutate: ["provider/{check,conflict,declarations,state,target,update,usableKey,write}.ts"],
    tests: ["provider/{check,conflict,declarations,state,target,update,usableKey,write}{,.emulator}.test.ts"],
  },
  session: {
    mutate: [
      "provider/{configuration,inputs,lifecycle,notices,protocol,session}.ts",
      "provider/{dynamic,functions}/*.ts",
    ],
    tests: [
      "provider/{configuration,inputs,lifecycle,notices,protocol,session}{,.emulator}.test.ts",
      "provider/{dynamic,functions}/*.test.ts",
      // The bodies of the functions are called through it.
      "plugin/server.emulator.test.ts",
    ],
  },
  top: {
    mutate: ["provider/huaweicloud/*.ts"],
    tests: ["provider/huaweicloud/*.test.ts", "provider/configuration.test.ts"],
  },
  credentials: {
    mutate: ["provider/huaweicloud/credentials/*.ts"],
    tests: ["provider/huaweicloud/credentials/*.test.ts", "tests/hostile/{forms,refusals}.test.ts"],
  },
  services: {
    mutate: ["provider/huaweicloud/services/*.ts"],
    tests: [
      "provider/huaweicloud/services/*.test.ts",
      "provider/huaweicloud/credentials/{requests,chain}.test.ts",
      "tests/hostile/forms.test.ts",
    ],
  },
  transport: {
    mutate: ["provider/huaweicloud/transport/*.ts"],
    tests: ["provider/huaweicloud/transport/*.test.ts"],
  },
  // But for what only a process can show, its start, and but for the schema's texts.
  plugin: {
    mutate: [
      "plugin/{account,channel,component,configuration,detailedDiff,engineLog,failures,instance,lifetime,listener,previewFailures,server}.ts",
      "plugin/values.ts",
    ],
    tests: ["plugin/*.test.ts"],
  },
  // But for what only a process can show: how the command ends, and how the emulator starts.
  cli: {
    mutate: [
      "cli/audit/*.ts",
      "cli/report/{assemble,csv,json,table,wording}.ts",
      "cli/write/*.ts",
      "cli/{document,progress}.ts",
    ],
    tests: ["cli/{audit,report,write}/*.test.ts", "cli/*.test.ts"],
  },
};

const files = process.argv.slice(2).filter((given) => given.includes("/"));
const chosen = process.argv.slice(2).filter((given) => !given.includes("/") && !given.startsWith("--"));
const ignoreStatic = !process.argv.includes("--static");
const incremental = process.argv.includes("--incremental");
const scores = Object.fromEntries(Object.keys(bars).map((folder) => [folder, { detected: 0, all: 0 }]));
process.chdir(root);
for (const [name, { mutate, tests }] of Object.entries(groups)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const changed = [...(files.length > 0 ? files : mutate), "!**/*.test.ts"];
  process.env.MUTATION_TESTS_FILE = path.join(root, `dist/mutation-${name}-tests.json`);
  process.env.MUTATED_FILES = files.length > 0 ? files.join() : filesOf(mutate).join();
  const results = await new Stryker({
    plugins: ["@stryker-mutator/jest-runner", path.join(root, "scripts/mutation/runner.mjs")],
    testRunner: "jest-by-file",
    jest: {
      projectType: "custom",
      configFile: "jest.config.js",
      config: {
        roots: ["<rootDir>/provider", "<rootDir>/plugin", "<rootDir>/cli", "<rootDir>/tests/hostile"],
        testMatch: tests.map((pattern) => `**/${pattern}`),
        setupFilesAfterEnv: ["<rootDir>/scripts/mutation/load.js"],
        testEnvironment: path.join(root, "scripts/mutation/environment.cjs"),
      },
    },
    coverageAnalysis: "perTest",
    mutate: changed,
    ignoreStatic,
    incremental,
    incrementalFile: `dist/mutation-${name}-incremental.json`,
    timeoutMS: 20_000,
    // Jest keeps something of each run: after thousands, collecting garbage takes longer than the tests.
    maxTestRunnerReuse: 100,
    tempDirName: `dist/.stryker-${name}`,
    // What a run that was ended has left would be copied into the next one's.
    ignorePatterns: ["/dist/.stryker-*"],
    reporters: ["clear-text", "json", "progress-append-only"],
    jsonReporter: { fileName: `dist/mutation-${name}.json` },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  }).runMutationTest();
  const counted = results.filter(({ status }) => !["Ignored", "CompileError", "RuntimeError"].includes(status));
  const score = scores[changed[0].split("/")[0]];
  score.all += counted.length;
  score.detected += counted.filter(({ status }) => status === "Killed" || status === "Timeout").length;
}
for (const [folder, { detected, all }] of Object.entries(scores)) {
  if (all === 0) continue;
  const percent = (100 * detected) / all;
  process.stdout.write(`${folder}: ${detected} of ${all} mutants detected: ${percent.toFixed(1)} %\n`);
  if (percent < bars[folder]) process.exitCode = 1;
}
fs.writeFileSync("dist/mutation.json", `${JSON.stringify(scores)}\n`);

/** The files that these patterns name. */
function filesOf(patterns) {
  const forms = patterns.map((pattern) => {
    const form = pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*").replaceAll("{", "(").replaceAll("}", ")");
    return new RegExp(`^${form.replaceAll(",", "|")}$`);
  });
  const all = ["provider", "plugin", "cli"].flatMap((folder) =>
    fs.readdirSync(folder, { recursive: true }).map((file) => `${folder}/${file}`),
  );
  return all.filter((file) => forms.some((form) => form.test(file)) && !/\.test\.ts$/.test(file));
}
