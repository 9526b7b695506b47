// Stryker's runner of jest, made quick. By itself it loads every test file that could be about a mutant, and runs all of its tests
// to the end. This one runs only the files that have a test of the changed line, the quickest first, and ends with the first
// failure (environment.cjs).

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { commonTokens, declareFactoryPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import { MutantRunStatus } from "@stryker-mutator/api/test-runner";
import { strykerPlugins as plugins } from "@stryker-mutator/jest-runner";

const [{ factory: createJest }] = plugins;
/** Where the worker that runs all tests at first leaves, for the others, which test is in which file and how long it takes. */
const testsFile = path.resolve(process.env.MUTATION_TESTS_FILE ?? "tests.json");

class RunnerByFile {
  #jest;
  #tests;

  constructor(jest) {
    this.#jest = jest;
  }

  init() {
    return this.#jest.init();
  }

  capabilities() {
    return this.#jest.capabilities();
  }

  async dryRun(options) {
    const result = await this.#jest.dryRun(options);
    const tests = result.tests?.map(({ id, fileName, timeSpentMs }) => [id, { fileName, timeSpentMs }]);
    if (tests !== undefined) fs.writeFileSync(testsFile, JSON.stringify(Object.fromEntries(tests)));
    return result;
  }

  async mutantRun(options) {
    let nrOfTests = 0;
    for (const { fileName, ids } of this.#byFile(options.testFilter)) {
      const result = await this.#runFile(fileName, { ...options, testFilter: ids });
      if (result.status !== MutantRunStatus.Survived) return result;
      nrOfTests += result.nrOfTests;
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }

  /** Without a filter, all tests: the mutant is in code that runs when a file is loaded. */
  #byFile(filter) {
    this.#tests ??= JSON.parse(fs.readFileSync(testsFile, "utf8"));
    const files = new Map();
    for (const id of filter ?? Object.keys(this.#tests)) {
      const { fileName, timeSpentMs } = this.#tests[id];
      const file = files.get(fileName) ?? { fileName, ids: [], timeSpentMs: 0 };
      file.ids.push(id);
      file.timeSpentMs += timeSpentMs;
      files.set(fileName, file);
    }
    return [...files.values()].sort((one, other) => one.timeSpentMs - other.timeSpentMs);
  }

  async #runFile(fileName, options) {
    const { jestTestAdapter } = this.#jest;
    const run = jestTestAdapter.run.bind(jestTestAdapter);
    jestTestAdapter.run = (settings) =>
      run({
        ...settings,
        testFiles: [fileName],
        // What loads all mutated files is for the run that finds out which test is about which.
        jestConfig: { ...settings.jestConfig, roots: [path.dirname(fileName)], setupFilesAfterEnv: [] },
      });
    try {
      return await this.#jest.mutantRun(options);
    } finally {
      jestTestAdapter.run = run;
    }
  }
}

function createRunner(injector) {
  return new RunnerByFile(createJest(injector));
}
createRunner.inject = tokens(commonTokens.injector);

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, "jest-by-file", createRunner)];
