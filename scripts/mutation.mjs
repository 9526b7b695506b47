// `npm run mutation [-- GROUP…]`: every change that Stryker makes to the code of provider/ should fail a test. Each group of
// files is judged by the unit tests about it: jest loads all of those for each mutant, so that all tests would take hours.
// Ends with the score of all, and with code 1 below 90 %. The mutants that survived are listed by group. With files behind the
// group (`npm run mutation -- lifecycle provider/check.ts`) only those are changed.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const LEAST = 90;
/** Every file of provider/ is in one of these. */
const groups = {
  lifecycle: {
    mutate: ["provider/defaultEncryption*/*.ts"],
    tests: ["provider/ownership.emulator.test.ts", "provider/defaultEncryption*/*.test.ts"],
  },
  target: {
    mutate: ["provider/{check,declarations,state,target,update,write}.ts"],
    tests: ["provider/{check,declarations,state,target,update,write}{,.emulator}.test.ts"],
  },
  session: {
    mutate: ["provider/{configuration,inputs,notices,protocol,session}.ts", "provider/dynamic/*.ts"],
    tests: ["provider/{configuration,inputs,notices,session}{,.emulator}.test.ts", "provider/dynamic/*.test.ts"],
  },
  top: {
    mutate: ["provider/huaweicloud/*.ts"],
    tests: ["provider/huaweicloud/connection.test.ts", "provider/configuration.test.ts"],
  },
  credentials: {
    mutate: ["provider/huaweicloud/credentials/*.ts"],
    tests: ["provider/huaweicloud/credentials/*.test.ts"],
  },
  services: {
    mutate: ["provider/huaweicloud/services/*.ts"],
    tests: ["provider/huaweicloud/services/*.test.ts", "provider/huaweicloud/credentials/{requests,chain}.test.ts"],
  },
  transport: {
    mutate: ["provider/huaweicloud/transport/*.ts"],
    tests: ["provider/huaweicloud/transport/*.test.ts"],
  },
};

const files = process.argv.slice(2).filter((given) => given.includes("/"));
const chosen = process.argv.slice(2).filter((given) => !given.includes("/"));
const total = { detected: 0, all: 0 };
process.chdir(root);
for (const [name, { mutate, tests }] of Object.entries(groups)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const results = await new Stryker({
    testRunner: "jest",
    jest: {
      projectType: "custom",
      configFile: "jest.config.js",
      config: { roots: ["<rootDir>/provider"], testMatch: tests.map((pattern) => `**/${pattern}`) },
    },
    coverageAnalysis: "perTest",
    mutate: [...(files.length > 0 ? files : mutate), "!**/*.test.ts"],
    // What runs once when a file is loaded, such as a table of codes, would need a fresh process for each mutant.
    ignoreStatic: true,
    timeoutMS: 20_000,
    tempDirName: `dist/.stryker-${name}`,
    reporters: ["clear-text", "json", "progress-append-only"],
    jsonReporter: { fileName: `dist/mutation-${name}.json` },
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  }).runMutationTest();
  const counted = results.filter(({ status }) => !["Ignored", "CompileError", "RuntimeError"].includes(status));
  total.all += counted.length;
  total.detected += counted.filter(({ status }) => status === "Killed" || status === "Timeout").length;
}
const score = (100 * total.detected) / total.all;
process.stdout.write(`\n${total.detected} of ${total.all} mutants detected: ${score.toFixed(1)} %\n`);
fs.writeFileSync("dist/mutation.json", `${JSON.stringify({ ...total, score })}\n`);
if (score < LEAST) process.exitCode = 1;
