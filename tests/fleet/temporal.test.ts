// A fleet on Temporal, with a real server, two workers and the real engine: killed, cancelled, fenced.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requestsPerRegion } from "../../examples/fleet-temporal/settings";
import { whyNoTemporal } from "../../scripts/temporal/build";
import { descendantsOf } from "../harness/hosts";
import { TemporalWorld } from "./temporalWorld";
import { nameOf, regions, until, type World } from "./world";

jest.setTimeout(600_000);

const reason = whyNoTemporal();
const story = reason === undefined ? describe : describe.skip;

story(`a fleet on Temporal${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let fleet: TemporalWorld;
  let world: World;
  beforeAll(async () => {
    fleet = await TemporalWorld.create(24);
    world = fleet.world;
  });
  afterEach(() => {
    world.emulator.settings.latencyMs = 0;
    fleet.endProcesses();
  });
  afterAll(() => fleet?.close());

  /** Options for these accounts, by number. */
  const only = (from: number, to: number): string[] => {
    const names = Array.from({ length: to - from + 1 }, (_, index) => nameOf(from + index));
    return ["--accounts", "accounts.json", ...names.flatMap((name) => ["--only", name])];
  };
  const namesOf = (from: number, to: number): string[] => only(from, to).filter((word) => /^fleet-/.test(word));

  test("a worker and the server are killed in mid-run: every account converges, and no faster than allowed", async () => {
    const names = namesOf(1, 12);
    // Of an account with two regions: one every two seconds, by both workers.
    const requestsPerSecond = 5;
    const env = { FLEET_REQUESTS_PER_SECOND: String(requestsPerSecond) };
    const workers = [await fleet.worker(env), await fleet.worker(env)];
    const watch = fleet.watch();
    const before = world.emulator.requests.length;
    const run = fleet.start(["up", ...only(1, 12), "--wave", "25%,100%"]);

    const done = () => fleet.stacks("done").length;
    const works = (index: number) =>
      descendantsOf(workers[index]?.pid ?? 0).some(({ args }) => /--exec-agent/.test(args));
    await until(() => done() >= 3 && works(0), "three are done, and the first worker works", 120_000);
    await workers[0]?.kill("command");
    workers.push(await fleet.worker(env));
    await until(() => done() >= 6 && works(1), "six are done, and the second worker works", 120_000);
    await fleet.server.kill();
    await sleep(1_000);
    await fleet.server.start();

    const { code, output } = await run.ended;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(names.filter((name) => !world.isConverged(name))).toEqual([]);
    expect(fleet.stacks("done")).toEqual(names);
    expect(world.locks()).toEqual([]);
    expect(watch.beside).toEqual([]);
    expect([...watch.seen.keys()].sort()).toEqual(names);
    // Only what a dead worker had in hand was done again.
    expect(names.filter((name) => world.updates(name) > 1).length).toBeLessThanOrEqual(2);

    const requests = world.emulator.requests.slice(before).filter(({ service }) => service === "evs");
    const seconds = requests.map(({ time }) => Date.parse(time) / 1_000);
    const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
    const once = names.filter((name) => world.updates(name) === 1).flatMap((name) => world.projects(name));
    const counts = once.map(({ id }) => requests.filter(({ projectId }) => projectId === id).length);
    // With this the rate is calculated.
    expect(Math.max(...counts)).toBe(requestsPerRegion);
    expect(requests.length / span).toBeLessThanOrEqual(requestsPerSecond);
  });

  test("a cancelled run begins no further account, stops its engines and leaves no lock; the rest is done by --resume", async () => {
    const names = namesOf(13, 20);
    world.emulator.settings.latencyMs = 1_000;
    await fleet.worker();
    await fleet.worker();
    const run = fleet.start(["up", ...only(13, 20)]);
    await until(() => fleet.engines().length >= 3, "three engines run");
    run.child.kill("SIGINT");
    await sleep(1_000);
    const begun = names.filter((name) => name in fleet.leases());
    const { code, output } = await run.ended;

    expect({ code, output }).toMatchObject({ code: 2 });
    expect(output).toContain("Cancelling");
    expect(names.filter((name) => name in fleet.leases())).toEqual(begun);
    expect(begun.length).toBeLessThan(names.length);
    expect(fleet.stacks("cancelled").length).toBeGreaterThan(0);
    expect(fleet.engines()).toEqual([]);
    expect(world.locks()).toEqual([]);

    world.emulator.settings.latencyMs = 0;
    const [, name = ""] = /^(up-\S+):/m.exec(output) ?? [];
    const resumed = await fleet.start(["up", "--resume", name]).ended;
    expect(resumed).toMatchObject({ code: 0 });
    expect(names.filter((one) => !world.isConverged(one))).toEqual([]);
  });

  test("an engine that a killed worker left behind never runs beside its successor", async () => {
    const stack = nameOf(21);
    // The engine is told to stop by the child that its worker leaves behind, and waits for the answers.
    const holds = regions.map(() => world.emulator.hold({ operation: "UpdateDefaultKmsKeyId" }));
    const killed = await fleet.worker();
    const watch = fleet.watch();
    const run = fleet.start(["up", ...only(21, 21)]);
    await holds[0]?.reached;
    await killed.kill("command");
    const successor = await fleet.worker();
    const [left] = watch.seen.get(stack) ?? [];
    await until(() => fleet.leases()[stack]?.includes("2.json") === true, "the successor has the lease");
    expect(fleet.engines()).toEqual([{ pid: left, stack }]);

    const { code, output } = await run.ended;
    for (const hold of holds) hold.release();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(watch.beside).toEqual([]);
    // The second lease, which is released: the first one's holder is dead.
    expect(fleet.leases()[stack]).toEqual(["2.json"]);
    const lease = fs.readFileSync(path.join(world.file("leases"), stack, "2.json"), "utf8");
    expect(JSON.parse(lease)).toMatchObject({ pid: successor.pid, released: true });
    expect(world.isConverged(stack)).toBe(true);
    expect(world.locks()).toEqual([]);
  });

  test("the lock of a machine that is gone is removed, once its lease is old", async () => {
    const stack = nameOf(22);
    await fleet.worker();
    expect(await fleet.start(["up", ...only(22, 22)]).ended).toMatchObject({ code: 0 });
    const gone = { id: "gone", host: "elsewhere", pid: 1, started: "1" };
    const lease = path.join(world.file("leases"), stack, "1.json");
    fs.writeFileSync(lease, JSON.stringify(gone));
    const then = Date.now() / 1_000 - 11 * 60;
    fs.utimesSync(lease, then, then);
    const locks = path.join(world.project.root, "backend/.pulumi/locks/organization/evs-fleet", stack);
    fs.mkdirSync(locks, { recursive: true });
    const lock = { pid: 1, username: "fleet", hostname: "elsewhere", timestamp: new Date().toISOString() };
    fs.writeFileSync(path.join(locks, "0.json"), JSON.stringify(lock));

    const { code, output } = await fleet.start(["up", ...only(22, 22)]).ended;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(world.locks()).toEqual([]);
    expect(fleet.leases()[stack]).toEqual(["2.json"]);
  });
});
