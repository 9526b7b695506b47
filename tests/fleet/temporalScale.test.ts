// A fleet of 10,000 accounts on Temporal: real server, workflows, leases and files; an account takes no engine. And how fast
// accounts are begun, if nothing else holds them up.
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { fleetDeployer } from "../../emulator/cloud/fleet";
import { requestsPerRegion } from "../../examples/fleet-temporal/settings";
import { whyNoTemporal } from "../../scripts/temporal/build";
import { TemporalWorld } from "./temporalWorld";
import { nameOf, regions } from "./world";

jest.setTimeout(600_000);

const described = z.object({ workflowExecutionInfo: z.object({ historyLength: z.coerce.number() }) });
const listed = z.array(z.object({ execution: z.object({ workflowId: z.string() }) }));

const reason = whyNoTemporal();
const story = reason === undefined ? describe : describe.skip;

story(`many accounts on Temporal${reason ? ` (skipped: ${reason})` : ""}`, () => {
  let fleet: TemporalWorld;
  beforeAll(async () => {
    fleet = await TemporalWorld.create(20, { inMemory: true });
  });
  afterEach(() => fleet.endProcesses());
  afterAll(() => fleet?.close());

  test("the server begins accounts no faster than the API allows, for both workers together", async () => {
    const [perAccount, allowed] = [requestsPerRegion * regions.length, 24];
    const env = { FLEET_REQUESTS_PER_SECOND: String(allowed), FLEET_CONCURRENCY: "20" };
    await fleet.simulatedWorker(env, perAccount);
    await fleet.simulatedWorker(env, perAccount);
    const before = fleet.world.emulator.requests.length;
    const { code, output } = await fleet.start(["up", "--accounts", "accounts.json"]).ended;

    expect({ code, output }).toMatchObject({ code: 0 });
    const times = fleet.world.emulator.requests
      .slice(before)
      .filter(({ operation }) => operation === "ShowEncryptionByDefault")
      .map(({ time }) => Date.parse(time));
    expect(times).toHaveLength(20 * perAccount);
    // Of an account all are sent at once, and after a pause the server lets a few accounts through at once. Without a limit, all
    // come in less than a second.
    const most = Math.max(...times.map((from) => times.filter((time) => time >= from && time < from + 5_000).length));
    expect(most).toBeLessThanOrEqual(5 * allowed + 5 * perAccount);
    const seconds = (Math.max(...times) - Math.min(...times)) / 1_000;
    expect((times.length - 5 * perAccount) / seconds).toBeLessThanOrEqual(allowed);
  });

  test("10,000 accounts: histories stay short, and workers small", async () => {
    const accounts = Array.from({ length: 10_000 }, (_, index) => ({ name: nameOf(index + 1), agency: fleetDeployer }));
    fs.writeFileSync(path.join(fleet.world.project.folder, "many.json"), JSON.stringify({ accounts }));
    const env = { FLEET_REQUESTS_PER_SECOND: "1000000", FLEET_CONCURRENCY: "20" };
    const workers = [await fleet.simulatedWorker(env), await fleet.simulatedWorker(env)];
    const run = fleet.start(["up", "--accounts", "many.json", "--wave", "1%,10%,100%"]);
    const { code, output } = await run.ended;

    expect({ code, output: output.slice(-1_000) }).toMatchObject({ code: 0 });
    expect(fleet.stacks("done")).toHaveLength(10_000);
    const [, id = ""] = /^(up-\S+):/m.exec(output) ?? [];
    const all = listed.parse(await fleet.server.ask(["workflow", "list", "--limit", "100"]));
    const ids = all.map(({ execution }) => execution.workflowId).filter((one) => one.startsWith(`${id}/`));
    // 100 accounts, 900, 9,000; at most 500 in each.
    expect(ids).toHaveLength(1 + 2 + 18);
    const lengths = await Promise.all(ids.map(historyOf));
    // Temporal advises to end a history at 4,096 events, and ends it at 51,200.
    expect(Math.max(...lengths)).toBeLessThan(3_000);
    expect(await historyOf(id)).toBeLessThan(500);
    const megabytes = workers.map(({ pid }) => peakOf(pid));
    expect(Math.max(...megabytes)).toBeLessThanOrEqual(300);
  });

  async function historyOf(id: string): Promise<number> {
    const answer = await fleet.server.ask(["workflow", "describe", "--workflow-id", id]);
    return described.parse(answer).workflowExecutionInfo.historyLength;
  }
});

/** The most memory that a process has had, in MB. */
function peakOf(pid: number): number {
  const [, kilobytes = "0"] = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1_024);
}
