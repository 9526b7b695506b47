// `npm run bench -- --only audit`: the command `audit` over an organization of a thousand accounts with ten projects each, as its
// users start it, against an emulated cloud that takes 20 ms for each call.

import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fleetAgency } from "../../emulator/cloud/fleet";
import { withoutCloudVariables } from "../emulatedAccount";
import type { Counted, FleetProcess, Started } from "./emulatorProcess";
import { atMost, exactly, type Figure } from "./figures";

const root = path.resolve(__dirname, "../../..");
const command = path.join(root, "dist", "cli", "main.js");
const regions = 5;
const projectsPerRegion = 2;
const projectsOf = (accounts: number): number => accounts * regions * projectsPerRegion;
const latencyMs = 20;
const perSecond = 200;

interface Outcome extends Counted {
  ms: number;
  /** Largest resident size, in MB; 0 off Linux. */
  mb: number;
  exitCode: number;
  ok: number;
}

export async function audit(accounts: number): Promise<Figure[]> {
  const few = await run(accounts / 10, {});
  const many = await run(accounts, {});
  const throttled = await run(accounts, { throttle: { perSecond } });
  const size = `${accounts.toLocaleString("en")} accounts × 10 projects`;
  const bound = boundMs(accounts);
  return [
    exactly(`audit, ${size}: projects found ok`, Math.min(many.ok, throttled.ok), projectsOf(accounts)),
    atMost(`audit, ${size}: sent / needed`, many.sent / needed(accounts), 1.05),
    atMost(`the same, ${perSecond} a second allowed`, throttled.sent / needed(accounts), 1.3),
    atMost(
      `audit, ${size}, ${perSecond} a second allowed: time / the least that the limit allows`,
      throttled.ms / bound,
      1.25,
    ),
    // Known on Linux only.
    ...(many.mb === 0 ? [] : [atMost(`memory of the audit of ${size}, MB`, Math.max(many.mb, throttled.mb), 250)]),
    atMost(`audit: time of ${size} / 10 times that of a tenth`, many.ms / (10 * few.ms), 1.2),
  ];
}

/**
 * What an audit cannot do without. The organization: one page of accounts for each 1,000. Each account: a temporary key, and its
 * projects. Each project: the switch, the key's ID, the key, and its rotation.
 */
function needed(accounts: number): number {
  return Math.ceil((accounts + 1) / 1000) + 2 * accounts + 4 * projectsOf(accounts);
}

/** EVS is asked twice for each project, and so is KMS, each within its own limit. */
function boundMs(accounts: number): number {
  return ((2 * projectsOf(accounts)) / perSecond) * 1000;
}

async function run(accounts: number, options: Pick<FleetProcess, "throttle">): Promise<Outcome> {
  const asked: FleetProcess = { fleet: { accounts, regions, projectsPerRegion }, latencyMs, ...options };
  const emulator = fork(path.join(__dirname, "emulatorProcess.js"), [JSON.stringify(asked)]);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-bench-audit-"));
  try {
    const [started] = (await once(emulator, "message")) as [Started];
    const outcome = await runCommand(started, path.join(folder, "report.json"));
    emulator.send("count");
    const [counted] = (await once(emulator, "message")) as [Counted];
    return { ...outcome, ...counted };
  } finally {
    emulator.kill();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function runCommand(cloud: Started, file: string): Promise<Omit<Outcome, keyof Counted>> {
  const args = ["audit", "--organization", "--agency", fleetAgency, "--format", "json", "--out", file];
  const env = {
    ...withoutCloudVariables(process.env),
    HOME: path.dirname(file),
    HW_ENDPOINT_URL: cloud.endpoint,
    HW_ACCESS_KEY: cloud.accessKey,
    HW_SECRET_KEY: cloud.secretKey,
    HW_REGION_NAME: "cn-north-4",
  };
  const start = performance.now();
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  let kilobytes = 0;
  const watch = setInterval(() => {
    kilobytes = Math.max(kilobytes, residentKb(child.pid ?? 0));
  }, 100);
  const [exitCode] = (await once(child, "close")) as [number];
  clearInterval(watch);
  const ms = performance.now() - start;
  if (!fs.existsSync(file)) throw new Error(`audit ended with ${exitCode}:\n${said}`);
  const { summary } = JSON.parse(fs.readFileSync(file, "utf8"));
  return { ms, mb: kilobytes / 1024, exitCode, ok: summary.verdicts.ok };
}

/** The largest size so far; 0 if it has ended, or off Linux. */
function residentKb(pid: number): number {
  try {
    const [, peak] = /^VmHWM:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(peak ?? 0);
  } catch {
    return 0;
  }
}
