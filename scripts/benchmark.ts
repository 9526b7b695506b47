// `npm run bench -- [--quick] [--only SECTIONS] [--out FILE]`: this package against what people write by hand, and against
// an empty program, with the real engine and its host, and the emulated cloud. Runs alternate; figures are ratios in one
// run, or counts. Prints a Markdown table. Ends with code 1 if a bar is missed.
//
// --quick  fewer rounds and smaller stacks: timings are then only a hint, though they count all the same
// --only   some of the sections, with commas between them: small, large, requests, load, growth, throttled, audit, fleet, plugin. The
//          last needs what `npm run plugin` and `npm run sdks` make, and Go for it.
// --out    writes the figures as JSON too

import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { type Emulator, startEmulator } from "../emulator/server";
import { audit } from "./benchmark/audit";
import { atMost, exactly, type Figure, median, ratios, table } from "./benchmark/figures";
import { fleet, oneStack } from "./benchmark/fleet";
import type { Contender } from "./benchmark/programs";
import { BenchStack, type Outcome, type Project } from "./benchmark/stack";
import { withoutCloudVariables } from "./emulatedAccount";
import { type Engine, ensureEngine } from "./engine";
import { makeSdks } from "./sdks";

const root = path.resolve(__dirname, "../..");
const account = "example-company";
const region = "cn-north-4";

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean" }, only: { type: "string" }, out: { type: "string" } },
  });
  const runs = values.quick ? { small: 4, large: 1, load: 9, plugin: 1 } : { small: 12, large: 5, load: 25, plugin: 5 };
  const engine = await ensureEngine();
  const figures: Figure[] = [];
  const add = (...more: Figure[]) => {
    figures.push(...more);
    for (const { name, value, bar, ok } of more)
      process.stderr.write(`${ok ? "ok  " : "MISS"} ${name}: ${value} (${bar})\n`);
  };
  const sections: Record<string, () => Promise<Figure[]>> = {
    small: () => small(engine, runs.small),
    large: () => large(engine, runs.large),
    requests: () => requests(engine),
    load: async () => [moduleLoad(runs.load), notLoaded()],
    growth: () => (values.quick ? growth(engine, [10, 50, 100], 1) : growth(engine, [10, 100, 500], 3)),
    plugin: () => plugin(engine, runs.plugin, runs.load),
    throttled: async () => [await throttled(engine, values.quick ? 100 : 500)],
    audit: () => audit(values.quick ? 100 : 1000),
    fleet: async () => [
      ...(await fleet(engine, values.quick ? 8 : 24)),
      ...(await oneStack(engine, values.quick ? [8, 64] : [8, 64, 512])),
    ],
  };
  const chosen = values.only?.split(",") ?? Object.keys(sections);
  for (const name of chosen) {
    const section = sections[name];
    if (!section) throw new Error(`--only: there is no ${name}, only ${Object.keys(sections).join(", ")}`);
    add(...(await section()));
  }
  process.stdout.write(`${table(figures)}\n`);
  if (values.out) fs.writeFileSync(values.out, `${JSON.stringify({ figures }, null, 2)}\n`);
  if (figures.some(({ ok }) => !ok)) process.exitCode = 1;
}

/** One resource: what every pull request of most users costs. */
async function small(engine: Engine, runs: number): Promise<Figure[]> {
  return withContenders(engine, 1, {}, ["ours", "minimal", "empty"], async (stacks) => {
    for (const stack of stacks) await stack.up();
    const { times: previews, cpuTimes } = await alternate(stacks, runs, (stack) => stack.preview());
    const { times: ups } = await alternate(stacks, runs, (stack) => stack.up());
    const preview = ratios(previews.ours, previews.minimal);
    const cpu = ratios(cpuTimes.ours, cpuTimes.minimal);
    const up = ratios(ups.ours, ups.minimal);
    const floor = median(previews.empty);
    const share = (median(previews.ours) - floor) / (median(previews.minimal) - floor);
    return [
      atMost("preview, 1 resource, no change: ours / minimal", median(preview), 1, preview),
      atMost("up, 1 resource, no change: ours / minimal", median(up), 1, up),
      // Known on Linux only.
      ...(cpu.some(Number.isNaN)
        ? []
        : [atMost("preview, 1 resource, processor time: ours / minimal", median(cpu), 1, cpu)]),
      atMost("share over the floor, preview: (ours - floor) / (minimal - floor)", share, 1),
    ];
  });
}

