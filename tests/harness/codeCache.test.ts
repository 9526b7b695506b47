// What quickStart.cjs loads from what is kept, and what it does not.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "code-cache-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** What a program prints whose files are kept with this stamp, or with that of today. */
function printed(stamp?: string): string {
  const file = path.join(folder, "main.js");
  fs.writeFileSync(file, 'console.log("today");');
  const { mtimeMs, size } = fs.statSync(file);
  const kept = { stamp: stamp ?? `${mtimeMs} ${size}`, source: 'console.log("kept", require("node:path").sep)' };
  const program = `
    const { loadFrom } = require(${JSON.stringify(path.join(__dirname, "codeCache.cjs"))});
    loadFrom({ files: new Map([[${JSON.stringify(file)}, ${JSON.stringify(kept)}]]), paths: {} });
    require(${JSON.stringify(file)});`;
  return spawnSync(process.execPath, ["-e", program], { encoding: "utf8" }).stdout;
}

it("is loaded as it was kept", () => {
  expect(printed()).toBe(`kept ${path.sep}\n`);
});

it("is loaded anew once it has changed", () => {
  expect(printed("1 2")).toBe("today\n");
});
