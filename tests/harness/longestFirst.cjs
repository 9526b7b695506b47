// The order of test files. Without the times of a run before, jest starts with the largest file; here, with those that take
// longest, because one that starts last runs on alone. Taken from a whole run; what is not listed takes less than a minute.

const { default: Sequencer } = require("@jest/test-sequencer");

const longest = [
  "ownership",
  "faultMatrix",
  "faults",
  "defaultEncryptionKey",
  "safety",
  "pipelines",
  "leaks",
  "defaultEncryption",
  "policy",
  "model/engine",
].map((name) => `/tests/${name}.test.ts`);

module.exports = class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const placeOf = ({ path }) => {
      const place = longest.findIndex((name) => path.replaceAll("\\", "/").endsWith(name));
      return place < 0 ? longest.length : place;
    };
    return sorted.sort((a, b) => placeOf(a) - placeOf(b));
  }
};
