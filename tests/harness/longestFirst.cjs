// The order of test files. Without the times of an earlier run, jest starts with the largest file; here, with those that take
// longest, because one that starts last would run on alone. Taken from a whole run; files that are not listed take less than 50 s.

const { default: Sequencer } = require("@jest/test-sequencer");

const longest = [
  "faultMatrix",
  "plugin/ownership",
  "plugin/faults",
  "languages",
  "leaks",
  "plugin/counts",
  "ownership",
  "plugin/baseline",
  "plugin/hostile",
  "pipelines",
  "plugin/safety",
  "faults",
  "counts",
  "model/engine",
  "safety",
  "baseline",
  "plugin/lifecycle",
  "defaultEncryptionKey",
  "plugin/defaultEncryptionKey",
  "audit/roundTrip",
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
