// The public surface changes only together with sdk/api.txt.
import fs from "node:fs";
import path from "node:path";
import { renderApi, report } from "./apiReport";

it("is as reported", () => {
  // Where this fails on purpose, `npm run docs` writes the new report: review it, because it is what users rely on.
  expect(renderApi()).toBe(fs.readFileSync(path.join(__dirname, "..", report), "utf8"));
});
