// What the command does besides `up`: preview, drift, destroy, the choice of accounts, manifests, and its exit codes.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fleetDeployer } from "../../emulator/cloud/fleet";
import { World } from "./world";

jest.setTimeout(240_000);

const [first = "", second = ""] = ["fleet-0001", "fleet-0002"];
let world: World;
beforeAll(async () => {
  world = await World.create(2);
});
afterAll(() => world.close());

const run = async (...args: string[]) => {
  const { code, output } = await world.run(args);
  return { code, output };
};

/** Every file of the state, and when it was changed. */
function backend(): Map<string, number> {
  const folder = path.join(world.project.root, "backend");
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Map(names.map((name) => [name, fs.statSync(path.join(folder, name)).mtimeMs]));
}

test("a preview says what an up would do, and changes nothing", async () => {
  expect(await run("preview", "--only", first)).toMatchObject({ code: 0 });
  expect(world.report().accounts).toMatchObject([{ status: "done", changes: { create: 6 } }]);
  expect(world.isConverged(first)).toBe(false);
});

test("drift of an account that has no stack is a failure that says what to do", async () => {
  expect(await run("drift", "--only", second)).toEqual({
    code: 1,
    output: expect.stringContaining(`${second}: It has no stack yet: run \`up\` first.`),
  });
});

test("only new accounts are chosen; when there is none, nothing is done", async () => {
  expect(await run("up", "--only", first)).toMatchObject({ code: 0 });
  expect(world.report().accounts.map(({ stack }) => stack)).toEqual([first]);
  expect(await run("up", "--only-new")).toMatchObject({ code: 0 });
  expect(world.report().accounts.map(({ stack }) => stack)).toEqual([second]);
  world.emulator.clearRequests();
  expect(await run("up", "--only-new")).toMatchObject({ code: 0 });
  expect(world.report().accounts).toEqual([]);
  expect(world.emulator.requests.filter(({ service }) => service === "evs")).toEqual([]);
});

test("drift finds what was changed by hand, puts nothing right, and ends with 1; an up puts it right", async () => {
  expect(await run("drift")).toMatchObject({ code: 0 });
  const [project] = world.projects(second);
  world.emulator.cloud.setDefaultEncryption(project?.id ?? "", { enabled: false });
  const before = backend();
  expect(await run("drift")).toMatchObject({ code: 1 });
  // Not even a lock: credentials that only read are enough.
  expect(backend()).toEqual(before);
  expect(world.report().summary).toMatchObject({ done: 2, drifted: 1, failed: 0 });
  expect(world.isConverged(second)).toBe(false);
  expect(await run("up")).toMatchObject({ code: 0 });
  expect(world.isConverged(second)).toBe(true);
});

test("index.ts is the same stack for Pulumi's own command, with the configuration that a manifest has", async () => {
  const { output } = await run("manifests");
  const { items } = JSON.parse(output);
  const { spec } = items.find(({ metadata }: { metadata: { name: string } }) => metadata.name === `evs-${first}`);
  expect(spec).toMatchObject({
    stack: `organization/evs-fleet/${first}`,
    refresh: true,
    workspaceReclaimPolicy: "Delete",
  });
  const [[key, value] = ["", ""], ...more] = Object.entries<string>(spec.config);
  expect(more).toEqual([]);
  const { folder: cwd, env } = world.project;
  const pulumi = (...args: string[]) =>
    execFileSync("pulumi", [...args, "--stack", first, "--non-interactive"], { cwd, env, encoding: "utf8" });
  pulumi("config", "set", "--plaintext", key, value);
  // In a process of its own, because the emulator lives in this one.
  const { spawn } = await import("node:child_process");
  const child = spawn("pulumi", ["preview", "--expect-no-changes", "--stack", first, "--non-interactive"], {
    cwd,
    env,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, said }).toMatchObject({ code: 0, said: expect.stringContaining("6 unchanged") });
});

test("a closed account has no manifest, and no request", async () => {
  world.emulator.cloud.setAccountStatus(second, "suspended");
  const { output } = await world.start(["manifests", "--organization", "--agency", fleetDeployer]).ended;
  expect(JSON.parse(output).items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual(
    expect.not.arrayContaining([`evs-${second}`]),
  );
  world.emulator.cloud.setAccountStatus(second, "active");
});

test("destroy puts back what was found, and needs --yes", async () => {
  expect(await run("destroy", "--only", first)).toMatchObject({ code: 64 });
  expect(await run("destroy", "--only", first, "--yes")).toMatchObject({ code: 0 });
  expect(world.projects(first).map(({ id }) => world.emulator.cloud.evs(id).enabled)).toEqual([false, false]);
  expect(await run("destroy", "--only", first, "--yes")).toMatchObject({ code: 0 });
});

test.each<[string[], string]>([
  [["up", "down"], 'There is no command "up down"'],
  [[], 'There is no command ""'],
  [["up", "--organization"], "and not both"],
  [["up", "--ou", "ou-1"], "--ou is for --organization"],
  [["up", "--wave", "10%"], "the last is 100%"],
  [["up", "--wave", "50%,10%,100%"], "shares grow"],
  [["up", "--wave", "half"], '--wave: "half" is no number'],
  [["up", "--concurrency", "0"], "--concurrency"],
  [["up", "--max-failures", ""], "--max-failures"],
  [["up", "--only", "nobody"], "there is no account nobody"],
  [["up", "--quick"], "--quick"],
  [["up", "--resume", "--folder", "empty"], "has no run to resume"],
])("%j is a wrong use: exit code 64", async (args, words) => {
  expect(await run(...args)).toEqual({ code: 64, output: expect.stringContaining(words) });
});

test("a run of another operation is not resumed", async () => {
  fs.writeFileSync(path.join(world.project.folder, ".fleet", "ledger.jsonl"), '{"run":"up"}\n');
  expect(await run("preview", "--resume")).toEqual({ code: 64, output: expect.stringContaining("is of a run of up") });
});