/** 200 resources in 200 projects, as a landing zone has them. */
async function large(engine: Engine, runs: number): Promise<Figure[]> {
  const ups: Record<string, number[]> = { ours: [], minimal: [] };
  const withoutLookUp: number[] = [];
  let figures: Figure[] = [];
  for (let run = 0; run < runs; run++) {
    await withContenders(engine, 200, { latencyMs: 20 }, ["ours", "minimal"], async (stacks) => {
      for (const stack of run % 2 ? [...stacks].reverse() : stacks) ups[stack.contender]?.push((await stack.up()).ms);
      await stacks[0]?.destroy();
      withoutLookUp.push((await stacks[0]?.up({ HW_PREFLIGHT: "off" }))?.ms ?? 0);
      if (run < runs - 1) return;
      const { times: previews } = await alternate(stacks, Math.max(runs, 2), (stack) => stack.preview());
      const [ours, minimal] = stacks.map((stack) => stack.stateBytes());
      const up = ratios(ups.ours ?? [], ups.minimal ?? []);
      const preview = ratios(previews.ours, previews.minimal);
      figures = [
        atMost("up, 200 resources, 20 ms latency: ours / minimal", median(up), 0.95, up),
        atMost(
          "the same without the look-up of keys (preflight off)",
          median(ratios(withoutLookUp, ups.minimal ?? [])),
          0.95,
        ),
        atMost("preview, 200 resources, no change: ours / minimal", median(preview), 0.95, preview),
        atMost("state bytes, 200 resources: ours / minimal", (ours ?? 0) / (minimal ?? 1), 0.6),
      ];
    });
  }
  return figures;
}

/** How often the cloud is asked, by operation; without authentication. */
async function requests(engine: Engine): Promise<Figure[]> {
  const count = async (emulator: Emulator, work: () => Promise<Outcome>, service?: string) => {
    emulator.clearRequests();
    await work();
    return emulator.requests.filter((record) => (service ? record.service === service : record.service !== "iam"))
      .length;
  };
  const password = { HW_ACCESS_KEY: "", HW_SECRET_KEY: "", ...passwordOf() };
  const resources = 200;
  return withContenders(
    engine,
    resources,
    {},
    ["ours"],
    async ([stack], emulator) => {
      if (!stack) throw new Error("there is no stack");
      const created = await count(emulator, () => stack.up());
      const logins = emulator.requests.filter(({ service }) => service === "iam").length;
      const unchanged = (await count(emulator, () => stack.preview())) + (await count(emulator, () => stack.up()));
      const refreshed = await count(emulator, () => stack.refresh());
      const deleted = await count(emulator, () => stack.destroy());
      const withoutPreflight = await withContenders(
        engine,
        1,
        {},
        ["ours"],
        async ([one], other) => {
          if (!one) throw new Error("there is no stack");
          return count(other, () => one.up());
        },
        { HW_PREFLIGHT: "off" },
      );
      return [
        exactly("requests of an unchanged preview and up", unchanged, 0),
        exactly("requests of a refresh, each resource", refreshed / resources, 1),
        exactly("requests of a creation with preflight, each resource", created / resources, 3),
        exactly("requests of a creation without preflight", withoutPreflight, 2),
        exactly("requests of a deletion, each resource", deleted / resources, 2),
        exactly("logins, each project, 200 concurrent resources", logins / resources, 1),
      ];
    },
    password,
  );
}

