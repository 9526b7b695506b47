// The command line: what is taken, what is refused and how, and that the process ends as it should.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { findUser } from "../tests/fixtures/emulatorClient";
import { introduce, parseCommandLine, UsageError } from "./commandLine";
import { startEmulator } from "./server";

test.each([
  [[], { port: 0, json: false }],
  [["--port", "8080", "--json"], { port: 8080, json: true }],
  [["--state", "cloud.json"], { port: 0, json: false, stateFile: "cloud.json" }],
  [["--help"], "help"],
  [["-h", "--port", "x"], "help"],
])("takes %j", (args, command) => {
  expect(parseCommandLine(args)).toEqual(command);
});

test("takes a fleet of accounts and regions", () => {
  const command = parseCommandLine(["--fleet", "3x4"]);
  const accounts = command === "help" ? [] : (command.seed?.accounts ?? []);
  expect(accounts.slice(-3).map(({ name, projects }) => `${name} ${projects.length}`)).toEqual([
    ...["fleet-0001 4", "fleet-0002 4", "fleet-0003 4"],
  ]);
});

test.each([
  [["--fleet", "3"], '--fleet must be numbers of accounts and regions, such as 3x4, not "3".'],
  [["--fleet", "0x4"], /--fleet/],
  [["--fleet", "1x15"], "--fleet 1x15: A fleet has at most 14 regions"],
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

test("prints the token of its control calls, which works", async () => {
  const child = spawn(process.execPath, [main, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [line] = await once(createInterface(child.stdout), "line");
    const { endpoint, controlToken } = JSON.parse(line);
    const headers = { Authorization: `Bearer ${controlToken}` };
    expect((await fetch(`${endpoint}/_emulator`, { headers })).status).toBe(200);
    expect((await fetch(`${endpoint}/_emulator`)).status).toBe(401);
  } finally {
    child.kill();
    await once(child, "exit");
  }
});

test("each command that the introduction prints works as it stands", async () => {
  const emulator = await startEmulator();
  const text = introduce(emulator.describe());
  const [, authorization = ""] = /^export EMULATOR_AUTHORIZATION="Authorization: (.*)"$/m.exec(text) ?? [];
  const commands = [...text.matchAll(/curl -s -H "\$EMULATOR_AUTHORIZATION"(.*)$/gm)].map(([, rest = ""]) =>
    rest.trim(),
  );
  const statuses = [];
  for (const command of commands) {
    const url = command.split(" ").at(-1) ?? "";
    const [, type] = /-H 'Content-Type: ([^']*)'/.exec(command) ?? [];
    const [, method = "GET"] = /-X (\w+)/.exec(command) ?? [];
    const [, body] = /-d '([^']*)'/.exec(command) ?? [];
    const headers = { Authorization: authorization, ...(type === undefined ? {} : { "Content-Type": type }) };
    statuses.push((await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })).status);
  }
  const project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
  const changed = emulator.cloud.key(emulator.cloud.evs(project).keyId)?.alias;
  await emulator.close();
  expect([statuses, changed]).toEqual([[200, 200, 200], "app-disks-next"]);
});

test("says how to audit a fleet, if there is one", async () => {
  const introduced = async (...args: string[]) => {
    const command = parseCommandLine(args);
    const emulator = await startEmulator(command === "help" ? {} : command);
    await emulator.close();
    return introduce(emulator.describe());
  };
  expect(await introduced("--fleet", "2x1")).toMatch(
    /2 accounts that .*\n\n.* audit --organization --agency evs-auditor\n/,
  );
  expect(await introduced()).not.toContain("fleet");
});
