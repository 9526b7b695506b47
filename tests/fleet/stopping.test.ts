// How a run is stopped, and what the next one does with what it finds: locks, engines that were left behind, other runs.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { until, World } from "./world";

jest.setTimeout(240_000);

let world: World;
beforeEach(async () => {
  world = await World.create(4);
});
afterEach(() => world.close());

const put = { operation: "UpdateDefaultKmsKeyId" as const };
const [first = "", second = "", third = "", fourth = ""] = ["0001", "0002", "0003", "0004"].map(
  (end) => `fleet-${end}`,
);

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s: nothing more is begun, engines are told and awaited, the report is partial, no lock is left",
  async (signal) => {
    const held = world.emulator.hold(put);
    const running = world.start(["up", "--accounts", "accounts.json", "--concurrency", "1"]);
    await held.reached;
    // A terminal sends it to the whole group, and npm passes it on once more.
    process.kill(-running.pid, signal);
    running.child.kill(signal);
    await until(() => running.output.includes("Stopping"), "it says so");
    expect(world.engines(first)).toHaveLength(1);
    held.release();
    const { code, output } = await running.ended;

    expect({ code, output }).toMatchObject({ code: 2 });
    expect(world.report()).toMatchObject({
      stopped: "It was told to stop.",
      summary: { accounts: 4, done: 0, failed: 0, cancelled: 1, notRun: 3 },
    });
    expect(world.ledger().flatMap(({ begun }) => begun ?? [])).toEqual([first]);
    expect(world.report()).not.toHaveProperty("audit");
    expect(world.locks()).toEqual([]);
    await until(() => world.processes().length === 0, "no process is left");

    const resumed = await world.run(["up", "--resume"]);
    expect(resumed).toMatchObject({ code: 0 });
    expect(world.accounts.filter((account) => !world.isConverged(account))).toEqual([]);
  },
);

// Killed, a worker takes its engine with it sooner or later, because that has lost its program, and the provider's host may stay with
// what is on the wire. Hung, it leaves all.
test.each(["killed", "hung"] as const)(
  "what is left behind with a worker that is %s is ended before its account is begun again, and its lock is removed",
  async (how) => {
    const held = world.emulator.hold(put);
    const running = world.start(["up", "--accounts", "accounts.json", "--only", first, "--only-new"]);
    await held.reached;
    const [engine = 0, ...others] = world.engines(first);
    expect(others).toEqual([]);
    const worker = world.processes().find(({ args }) => args.includes("workers.js"))?.pid ?? 0;
    process.kill(worker, how === "killed" ? "SIGKILL" : "SIGSTOP");
    await running.kill("command");
    const leftBehind = world
      .processes()
      .map(({ pid }) => pid)
      .filter((pid) => pid !== worker);
    if (how === "hung") {
      expect(leftBehind).toContain(engine);
      expect(world.locks()).toHaveLength(1);
    }

    const resumed = world.start(["up", "--accounts", "accounts.json", "--only", first, "--only-new", "--resume"]);
    const seen = new Set<string>();
    const watch = setInterval(() => {
      const now = world.processes().map(({ pid }) => pid);
      const isLeft = leftBehind.some((pid) => now.includes(pid));
      const isBegun = world.engines(first).some((pid) => !leftBehind.includes(pid));
      seen.add(`${isLeft ? "left" : "gone"}, ${isBegun ? "begun" : "not begun"}`);
    }, 50);
    if (how === "hung") {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      // It was told, and does not leave before its request has been answered.
      expect(world.engines(first)).toEqual([engine]);
    }
    held.release();
    // The engine waits for its program, too.
    if (how === "hung") process.kill(worker, "SIGCONT");
    const { code, output } = await resumed.ended;
    clearInterval(watch);

    expect({ code, output }).toMatchObject({ code: 0 });
    expect([...seen]).toContain("gone, begun");
    expect([...seen]).not.toContain("left, begun");
    expect(world.isConverged(first)).toBe(true);
    expect(world.locks()).toEqual([]);
    await until(() => world.processes().length === 0, "no process is left");
  },
);

test("a lock whose engine is gone is removed; that of another machine, or of an engine that runs, is somebody's", async () => {
  const chosen = [first, second, third].flatMap((name) => ["--only", name]);
  expect(await world.run(["up", ...chosen])).toMatchObject({ code: 0 });
  const lock = (stack: string, hostname: string, pid: number) => {
    const folder = path.join(world.project.root, "backend/.pulumi/locks/organization/evs-fleet", stack);
    fs.mkdirSync(folder, { recursive: true });
    const holder = { pid, username: "root", hostname, timestamp: new Date().toISOString() };
    fs.writeFileSync(path.join(folder, "7e1f6d5a-bfe7-4b7d-8125-c3017e661954.json"), JSON.stringify(holder));
  };
  const gone = 2 ** 22 + 1;
  const running = spawn("sleep", ["120"], { argv0: "pulumi" });
  lock(first, os.hostname(), gone);
  lock(second, "another-machine", gone);
  lock(third, os.hostname(), running.pid ?? 0);

  const { code } = await world.run(["up", ...chosen]);
  running.kill();

  expect(code).toBe(1);
  expect(world.report().accounts).toMatchObject([
    { stack: first, status: "done" },
    { stack: second, status: "failed", error: expect.stringMatching(/locked by 1 lock.*another-machine/) },
    { stack: third, status: "failed", error: expect.stringMatching(/locked by 1 lock/) },
  ]);
  expect(world.locks().sort()).toEqual([expect.stringContaining(second), expect.stringContaining(third)]);
});

test("a second run in the same folder is refused while the first one lives", async () => {
  const held = world.emulator.hold(put);
  const running = world.start(["up", "--accounts", "accounts.json", "--only", third]);
  await held.reached;
  const other = await world.run(["up", "--only", fourth]);
  expect(other).toEqual({ code: 64, output: expect.stringContaining(`process ${running.pid}, works in`) });
  held.release();
  expect(await running.ended).toMatchObject({ code: 0 });
});

test("a worker that dies is an account that failed; the others are done", async () => {
  const held = world.emulator.hold(put);
  const running = world.start([
    "up",
    "--accounts",
    "accounts.json",
    "--concurrency",
    "1",
    "--only",
    first,
    "--only",
    second,
  ]);
  await held.reached;
  const worker = world.processes().find(({ args }) => args.includes("workers.js"));
  process.kill(worker?.pid ?? 0, "SIGKILL");
  held.release();
  const { code, output } = await running.ended;

  expect({ code, output }).toMatchObject({ code: 1 });
  expect(world.report().accounts).toMatchObject([
    { stack: first, status: "failed", error: expect.stringContaining("Its process has ended: exit SIGKILL") },
    { stack: second, status: "done" },
  ]);
  await until(() => world.processes().length === 0, "no process is left");
});
