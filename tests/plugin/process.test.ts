// The plugin as a process: how soon it listens, and that it ends with its engine, on a signal and when the engine is gone.
import { type ChildProcess, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { tokens } from "../../plugin/names";
import { region, startCloud } from "../fixtures/emulatedCloud";
import { bundledPlugin, checkout } from "../harness/readiness";

const launcher = path.join(checkout, "dist/plugin/bin/pulumi-resource-huaweicloud-evs");
const started: number[] = [];

beforeAll(() => bundledPlugin(), 120_000);
afterEach(() => {
  for (const pid of started.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
});

function start(command: string, args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: { PATH: process.env.PATH } });
  if (child.pid !== undefined) started.push(child.pid);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout?.once("data", (text) => resolve({ child, line: String(text).trim() }));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** How long until it is true, in milliseconds. */
async function untilTrue(isTrue: () => boolean, limitMs: number): Promise<number> {
  const startedAt = Date.now();
  while (!isTrue() && Date.now() - startedAt < limitMs) await new Promise((resolve) => setTimeout(resolve, 50));
  return Date.now() - startedAt;
}

it.each(["SIGINT", "SIGTERM"] as const)("prints its port alone, and ends on %s within 2 seconds", async (signal) => {
  const { child, line } = await start(launcher, ["127.0.0.1:1"]);
  expect(line).toMatch(/^\d+$/);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const signalledAt = Date.now();
  child.kill(signal);
  expect(await ended).toBe(0);
  expect(Date.now() - signalledAt).toBeLessThan(2000);
});

it("ends on SIGINT within 2 seconds while a call is under way, which is answered as not known to be applied", async () => {
  const cloud = await startCloud();
  const hold = cloud.emulator.hold({ operation: "EnableEncryptionByDefault" });
  const { child, line } = await start(launcher, ["127.0.0.1:1"]);
  const client = new ResourceProviderClient(`127.0.0.1:${line}`, grpc.credentials.createInsecure());
  try {
    const settings = {
      authUrl: cloud.emulator.endpoint,
      endpoints: JSON.stringify({ evs: cloud.emulator.endpoint, kms: cloud.emulator.endpoint }),
      preflight: "off",
    };
    const { HW_USER_NAME: userName, HW_USER_PASSWORD: password, HW_DOMAIN_NAME: domainName } = cloud.credentials();
    const args = Struct.fromJavaScript({
      ...settings,
      userName: `${userName}`,
      password: `${password}`,
      domainName: `${domainName}`,
    });
    const configured = new Promise((resolve) =>
      client.configure(new messages.ConfigureRequest().setArgs(args), resolve),
    );
    expect(await configured).toBeNull();
    const create = new messages.CreateRequest()
      .setUrn(`urn:pulumi:stack::project::${tokens.DefaultEncryption}::on`)
      .setProperties(Struct.fromJavaScript({ region, projectId: cloud.project(), enabled: true, onDelete: "reset" }));
    const created = new Promise<grpc.ServiceError | null>((resolve) => client.create(create, resolve));
    await hold.reached;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    const signalledAt = Date.now();
    child.kill("SIGINT");
    expect((await created)?.details).toMatch(/the run is being cancelled.*Run up again to repair it\.$/);
    expect(await ended).toBe(0);
    expect(Date.now() - signalledAt).toBeLessThan(2000);
  } finally {
    hold.release();
    client.close();
    await cloud.close();
  }
}, 20_000);

it("ends within 5 seconds after its engine was killed", async () => {
  // Starts the plugin as the engine does, and says its process ID.
  const engine = `
    const child = require("node:child_process").spawn(${JSON.stringify(launcher)}, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => console.log(child.pid));
  `;
  const { child, line } = await start(process.execPath, ["-e", engine]);
  const plugin = Number(line);
  started.push(plugin);
  expect(isAlive(plugin)).toBe(true);
  child.kill("SIGKILL");
  expect(await untilTrue(() => !isAlive(plugin), 6000)).toBeLessThan(5000);
}, 20_000);

it("has at most 2.5 MB, one launcher for sh and one for Windows, which start the same file", () => {
  const folder = path.dirname(launcher);
  const bytes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(2_500_000);
  expect(fs.readFileSync(launcher, "utf8")).toMatch(/^exec node "\$\(dirname "\$0"\)\/plugin\.js" "\$@"$/m);
  expect(fs.readFileSync(`${launcher}.cmd`, "utf8")).toBe('@node "%~dp0plugin.js" %*\r\n');
});
