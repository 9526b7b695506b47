// `npm run test:fleet`: the tests of examples/fleet. They take minutes, so `npm test` leaves them out.
const shared = require("../../jest.config.js");

module.exports = {
  ...shared,
  rootDir: "../..",
  roots: ["<rootDir>/tests/fleet"],
  testPathIgnorePatterns: ["/node_modules/"],
};
