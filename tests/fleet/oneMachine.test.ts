// A fleet of 60 accounts in two regions on one machine, with the real engine: killed, broken, gone on with.
import fs from "node:fs";
import { fleetDeployer } from "../../emulator/cloud/fleet";
import { until, World } from "./world";

jest.setTimeout(900_000);

const size = 60;
let world: World;
beforeAll(async () => {
  world = await World.create(size);
});
afterAll(() => world.close());

const writes = new Set(["UpdateDefaultKmsKeyId", "EnableEncryptionByDefault"]);

test("killed three times at a random moment, a run goes on: every account converges, and none that was done is touched again", async () => {
  /** What the ledger said at each kill, and how many requests there were then. */
  const kills: { done: string[]; updates: Map<string, number>; requests: number }[] = [];
  for (const [turn, what] of (["command", "workers", "all"] as const).entries()) {
    const running = world.start([
      ...["up", "--accounts", "accounts.json", "--concurrency", "4"],
      ...(turn === 0 ? [] : ["--resume"]),
    ]);
    const before = world.doneByLedger().length;
    await until(() => world.doneByLedger().length >= before + 6, "six more accounts are done", 120_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 2000));
    await running.kill(what);
    const done = world.doneByLedger();
    const updates = new Map(done.map((account) => [account, world.updates(account)]));
    kills.push({ done, updates, requests: world.emulator.requests.length });
  }
  const { code, output } = await world.run(["up", "--concurrency", "4", "--resume"]);

  expect({ code, output }).toMatchObject({ code: 0 });
  expect(world.accounts.filter((account) => !world.isConverged(account))).toEqual([]);
  expect(world.report()).toMatchObject({ summary: { accounts: size, done: size, failed: 0, notRun: 0 } });
  expect(world.accounts.filter((account) => world.updates(account) === 0)).toEqual([]);
  expect(kills.map(({ done }) => done.length > 0 && done.length < size)).toEqual([true, true, true]);
  for (const { done, updates, requests } of kills) {
    const projects = new Set(done.flatMap((account) => world.projects(account).map(({ id }) => id)));
    const later = world.emulator.requests.slice(requests);
    expect(later.filter(({ operation, projectId }) => writes.has(operation) && projects.has(projectId ?? ""))).toEqual(
      [],
    );
    expect(new Map(done.map((account) => [account, world.updates(account)]))).toEqual(updates);
  }
  expect(world.locks()).toEqual([]);
  await until(() => world.processes().length === 0, "no process is left");
});

test("five accounts broken in five ways stop the run after their wave; the report names each, and all others of the wave are done", async () => {
  const { cloud } = world.emulator;
  const chosen = world.accounts.slice(0, 12);
  for (const account of chosen)
    for (const { id } of world.projects(account)) cloud.setDefaultEncryption(id, { enabled: false });
  const [noAgency = "", disabledKey = "", forbidden = "", throttled = "", closed = ""] = chosen.slice(2);
  cloud.removeAgency(noAgency, fleetDeployer);
  for (const { id } of world.projects(disabledKey))
    cloud.setKeyState(cloud.keyByAlias(id, "app-disks")?.id ?? "", "disabled");
  cloud.deny(forbidden, fleetDeployer, ["evs:write"]);
  for (const { id } of world.projects(throttled))
    world.emulator.faults.add({
      match: { service: "evs", projectId: id },
      times: -1,
      action: { type: "status", status: 429 },
    });
  cloud.setAccountStatus(closed, "suspended");

  const { code, output } = await world.start(
    [
      ...["up", "--organization", "--agency", fleetDeployer, ...chosen.flatMap((name) => ["--only", name])],
      ...["--wave", "75%,100%", "--max-failures", "4", "--concurrency", "4"],
    ],
    { HW_MAX_RETRIES: "1" },
  ).ended;

  const report = world.report();
  const failed = report.accounts.filter(({ status }) => status === "failed");
  expect(Object.fromEntries(failed.map(({ stack, error }) => [stack, error]))).toEqual({
    [noAgency]: expect.stringMatching(/agency/),
    [disabledKey]: expect.stringMatching(/app-disks.*disabled/),
    [forbidden]: expect.stringMatching(/EVS\.2056|permission/),
    [throttled]: expect.stringMatching(/429|throttled every request/i),
    [closed]: "The account's status is suspended: no agency of it can be used.",
  });
  expect({ code, output }).toMatchObject({ code: 2 });
  expect(report.stopped).toBe("Wave 1 of 2 ended with 5 failures, and 4 were allowed.");
  expect(report.summary).toEqual({ accounts: 12, done: 4, drifted: 0, failed: 5, cancelled: 0, notRun: 3 });
  const done = report.accounts.filter(({ status }) => status === "done").map(({ stack }) => stack);
  expect(done.filter((account) => !world.isConverged(account))).toEqual([]);
  expect(report.accounts.slice(9).map(({ status, wave }) => ({ status, wave }))).toEqual(
    Array.from({ length: 3 }, () => ({ status: "not-run", wave: 2 })),
  );
  expect(report.audit).toMatchObject({ exitCode: 2 });
  expect(fs.readFileSync(report.audit?.html ?? "", "utf8")).toContain(noAgency);
  for (const account of failed) expect(output).toContain(`${account.stack}: `);
});