/** A run that has nothing to ask, from loading to the end of check and diff: against loading zod alone, in fresh processes. */
function moduleLoad(runs: number): Figure {
  const environment = { HW_ACCESS_KEY: "AK", HW_SECRET_KEY: "SK", HW_REGION_NAME: region, HOME: "/nonexistent" };
  const time = (body: string) => {
    const script = `const start = process.hrtime.bigint(); (async () => { ${body} })().then(() => console.log(Number(process.hrtime.bigint() - start) / 1e6))`;
    const env = { ...withoutCloudVariables(process.env), ...environment };
    return Number(execFileSync(process.execPath, ["-e", script], { cwd: root, env, encoding: "utf8" }));
  };
  const state = { kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", region, projectName: region, onDelete: "reset" };
  const provider = `
    const provider = require(${JSON.stringify(path.join(root, "dist/provider/dynamic/defaultEncryptionKey.js"))});
    await provider.configure({ config: { get() {}, rawConfig: {} } });
    const state = ${JSON.stringify(state)};
    const { inputs } = await provider.check(state, { kmsKeyId: state.kmsKeyId });
    await provider.diff("id", { ...state, projectId: "0123456789abcdef0123456789abcdef" }, inputs);`;
  const ours: number[] = [];
  const zod: number[] = [];
  for (let run = 0; run < runs; run++) {
    ours.push(time(provider));
    zod.push(time('require("zod");'));
  }
  const extra = ours.map((value, index) => value - (zod[index] ?? 0));
  return atMost(
    "provider of a run without requests: loading, check, diff; ms over loading zod alone",
    median(extra),
    15,
    extra,
  );
}

/** The heavy part of the tree, of which such a run must load nothing. */
function notLoaded(): Figure {
  const script =
    'require("./dist/provider/dynamic/defaultEncryptionKey.js"); console.log(Object.keys(require.cache).join("\\n"))';
  const files = execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }).trim().split("\n");
  const heavy =
    /[/\\]axios[/\\]|huaweicloud[/\\](transport[/\\](transport|axios)|connection|credentials[/\\]signing)\.js$/;
  const name = "files of axios, the signer and the cloud client that such a run loads";
  return exactly(name, files.filter((file) => heavy.test(file)).length, 0);
}

/**
 * Cost of one resource more, and the host's memory, as stacks grow. The engine writes the whole state at each step of an
 * `up`, whose cost grows with the square of the resources for any provider: here it is told not to.
 */
async function growth(engine: Engine, sizes: [number, number, number], runs: number): Promise<Figure[]> {
  const costs: number[] = [];
  const memory: number[] = [];
  const growths: number[] = [];
  for (let run = 0; run < runs; run++) {
    const outcomes: Outcome[] = [];
    for (const size of sizes) {
      const up = ([stack]: BenchStack[]) => (stack as BenchStack).up(withoutCheckpoints);
      outcomes.push(await withContenders(engine, size, {}, ["ours"], up));
    }
    const [small, middle, big] = outcomes as [Outcome, Outcome, Outcome];
    const early = (middle.ms - small.ms) / (sizes[1] - sizes[0]);
    costs.push((big.ms - middle.ms) / (sizes[2] - sizes[1]) / early);
    memory.push(big.hostMb);
    growths.push(big.hostMb / small.hostMb);
  }
  const [small, middle, big] = sizes;
  return [
    atMost(
      `up, cost of one resource more: from ${middle} to ${big} / from ${small} to ${middle}`,
      median(costs),
      1.3,
      costs,
    ),
    // Known on Linux only.
    ...(memory.includes(0)
      ? []
      : [
          atMost(`memory of the host at ${big} resources, MB`, median(memory), 200, memory),
          atMost(`memory of the host: at ${big} resources / at ${small}`, median(growths), 1.3, growths),
        ]),
  ];
}

const withoutCheckpoints = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** A service that allows 50 requests a second: all must converge, with little sent in vain. */
async function throttled(engine: Engine, size: number): Promise<Figure> {
  return withContenders(engine, size, { throttle: { perSecond: 50 } }, ["ours"], async ([stack], emulator) => {
    await stack?.up();
    const sent = emulator.requests.length;
    const refused = emulator.requests.filter(({ status }) => status === 429).length;
    return atMost(`${size} resources, 50 requests a second allowed: sent / needed`, sent / (sent - refused), 1.3);
  });
}

/** The plugin against the dynamic front and against what people write by hand; programs are JavaScript. */
async function plugin(engine: Engine, runs: number, starts: number): Promise<Figure[]> {
  execFileSync(process.execPath, [path.join(root, "scripts/plugin.mjs")], { cwd: root, stdio: "inherit" });
  await makeSdks();
  const firsts = await withContenders(engine, 40, { latencyMs: 100 }, ["plugin", "ours"], async (stacks) => {
    const { times } = await alternate(stacks, runs, (stack) => stack.firstPreview());
    return ratios(times.plugin, times.ours);
  });
  const [unchanged, state] = await withContenders(engine, 200, {}, ["plugin", "minimal"], async (stacks) => {
    for (const stack of stacks) await stack.up(withoutCheckpoints);
    const { times } = await alternate(stacks, runs, (stack) => stack.preview());
    const [ours = 0, minimal = 1] = stacks.map((stack) => stack.stateBytes());
    return [ratios(times.plugin, times.minimal), ours / minimal] as const;
  });
  const memory = await withContenders(engine, 500, {}, ["plugin"], async ([stack]) =>
    (stack as BenchStack).up(withoutCheckpoints),
  );
  const startTimes: number[] = [];
  for (let run = 0; run < starts; run++) startTimes.push(await startToPort());
  return [
    atMost("first preview, 40 new keys, 100 ms latency: plugin / dynamic front", median(firsts), 0.45, firsts),
    atMost("preview, 200 resources, no change: plugin / minimal", median(unchanged), 0.85, unchanged),
    atMost("state bytes, 200 resources: plugin / minimal", state, 0.35),
    // Known on Linux only.
    ...(memory.hostMb === 0 ? [] : [atMost("memory of the plugin at 500 resources, MB", memory.hostMb, 90)]),
    atMost("plugin, from its start to its port, ms", median(startTimes), 150, startTimes),
  ];
}

