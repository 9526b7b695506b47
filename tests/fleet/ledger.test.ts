// The ledger and the waves by themselves: what a kill may leave, who owns a folder, when a run stops, and 10,000 accounts.
import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import type { Outcome } from "../../examples/fleet/account";
import { Ledger } from "../../examples/fleet/ledger";
import { Progress } from "../../examples/fleet/progress";
import { exitCodeOf, toReport } from "../../examples/fleet/report";
import { type Run, runWaves } from "../../examples/fleet/waves";
import { median } from "../../scripts/benchmark/figures";
import { createFleetProject } from "../../scripts/fleetProject";
import { ready } from "../harness/readiness";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-ledger-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const done: Outcome = { status: "done", changes: { create: 6 } };
const failed: Outcome = { status: "failed", changes: {}, error: "no" };
const file = (name: string) => path.join(folder, name);
const append = (name: string, text: string) => fs.appendFileSync(file(name), text);
const lines = () => fs.readFileSync(file("ledger.jsonl"), "utf8").trimEnd().split("\n");

describe("the ledger", () => {
  const begun = () => {
    const ledger = new Ledger(folder, "up", false);
    ledger.begin("a");
    ledger.end("a", { ...done, seconds: 1 });
    ledger.begin("b");
    return ledger;
  };

  it("gives back how an account ended last, and nothing of one that was only begun", () => {
    begun().close();
    const ledger = new Ledger(folder, "up", true);
    expect(ledger.endOf("a")).toEqual({ ...done, seconds: 1 });
    expect(ledger.endOf("b")).toBeUndefined();
    expect(["a", "b", "c"].filter((stack) => ledger.hasBegun(stack))).toEqual(["a", "b"]);
    ledger.end("a", { ...failed, seconds: 2 });
    ledger.close();
    const again = new Ledger(folder, "up", true);
    expect(again.endOf("a")).toEqual({ ...failed, seconds: 2 });
    again.close();
  });

  it.each(['{"ended":"b","sta', '{"ended":"b"', "{"])("goes on after a line that a kill has torn: %s", (torn) => {
    begun().close();
    append("ledger.jsonl", torn);
    const ledger = new Ledger(folder, "up", true);
    expect(ledger.endOf("b")).toBeUndefined();
    ledger.end("b", { ...done, seconds: 1 });
    ledger.close();
    expect(lines().map((line) => JSON.parse(line))).toHaveLength(5);
    const again = new Ledger(folder, "up", true);
    expect(again.endOf("b")).toEqual({ ...done, seconds: 1 });
    again.close();
  });

  it("does not go on with one that is damaged elsewhere", () => {
    begun().close();
    append("ledger.jsonl", 'not JSON\n{"begun":"c"}\n');
    expect(() => new Ledger(folder, "up", true)).toThrow(/ledger\.jsonl is damaged in line 5/);
    // It has let the folder go.
    new Ledger(folder, "up", false).close();
  });

  it("begins anew without --resume", () => {
    begun().close();
    const ledger = new Ledger(folder, "drift", false);
    expect(ledger.endOf("a")).toBeUndefined();
    ledger.close();
    expect(lines()).toEqual(['{"run":"drift"}']);
  });

  it("has each line on the disk before it goes on", () => {
    const sync = jest.spyOn(fs, "fdatasyncSync");
    const ledger = begun();
    expect(sync).toHaveBeenCalledTimes(4);
    ledger.close();
    sync.mockRestore();
  });
});

describe("a folder has one run at a time", () => {
  const claims = () => fs.readFileSync(file("claims.jsonl"), "utf8");

  it("refuses a second one, and lets one in after the end of the first", () => {
    const first = new Ledger(folder, "up", false);
    expect(() => new Ledger(folder, "up", false)).toThrow(/Another run, process \d+, works in/);
    // That it was refused must not keep out the next one.
    first.close();
    new Ledger(folder, "up", false).close();
  });

  it("takes no process for the owner that has another's number", () => {
    new Ledger(folder, "up", false).close();
    append("claims.jsonl", `\n${JSON.stringify({ id: "old", pid: process.pid, start: "1" })}\n`);
    append("claims.jsonl", `\n${JSON.stringify({ id: "gone", pid: 2 ** 22 + 1, start: "1" })}\n`);
    new Ledger(folder, "up", false).close();
  });

  it("is not kept out by a claim that a kill has torn", () => {
    append("claims.jsonl", '\n{"id":"half","pid"');
    const ledger = new Ledger(folder, "up", false);
    expect(() => new Ledger(folder, "up", false)).toThrow(/Another run/);
    ledger.close();
    expect(claims()).toContain("released");
  });
});

