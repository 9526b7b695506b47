// The command line: what is taken, what is refused and how, and that the process ends as it should.

import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseCommandLine, UsageError } from "./commandLine";

test.each([
  [[], { port: 0, json: false }],
  [["--port", "8080", "--json"], { port: 8080, json: true }],
  [["--state", "cloud.json"], { port: 0, json: false, stateFile: "cloud.json" }],
  [["--help"], "help"],
  [["-h", "--port", "x"], "help"],
])("takes %j", (args, command) => {
  expect(parseCommandLine(args)).toEqual(command);
});

test.each([
  [["--port", "70000"], '--port must be a number from 0 to 65535, such as 9876, not "70000".'],
  [["--port", "-1"], /--port/],
  [["--prot", "1"], "Unknown option '--prot'. See --help."],
  [["cloud.json"], /cloud\.json.* See --help\.$/],
])("refuses %j in one line", (args, message) => {
  const refusal = () => parseCommandLine(args);
  expect(refusal).toThrow(UsageError);
  expect(refusal).toThrow(message);
  expect(refusal).not.toThrow(/\n/);
});

const main = path.resolve(__dirname, "../dist/emulator/main.js");
const run = (args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });

test("prints its help, and ends with 2 where it is used wrongly", async () => {
  expect(await run(["--help"])).toEqual({ code: 0, stdout: expect.stringMatching(/^Usage: /), stderr: "" });
  expect(await run(["--port", "x"])).toEqual({
    code: 2,
    stdout: "",
    stderr: expect.stringMatching(/^emulator: --port/),
  });
});

test("says in a line that the port is taken", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const { code, stderr } = await run(["--port", String(port)]);
  other.close();
  expect([code, stderr]).toEqual([
    1,
    "emulator: the port is in use. Name another with --port, or leave it out for a free one.\n",
  ]);
});

test("says in a line that the state cannot be written", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "evs-emulator-"));
  const { code, stderr } = await run(["--state", path.join(folder, "none", "cloud.json")]);
  rmSync(folder, { recursive: true });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^emulator: Cannot write the state file .*: ENOENT.*\n$/)]);
});