/** How long the plugin's process takes until it prints its port, in ms. */
function startToPort(): Promise<number> {
  const start = performance.now();
  const child = spawn(path.join(root, "dist/plugin/bin/pulumi-resource-huaweicloud-evs"), [], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the plugin ended with ${code} before it printed its port`)));
    child.stdout.once("data", () => {
      const ms = performance.now() - start;
      child.removeAllListeners("exit");
      // The next one starts when this one has ended: its end would slow it down.
      child.once("exit", () => resolve(ms));
      child.kill("SIGKILL");
    });
  });
}

async function alternate(stacks: BenchStack[], runs: number, work: (stack: BenchStack) => Promise<Outcome>) {
  const times: Record<Contender, number[]> = { ours: [], plugin: [], minimal: [], empty: [] };
  const cpuTimes: Record<Contender, number[]> = { ours: [], plugin: [], minimal: [], empty: [] };
  for (let run = 0; run < runs; run++) {
    for (const stack of run % 2 ? [...stacks].reverse() : stacks) {
      const { ms, cpuMs } = await work(stack);
      times[stack.contender].push(ms);
      cpuTimes[stack.contender].push(cpuMs);
    }
  }
  return { times, cpuTimes };
}

async function withContenders<T>(
  engine: Engine,
  size: number,
  options: Parameters<typeof startEmulator>[0],
  contenders: Contender[],
  body: (stacks: BenchStack[], emulator: Emulator) => Promise<T>,
  more: Record<string, string> = {},
): Promise<T> {
  const emulator = await startEmulator(options);
  const added = emulator.cloud.addProjects(account, region, size);
  const projects = added.map(({ id, keyIds }): Project => ({ region, projectId: id, keyId: keyIds[0] ?? "" }));
  for (const { projectId } of projects) emulator.cloud.setDefaultEncryption(projectId, { enabled: true });
  const user = emulator.cloud.user(account, "deployer");
  const credentials = { HW_ACCESS_KEY: user?.accessKey ?? "", HW_SECRET_KEY: user?.secretKey ?? "" };
  const known = contenders.includes("minimal") ? await tokens(emulator, projects) : {};
  const stacks = contenders.map(
    (contender) => new BenchStack(engine, contender, emulator, projects, known, { ...credentials, ...more }),
  );
  try {
    for (const stack of stacks) await stack.init();
    emulator.clearRequests();
    return await body(stacks, emulator);
  } finally {
    for (const stack of stacks) stack.remove();
    await emulator.close();
  }
}

/** What the minimal provider has in place of a login: a token for each project. */
async function tokens(emulator: Emulator, projects: Project[]): Promise<Record<string, string>> {
  const { HW_USER_NAME: name, HW_USER_PASSWORD: password, HW_DOMAIN_NAME } = passwordOf();
  const identity = { methods: ["password"], password: { user: { name, password, domain: { name: HW_DOMAIN_NAME } } } };
  const entries = projects.map(async ({ projectId }) => {
    const body = JSON.stringify({ auth: { identity, scope: { project: { id: projectId } } } });
    const answer = await fetch(`${emulator.endpoint}/v3/auth/tokens`, { method: "POST", body });
    return [projectId, answer.headers.get("x-subject-token") ?? ""];
  });
  return Object.fromEntries(await Promise.all(entries));
}

function passwordOf() {
  return { HW_USER_NAME: "deployer", HW_USER_PASSWORD: "Emulator-Deployer-Pa55", HW_DOMAIN_NAME: account };
}
