// `npm run bench -- --only fleet`: what one machine bears of examples/fleet, as its user starts it: a first `up` and an unchanged
// one of the same accounts, two regions each, by how many at a time. The emulated cloud takes 50 ms for each call.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fleetDeployer } from "../../emulator/cloud/fleet";
import type { Engine } from "../engine";
import { createFleetProject } from "../fleetProject";
import type { FleetProcess, Started } from "./emulatorProcess";
import { atMost, exactly, type Figure, measured } from "./figures";
import { childrenCpuMs, descendants } from "./stack";

const latencyMs = 50;
const lanes = [1, 2, 4, 8];

interface Outcome {
  done: number;
  perMinute: number;
  /** Processor time of all processes for one account, in seconds: what a busy machine blurs least. NaN off Linux. */
  cpuSeconds: number;
  /** The most that all processes had at a time, in MB, each page counted once; 0 off Linux. */
  mb: number;
}

export async function fleet(engine: Engine, accounts: number): Promise<Figure[]> {
  const outcomes = new Map<string, Outcome>();
  for (const concurrency of lanes)
    for (const [what, outcome] of await run(engine, accounts, concurrency))
      outcomes.set(`${what} ${concurrency}`, outcome);
  const of = (what: string, concurrency: number) => outcomes.get(`${what} ${concurrency}`) as Outcome;
  const speed = (what: string) =>
    lanes.map((n) => measured(`fleet, ${what}: accounts a minute, ${n} at a time`, of(what, n).perMinute));
  const cpu = (what: string) =>
    lanes.map((n) => measured(`fleet, ${what}: processor seconds an account, ${n} at a time`, of(what, n).cpuSeconds));
  const memory = lanes.map((n) =>
    measured(`fleet, first up: memory of all processes, ${n} at a time, MB`, of("first up", n).mb),
  );
  return [
    exactly("fleet: accounts that were done", Math.min(...[...outcomes.values()].map(({ done }) => done)), accounts),
    ...speed("first up"),
    ...speed("unchanged up"),
    // Known on Linux only.
    ...(of("first up", 1).mb === 0
      ? []
      : [
          ...cpu("first up"),
          ...cpu("unchanged up"),
          ...memory,
          atMost(
            "fleet: memory of one more account at a time, MB",
            growth(lanes.map((n) => of("first up", n).mb)),
            450,
          ),
          atMost(
            "fleet: processor time of an account, 8 at a time / 1 at a time",
            of("first up", 8).cpuSeconds / of("first up", 1).cpuSeconds,
            1.4,
          ),
        ]),
    measured("processors of this machine", os.cpus().length),
  ];
}

/** Of the memory, by the number of accounts at a time: between the first and the last. */
function growth(values: readonly number[]): number {
  return ((values.at(-1) ?? 0) - (values[0] ?? 0)) / ((lanes.at(-1) ?? 0) - (lanes[0] ?? 0));
}

async function run(engine: Engine, accounts: number, concurrency: number): Promise<[string, Outcome][]> {
  const asked: FleetProcess = {
    fleet: { accounts, regions: ["cn-north-4", "ap-southeast-3"], conditions: ["never-set"] },
    latencyMs,
  };
  const emulator = fork(path.join(__dirname, "emulatorProcess.js"), [JSON.stringify(asked)]);
  try {
    const [cloud] = (await once(emulator, "message")) as [Started];
    const project = createFleetProject(engine, {
      HW_ENDPOINT_URL: cloud.endpoint,
      HW_ACCESS_KEY: cloud.accessKey,
      HW_SECRET_KEY: cloud.secretKey,
      HW_REGION_NAME: "cn-north-4",
    });
    try {
      const listed = Array.from({ length: accounts }, (_, index) => ({
        name: `fleet-${String(index + 1).padStart(4, "0")}`,
        agency: fleetDeployer,
      }));
      fs.writeFileSync(path.join(project.folder, "accounts.json"), JSON.stringify({ accounts: listed }));
      const outcomes: [string, Outcome][] = [];
      for (const what of ["first up", "unchanged up"])
        outcomes.push([what, await runCommand(project.folder, project.env, concurrency, accounts)]);
      return outcomes;
    } finally {
      project.remove();
    }
  } finally {
    emulator.kill();
  }
}

async function runCommand(
  cwd: string,
  env: Record<string, string>,
  concurrency: number,
  accounts: number,
): Promise<Outcome> {
  const args = ["dist/fleet.js", "up", "--accounts", "accounts.json", "--concurrency", String(concurrency)];
  const start = performance.now();
  const cpuBefore = childrenCpuMs();
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  let kilobytes = 0;
  const watch = setInterval(() => {
    const all = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
    kilobytes = Math.max(
      kilobytes,
      all.map(proportionalKb).reduce((sum, one) => sum + one, 0),
    );
  }, 250);
  const [exitCode] = (await once(child, "close")) as [number];
  clearInterval(watch);
  const minutes = (performance.now() - start) / 60_000;
  if (exitCode !== 0) throw new Error(`the fleet ended with ${exitCode}:\n${said}`);
  const { summary } = JSON.parse(fs.readFileSync(path.join(cwd, ".fleet", "report.json"), "utf8"));
  const cpuSeconds = (childrenCpuMs() - cpuBefore) / 1000 / accounts;
  return { done: summary.done, cpuSeconds, perMinute: summary.done / minutes, mb: kilobytes / 1024 };
}

/** Of pages that processes share, each has its part; 0 if it has ended, or off Linux. */
function proportionalKb(pid: number): number {
  try {
    const [, size] = /^Pss:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(size ?? 0);
  } catch {
    return 0;
  }
}
