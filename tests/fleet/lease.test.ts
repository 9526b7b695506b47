// Leases of examples/fleet-temporal: who has a stack, and when another may take it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { buildSync } from "esbuild";
import { startOf } from "../../examples/fleet/ledger";
import { expiryMs, tryLease } from "../../examples/fleet-temporal/lease";

const source = path.resolve(__dirname, "../../examples/fleet-temporal/lease.ts");

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-lease-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const files = () => fs.readdirSync(path.join(folder, "leases", "a")).sort();
const contentOf = (name: string) => JSON.parse(fs.readFileSync(path.join(folder, "leases", "a", name), "utf8"));

/** As if a process of this ID, on this host, had taken the last lease. */
function giveTo(holder: { pid?: number; host?: string; started?: string }): void {
  const [name = ""] = files().slice(-1);
  const file = path.join(folder, "leases", "a", name);
  fs.writeFileSync(file, JSON.stringify({ ...contentOf(name), ...holder }));
}

test("one at a time; the next after a release has the next number, and the file before is gone", () => {
  const first = tryLease(folder, "a");
  expect(first).toBeDefined();
  expect(tryLease(folder, "a")).toBeUndefined();
  expect(tryLease(folder, "b")).toBeDefined();
  first?.release();
  expect(contentOf("1.json")).toMatchObject({ pid: process.pid, host: os.hostname(), released: true });
  const second = tryLease(folder, "a");
  expect(second).toBeDefined();
  expect(second).not.toHaveProperty("leftBy");
  expect(files()).toEqual(["2.json"]);
});

test("one of a process that has ended is taken over, and says by whom it was left", async () => {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"]);
  const { pid = 0 } = child;
  tryLease(folder, "a");
  giveTo({ pid, started: startOf(pid) });
  expect(tryLease(folder, "a")).toBeUndefined();
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(tryLease(folder, "a")).toMatchObject({ leftBy: os.hostname() });
});

test("a number that another process has now is not the holder", () => {
  tryLease(folder, "a");
  giveTo({ pid: process.pid, started: "1" });
  expect(tryLease(folder, "a")).toMatchObject({ leftBy: os.hostname() });
});

test("one of another host is taken over only if it was not renewed for long; the old holder learns it, and changes nothing", () => {
  const old = tryLease(folder, "a", "elsewhere");
  const now = Date.now();
  expect(tryLease(folder, "a", "here", now + expiryMs - 1_000)).toBeUndefined();
  const renewed = now + 60_000;
  fs.utimesSync(path.join(folder, "leases", "a", "1.json"), renewed / 1_000, renewed / 1_000);
  expect(tryLease(folder, "a", "here", now + expiryMs + 1_000)).toBeUndefined();
  expect(tryLease(folder, "a", "here", renewed + expiryMs + 1_000)).toMatchObject({ leftBy: "elsewhere" });
  expect(() => old?.renew()).toThrow("ENOENT");
  old?.release();
  expect(files()).toEqual(["2.json"]);
  expect(contentOf("2.json")).not.toHaveProperty("released");
});

test("of many that try at the same moment, again and again, there is never more than one", async () => {
  const rounds = 60;
  const script = `
    const fs = require("node:fs");
    const { tryLease } = require(process.argv[1]);
    const inside = process.argv[2] + "/inside";
    let had = 0;
    while (had < ${rounds}) {
      const lease = tryLease(process.argv[2], "a");
      if (lease === undefined) continue;
      fs.closeSync(fs.openSync(inside, "wx"));
      fs.rmSync(inside);
      lease.release();
      had += 1;
    }`;
  const compiled = path.join(folder, "lease.js");
  buildSync({ entryPoints: [source], outfile: compiled, bundle: true, platform: "node", logLevel: "error" });
  const children = Array.from({ length: 4 }, () => spawn(process.execPath, ["-e", script, compiled, folder]));
  const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(files()).toEqual([`${4 * rounds}.json`]);
}, 60_000);
