// `npm run bench -- --only fleet`: what one machine bears of examples/fleet, as its user starts it: a first `up` and an unchanged
// one of the same accounts, two regions each, by how many at a time; and what one stack for all of them costs, by the component.
// The emulated cloud takes 50 ms for each call.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fleetDeployer } from "../../emulator/cloud/fleet";
import type { Engine } from "../engine";
import { createFleetProject, type FleetProject } from "../fleetProject";
import type { Counted, FleetProcess, Started } from "./emulatorProcess";
import { atMost, exactly, type Figure, measured } from "./figures";
import { childrenCpuMs, descendants } from "./stack";

const latencyMs = 50;
const lanes = [1, 2, 4, 8];
const regions = ["cn-north-4", "ap-southeast-3"];

interface Outcome {
  done: number;
  /** For one account, that of the audit at the end too. */
  requests: number;
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
    measured("fleet: requests of a first up and its audit, each account", of("first up", 1).requests),
    measured("fleet: requests of an unchanged up and its audit, each account", of("unchanged up", 1).requests),
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
            1.5,
          ),
        ]),
    measured("processors of this machine", os.cpus().length),
  ];
}

/** The way without a fleet. */
export async function oneStack(engine: Engine, sizes: readonly number[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const accounts of sizes) {
    const seconds = await upOfOneStack(engine, accounts);
    figures.push(measured(`one stack of ${accounts} accounts, first up: processor seconds an account`, seconds));
  }
  return figures.filter(({ value }) => !Number.isNaN(value));
}

/** Of the memory, by the number of accounts at a time: between the first and the last. */
function growth(values: readonly number[]): number {
  return ((values.at(-1) ?? 0) - (values[0] ?? 0)) / ((lanes.at(-1) ?? 0) - (lanes[0] ?? 0));
}

async function run(engine: Engine, accounts: number, concurrency: number): Promise<[string, Outcome][]> {
  return withProject(engine, accounts, async (project, sent) => {
    const listed = namesOf(accounts).map((name) => ({ name, agency: fleetDeployer }));
    fs.writeFileSync(path.join(project.folder, "accounts.json"), JSON.stringify({ accounts: listed }));
    const args = ["dist/fleet.js", "up", "--accounts", "accounts.json", "--concurrency", String(concurrency)];
    const outcomes: [string, Outcome][] = [];
    for (const what of ["first up", "unchanged up"]) {
      const before = await sent();
      const { seconds, cpuSeconds, mb } = await timed(process.execPath, args, project);
      const { summary } = JSON.parse(fs.readFileSync(path.join(project.folder, ".fleet", "report.json"), "utf8"));
      const requests = ((await sent()) - before) / accounts;
      const perMinute = (summary.done / seconds) * 60;
      outcomes.push([what, { done: summary.done, requests, perMinute, cpuSeconds: cpuSeconds / accounts, mb }]);
    }
    return outcomes;
  });
}

/** Processor seconds of a first `up`, for one account: all accounts are in one stack. NaN off Linux. */
async function upOfOneStack(engine: Engine, accounts: number): Promise<number> {
  return withProject(engine, accounts, async (project) => {
    fs.writeFileSync(path.join(project.folder, "names.json"), JSON.stringify(namesOf(accounts)));
    fs.writeFileSync(path.join(project.folder, "all.js"), program);
    const settings = "name: all\nmain: all.js\nruntime:\n  name: nodejs\n  options:\n    typescript: false\n";
    fs.writeFileSync(path.join(project.folder, "Pulumi.yaml"), settings);
    await timed(engine.command, ["stack", "init", "all", "--non-interactive"], project);
    const flags = ["--yes", "--skip-preview", "--non-interactive", "--suppress-progress", "--suppress-outputs"];
    const { cpuSeconds } = await timed(engine.command, ["up", "--stack", "all", ...flags], project);
    return cpuSeconds / accounts;
  });
}

const program = `
const evs = require("pulumi-huaweicloud-evs");
const entries = require("./names.json").flatMap((domainName) => ${JSON.stringify(regions)}.map((region) => {
  const place = { region, assumeRole: { agencyName: "${fleetDeployer}", domainName } };
  return [domainName + "-" + region, { ...place, kmsKeyId: evs.getKmsKeyOutput({ ...place, alias: "app-disks" }).keyId }];
}));
new evs.DefaultEncryptionBaseline("baseline", { projects: Object.fromEntries(entries) });
`;

function namesOf(accounts: number): string[] {
  return Array.from({ length: accounts }, (_, index) => `fleet-${String(index + 1).padStart(4, "0")}`);
}

/** `sent` resolves to the number of requests that the cloud has had. */
async function withProject<T>(
  engine: Engine,
  accounts: number,
  body: (project: FleetProject, sent: () => Promise<number>) => Promise<T>,
): Promise<T> {
  const asked: FleetProcess = { fleet: { accounts, regions, conditions: ["never-set"] }, latencyMs };
  const emulator = fork(path.join(__dirname, "emulatorProcess.js"), [JSON.stringify(asked)]);
  try {
    const [cloud] = (await once(emulator, "message")) as [Started];
    const project = createFleetProject(engine, {
      HW_ENDPOINT_URL: cloud.endpoint,
      HW_ACCESS_KEY: cloud.accessKey,
      HW_SECRET_KEY: cloud.secretKey,
      HW_REGION_NAME: "cn-north-4",
    });
    const sent = async () => {
      emulator.send("count");
      const [counted] = (await once(emulator, "message")) as [Counted];
      return counted.sent;
    };
    try {
      return await body(project, sent);
    } finally {
      project.remove();
    }
  } finally {
    emulator.kill();
  }
}

interface Timed {
  seconds: number;
  cpuSeconds: number;
  mb: number;
}

/** Throws if the command fails. */
async function timed(command: string, args: string[], { folder: cwd, env }: FleetProject): Promise<Timed> {
  const start = performance.now();
  const cpuBefore = childrenCpuMs();
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
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
  if (exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${exitCode}:\n${said}`);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpuSeconds: (childrenCpuMs() - cpuBefore) / 1000, mb: kilobytes / 1024 };
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
