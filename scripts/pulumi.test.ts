// `npm run pulumi` where the `pulumi` on PATH is a script that runs `npm run pulumi`: it must not start itself for ever.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ENGINE_VERSION } from "./engine";
import { CACHE_VARIABLE } from "./engine/cache";

const script = path.resolve(__dirname, "../dist/scripts/pulumi.js");
const refusal = "The pulumi on PATH is a script that runs `npm run pulumi`, and so itself: take it off PATH.";

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), "evs-pulumi-"));
});
afterEach(() => fs.rmSync(root, { recursive: true }));

function executable(name: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

function start(env: NodeJS.ProcessEnv) {
  const { PATH } = process.env;
  return spawnSync(process.execPath, [script, "about", "--json"], {
    encoding: "utf8",
    timeout: 60_000,
    env: { PATH: [path.join(root, "path"), PATH].join(path.delimiter), HOME: root, ...env },
  });
}

it("takes the engine of the cache, after one start of that script", () => {
  const starts = path.join(root, "starts");
  // The third start ends by itself, so that a failure of this test is not 388 processes.
  const count = `echo one >> "${starts}"; [ "$(wc -l < "${starts}")" -gt 2 ] && exit 3`;
  executable("path/pulumi", `${count}; exec "${process.execPath}" "${script}" "$@"`);
  executable(`cache/${ENGINE_VERSION}/bin/pulumi`, 'echo "the engine: $@"');
  executable(`cache/${ENGINE_VERSION}/bin/pulumi-language-nodejs`, "exit 0");
  const { status, stdout } = start({ [CACHE_VARIABLE]: path.join(root, "cache") });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "the engine: about --json\n" });
  expect(fs.readFileSync(starts, "utf8")).toBe("one\n");
});

it("says so where it was started by that script", () => {
  const { status, stderr, stdout } = start({ PULUMI_EVS_RUNNING: "1" });
  expect({ status, stderr, stdout }).toEqual({ status: 1, stderr: `${refusal}\n`, stdout: "" });
});