describe("waves", () => {
  const targets = Array.from({ length: 40 }, (_, index) => {
    const name = `fleet-${index + 1}`;
    return { stack: name, account: { id: null, name } };
  });

  async function run(work: (stack: string) => Promise<Outcome>, more: Partial<Run> = {}, resume = false) {
    const ledger = new Ledger(folder, "up", resume);
    try {
      const ran = await runWaves({
        targets,
        waves: [100],
        concurrency: 4,
        maxFailures: 0,
        work: ({ stack }) => work(stack),
        ledger,
        progress: new Progress(new PassThrough().resume()),
        signal: new AbortController().signal,
        ...more,
      });
      return toReport("up", new Date(), ran);
    } finally {
      ledger.close();
    }
  }

  /** All succeed. */
  async function resume() {
    const again: string[] = [];
    const work = async (stack: string) => {
      again.push(stack);
      return done;
    };
    return { report: await run(work, {}, true), again };
  }

  it("runs a wave to its end, and none after it once there are too many failures", async () => {
    const ran: string[] = [];
    const report = await run(
      async (stack) => {
        ran.push(stack);
        return stack === "fleet-1" || stack === "fleet-3" ? failed : done;
      },
      { waves: [1, 25, 100], maxFailures: 1 },
    );
    expect(ran).toEqual(targets.slice(0, 10).map(({ stack }) => stack));
    expect(report.stopped).toBe("Wave 2 of 3 ended with 2 failures, and 1 were allowed.");
    expect(report.summary).toMatchObject({ done: 8, failed: 2, notRun: 30 });
    expect(report.accounts.map(({ wave }) => wave)).toEqual([1, ...Array(9).fill(2), ...Array(30).fill(3)]);
    expect(exitCodeOf(report)).toBe(2);
  });

  it("takes the very share of the accounts that it is told", async () => {
    // Seven hundredths of a hundred are a little more than seven, as floating point has it.
    const many = Array.from({ length: 100 }, (_, index) => ({ stack: `s${index}`, account: { id: null, name: null } }));
    const report = await run(async () => done, { targets: many, waves: [7, 100] });
    expect(report.accounts.filter(({ wave }) => wave === 1)).toHaveLength(7);
  });

  it("does not call a run stopped whose last wave has failures", async () => {
    const report = await run(async (stack) => (stack === "fleet-40" ? failed : done), { waves: [50, 100] });
    expect(report).not.toHaveProperty("stopped");
    expect(exitCodeOf(report)).toBe(1);
  });

  it("works as many accounts at a time as it is told, and no more", async () => {
    let working = 0;
    const seen: number[] = [];
    await run(async () => {
      seen.push(++working);
      await new Promise((resolve) => setTimeout(resolve, 5));
      working -= 1;
      return done;
    });
    expect(Math.max(...seen)).toBe(4);
  });

  it("begins nothing more when it is told to stop, and waits for what is running", async () => {
    const stop = new AbortController();
    const report = await run(
      async (stack) => {
        if (stack === "fleet-6") stop.abort();
        await new Promise((resolve) => setTimeout(resolve, 5));
        return stop.signal.aborted ? { status: "cancelled", changes: {} } : done;
      },
      { signal: stop.signal },
    );
    expect(report.stopped).toBe("It was told to stop.");
    expect(report.summary.cancelled).toBeLessThanOrEqual(4);
    expect(report.summary.done + report.summary.cancelled).toBeLessThanOrEqual(8);
    expect(exitCodeOf(report)).toBe(2);

    const { again, report: resumed } = await resume();
    expect(resumed.summary).toMatchObject({ done: 40 });
    expect(again).toHaveLength(40 - report.summary.done);
  });

  it("tries again what has failed, and leaves alone what is done", async () => {
    await run(async (stack) => (stack === "fleet-7" ? failed : done));
    const { again, report } = await resume();
    expect(again).toEqual(["fleet-7"]);
    expect(report.summary).toMatchObject({ accounts: 40, done: 40, failed: 0 });
    expect(exitCodeOf(report)).toBe(0);
  });
});

test("of many runs that start at the same time, one has the folder", async () => {
  const project = createFleetProject(await ready(), {});
  const script = `
    const { Ledger } = require("./ledger.js");
    try {
      new Ledger(process.argv[1], "up", false);
      setTimeout(() => console.log("has it"), 2000);
    } catch (error) {
      console.log(error.name);
    }`;
  try {
    const cwd = path.join(project.folder, "dist");
    const runs = Array.from({ length: 8 }, () =>
      promisify(execFile)(process.execPath, ["-e", script, folder], { cwd }),
    );
    const said = (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
    expect(said.sort()).toEqual([...Array(7).fill("UsageError"), "has it"]);
  } finally {
    project.remove();
  }
}, 60_000);

interface Simulated {
  openMs: number;
  times: number[];
  summary: object;
}

test("10,000 accounts: the ledger's time does not grow with its length, memory stays below 300 MB", async () => {
  const size = 10_000;
  const project = createFleetProject(await ready(), {});
  try {
    const script = path.join(__dirname, "simulation.cjs");
    const args = [script, path.join(project.folder, "dist"), folder, String(size)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const { first, second, most, mb }: { first: Simulated; second: Simulated; most: number; mb: number } =
      JSON.parse(stdout);

    expect(first.summary).toMatchObject({ accounts: size, done: 9900, failed: 100, notRun: 0 });
    expect(second.summary).toMatchObject({ accounts: size, done: size, failed: 0 });
    // Two lines an account; the second run writes them for what had failed alone.
    expect([first.times.length, second.times.length]).toEqual([2 * size, 200]);
    expect(most).toBe(16);
    const early = median(first.times.slice(0, 4000));
    const late = median(first.times.slice(-4000));
    expect(late / early).toBeLessThan(2);
    expect(second.openMs).toBeLessThan(5000);
    expect(mb).toBeLessThan(300);
    process.stderr.write(
      `10,000 accounts: ${late.toFixed(3)} ms a line, ${second.openMs.toFixed(0)} ms to read, ${mb.toFixed(0)} MB\n`,
    );
  } finally {
    project.remove();
  }
}, 240_000);
