// Jest's environment of a mutation run: one failed test is enough to notice a mutant, so the rest of the file is skipped.

const { TestEnvironment } = require("jest-environment-node");

module.exports = class extends TestEnvironment {
  #hasFailed = false;

  handleTestEvent(event) {
    if (event.name === "test_done" && event.test.errors.length > 0) this.#hasFailed = true;
    if (event.name === "test_start" && this.#hasFailed) event.test.mode = "skip";
  }
};
