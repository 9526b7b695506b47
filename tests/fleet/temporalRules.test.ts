// The rules of a run on Temporal, with a real server; an account takes no engine.
import fs from "node:fs";
import path from "node:path";
import type { Report } from "../../examples/fleet/report";
import { whyNoTemporal } from "../../scripts/temporal/build";
import { TemporalWorld } from "./temporalWorld";
import { nameOf, until } from "./world";

jest.setTimeout(300_000);

const reason = whyNoTemporal();
const story = reason === undefined ? describe : describe.skip;

story(`rules of a fleet on Temporal${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let fleet: TemporalWorld;
  beforeAll(async () => {
    fleet = await TemporalWorld.create(20, { inMemory: true });
  });
  afterEach(() => fleet.endProcesses());
  afterAll(() => fleet?.close());

  const fast = { FLEET_REQUESTS_PER_SECOND: "1000000" };
  const all = ["--accounts", "accounts.json"];
  const runOf = (output: string) => /^(up-\S+):/m.exec(output)?.[1] ?? "";
  const reportOf = (output: string): Report =>
    JSON.parse(fs.readFileSync(path.join(fleet.world.file("runs"), runOf(output), "report.json"), "utf8"));

  test("a wave with too many failures is the last; --resume has another turn for those that failed, and the rest", async () => {
    await fleet.simulatedWorker({ ...fast, FAILING: nameOf(2) });
    const stopped = await fleet.start(["up", ...all, "--wave", "10%,50%,100%"]).ended;
    expect(stopped).toMatchObject({ code: 2, output: expect.stringContaining(`${nameOf(2)}: as the test wants it`) });
    const report = reportOf(stopped.output);
    expect(report.stopped).toBe("A wave had too many failures.");
    expect(report.summary).toMatchObject({ accounts: 20, done: 1, failed: 1, notRun: 18 });
    expect(report.accounts.map(({ wave }) => wave)).toEqual([1, 1, ...Array(8).fill(2), ...Array(10).fill(3)]);
    fleet.endProcesses();

    await fleet.simulatedWorker(fast);
    const resumed = await fleet.start(["up", "--resume", runOf(stopped.output)]).ended;
    expect(resumed).toMatchObject({ code: 0, output: expect.stringContaining("up of 19 accounts in 3 waves") });
    expect(fleet.stacks("done")).toHaveLength(20);
  });

  test("failures that are allowed do not stop a run", async () => {
    await fleet.simulatedWorker({ ...fast, FAILING: nameOf(2) });
    const { code, output } = await fleet.start(["up", ...all, "--wave", "10%,100%", "--max-failures", "1"]).ended;
    expect({ code, output }).toMatchObject({ code: 1 });
    expect(reportOf(output).summary).toMatchObject({ done: 19, failed: 1, notRun: 0 });
  });

  test("a worker whose lease was taken over stops the account, says nothing of it, and takes its turn again", async () => {
    const stack = nameOf(3);
    const folder = path.join(fleet.world.file("leases"), stack);
    fs.rmSync(folder, { recursive: true, force: true });
    await fleet.simulatedWorker({ ...fast, PATIENT: stack });
    const run = fleet.start(["up", ...all, "--only", stack]);
    await until(() => fs.existsSync(path.join(folder, "1.json")), "the worker has the lease");
    const other = { id: "other", host: "elsewhere", pid: 1, started: "1", released: true };
    fs.writeFileSync(path.join(folder, "2.json"), JSON.stringify(other));
    fs.rmSync(path.join(folder, "1.json"));
    const { code, output } = await run.ended;
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(fleet.leases()[stack]).toEqual(["3.json"]);
  });

  test.each([
    [["fly"], "Say what to do"],
    [["destroy", ...all], "pass --yes"],
    [["up", ...all, "--wave", "50%"], "the last is 100%"],
    [["up", ...all, "--wave", "50%,x,100%"], "the last is 100%"],
    [["up", ...all, "--max-failures", "few"], "--max-failures is a number"],
  ])("%j is refused", async (args, message) => {
    const { code, output } = await fleet.start(args).ended;
    expect({ code, output }).toEqual({ code: 64, output: expect.stringContaining(message) });
  });
});
