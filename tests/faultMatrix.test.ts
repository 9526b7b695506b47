// The fault matrix: each call of each lifecycle, times each fault, at the first try, the first two, and all; and times two faults
// one after the other. Either the call recovers, or there is a clear error and state that is true; and in every case the next
// `up` converges, also one without a refresh.
//
// The lifecycles run in this process against the emulator over HTTP, driven by a model of the engine. The real engine and
// its host are killed and upset in faults.test.ts.
import fs from "node:fs";
import path from "node:path";
import type { FaultAction } from "../emulator/faults";
import * as encryption from "../provider/dynamic/defaultEncryption";
import * as key from "../provider/dynamic/defaultEncryptionKey";
import { HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import { knownSecrets } from "../provider/huaweicloud/transport/knownSecrets";
import { type Bag, InitializationFailed } from "../provider/protocol";
import { type EmulatedCloud, region, startCloud } from "./fixtures/emulatedCloud";
import { CheckFailed, EngineModel, type Lifecycle } from "./fixtures/engineModel";
import { startRun } from "./fixtures/run";

jest.mock("../provider/huaweicloud/transport/retry", () => ({
  ...jest.requireActual("../provider/huaweicloud/transport/retry"),
  delayBefore: () => 1, // the waiting is tested beside the code
}));

/** The deadline of a call where calls hang, because HW_REQUEST_TIMEOUT is a second at least. Saves 80 s of waiting. */
let mockDeadlineMs: number | undefined;
jest.mock("../provider/huaweicloud/connection", () => {
  const actual = jest.requireActual("../provider/huaweicloud/connection");
  const createSend: typeof actual.createSend = (options: { deadlineMs: number }) =>
    actual.createSend({ ...options, deadlineMs: mockDeadlineMs ?? options.deadlineMs });
  return { ...actual, createSend };
});

jest.setTimeout(60_000);

const maxRetries = 2;
const tries = maxRetries + 1;

const faults: Record<string, FaultAction> = {
  "429": { type: "status", status: 429 },
  "429 + wait": { type: "status", status: 429, retryAfter: 0 },
  "gateway throttles": { type: "gateway", code: "APIGW.0308" },
  "500": { type: "status", status: 500 },
  "500 applied": { type: "status", status: 500, applied: true },
  "502": { type: "status", status: 502 },
  "503": { type: "status", status: 503 },
  "504 applied": { type: "status", status: 504, applied: true },
  "403": { type: "status", status: 403 },
  reset: { type: "resetBefore" },
  "reset applied": { type: "resetAfter" },
  "half body": { type: "halfBody" },
  garbage: { type: "garbage" },
  "garbage applied": { type: "garbage", applied: true },
  HTML: { type: "html" },
  empty: { type: "empty", applied: true },
  "no type": { type: "wrongContentType" },
  "stale token": { type: "staleToken" },
  redirect: { type: "redirect", location: "http://127.0.0.1:9/" },
  huge: { type: "hugeBody", bytes: 5 * 1024 * 1024 },
  hang: { type: "hang" },
  "hang applied": { type: "hang", applied: true },
};
/** What one try does, and then all that follow: the last error alone tells nothing of the first. */
const sequences: Record<string, [first: FaultAction, then: FaultAction]> = {
  "reset applied, then 429": [{ type: "resetAfter" }, { type: "status", status: 429 }],
  "reset applied, then 403": [{ type: "resetAfter" }, { type: "status", status: 403 }],
  "500 applied, then 500": [
    { type: "status", status: 500, applied: true },
    { type: "status", status: 500 },
  ],
  "garbage applied, then reset": [{ type: "garbage", applied: true }, { type: "resetBefore" }],
  "stale token, then 503": [{ type: "staleToken" }, { type: "status", status: 503 }],
  "429, then reset applied": [{ type: "status", status: 429 }, { type: "resetAfter" }],
  "empty, then gateway throttles": [
    { type: "empty", applied: true },
    { type: "gateway", code: "APIGW.0308" },
  ],
};

/** A call that nobody answers takes its whole time. */
const isSlow = (fault: string): boolean => /^hang/.test(fault);

interface Story {
  lifecycle: Lifecycle;
  /** Default: user name and password, whose token names the project. */
  credentials?: () => Record<string, string>;
  /** How the cloud is found, and what is declared first. */
  found: { enabled: boolean; alias?: string };
  before?: () => Bag;
  step: (engine: EngineModel) => Promise<void>;
  /** Brings the story to its end, whatever happened in the step: what a user does next. */
  next: (engine: EngineModel) => Promise<void>;
  isConverged: () => boolean;
}

let cloud: EmulatedCloud;
/** What the hosts of the current story have told the user, one after the other. */
let hosts: string[][] = [];
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());
afterEach(() => jest.restoreAllMocks());

const declared = (alias: string, more: Bag = {}): Bag => ({ region, kmsKeyId: cloud.key(alias), ...more });
/** Whether the `up` that is to converge begins with a refresh. */
let refreshes = true;
const up = (news: () => Bag) => async (engine: EngineModel) => {
  if (refreshes) await engine.refresh();
  await engine.up(news());
};
const destroy = (engine: EngineModel) => engine.destroy();
const keyIs = (alias: string) => () => cloud.liveAlias() === alias;
const enabledIs = (enabled: boolean) => () => cloud.live().enabled === enabled;

const stories: Record<string, Story> = {
  "key: create": {
    lifecycle: key,
    found: { enabled: true },
    step: (engine) => engine.up(declared("app-disks")),
    next: up(() => declared("app-disks")),
    isConverged: keyIs("app-disks"),
  },
  "key: create, noting what was there": {
    lifecycle: key,
    found: { enabled: true, alias: "sm4-disks" },
    step: (engine) => engine.up(declared("app-disks", { onDelete: "restore" })),
    // Nothing is lost midway: destroying puts back what was found at the very first.
    next: async (engine) => {
      await up(() => declared("app-disks", { onDelete: "restore" }))(engine);
      await startHost();
      await engine.destroy();
    },
    isConverged: keyIs("sm4-disks"),
  },
  "key: create by access key": {
    lifecycle: key,
    credentials: () => cloud.accessKey(),
    found: { enabled: true },
    step: (engine) => engine.up(declared("app-disks")),
    next: up(() => declared("app-disks")),
    isConverged: keyIs("app-disks"),
  },
  "key: refresh and update": {
    lifecycle: key,
    found: { enabled: true },
    before: () => declared("app-disks"),
    step: up(() => declared("app-disks-next")),
    next: up(() => declared("app-disks-next")),
    isConverged: keyIs("app-disks-next"),
  },
  "key: destroy, reset": {
    lifecycle: key,
    found: { enabled: true },
    before: () => declared("app-disks"),
    step: destroy,
    next: destroy,
    isConverged: keyIs("evs/default"),
  },
  "key: destroy, restore": {
    lifecycle: key,
    found: { enabled: true, alias: "sm4-disks" },
    before: () => declared("app-disks", { onDelete: "restore" }),
    step: destroy,
    next: destroy,
    // Where KMS says that the caller may not see the key, it is reset, and that is said.
    isConverged: () =>
      keyIs("sm4-disks")() || hosts.flat().some((line) => /is reset to the service's own: .*HTTP 403/.test(line)),
  },
  "switch: create": {
    lifecycle: encryption,
    found: { enabled: false, alias: "app-disks" },
    step: (engine) => engine.up({ region }),
    next: async (engine) => {
      await up(() => ({ region }))(engine);
      await startHost();
      await engine.destroy();
    },
    isConverged: enabledIs(false),
  },
  "switch: refresh and update": {
    lifecycle: encryption,
    found: { enabled: true },
    before: () => ({ region }),
    step: up(() => ({ region, enabled: false })),
    next: up(() => ({ region, enabled: false })),
    isConverged: enabledIs(false),
  },
  "switch: destroy": {
    lifecycle: encryption,
    found: { enabled: true },
    before: () => ({ region }),
    step: destroy,
    next: destroy,
    isConverged: enabledIs(true),
  },
  "switch: destroy, back off": {
    lifecycle: encryption,
    found: { enabled: false },
    before: () => ({ region }),
    step: destroy,
    next: destroy,
    isConverged: enabledIs(false),
  },
};

interface Host {
  credentials?: Record<string, string> | undefined;
  endpoint?: string;
  /** Seconds; short for the host that is upset, because a call that nobody answers takes it all. */
  patience?: number;
  hangs?: boolean;
}

/** A fresh host, as each command has one: it knows no secret of those before. */
async function startHost({
  credentials = cloud.credentials(),
  endpoint = cloud.emulator.endpoint,
  patience = 60,
  hangs = false,
}: Host = {}): Promise<void> {
  mockDeadlineMs = hangs ? 200 : undefined;
  knownSecrets.clear();
  const lines = await startRun({
    ...credentials,
    HW_ENDPOINT_URL: endpoint,
    HW_MAX_RETRIES: String(maxRetries),
    HW_REQUEST_TIMEOUT: String(patience),
  });
  hosts.push(lines);
}

/** The story up to its step, on a cloud as it is found. */
async function begin({ lifecycle, found, before, credentials }: Story, hangs = false): Promise<EngineModel> {
  cloud.emulator.faults.clear();
  cloud.emulator.cloud.forgetDefaultEncryption(cloud.project());
  cloud.change({ enabled: found.enabled, keyId: cloud.key(found.alias ?? "hmac-tokens") });
  if (!found.alias) cloud.change({ keyId: serviceKey() });
  const engine = new EngineModel(lifecycle);
  hosts = [];
  await startHost();
  if (before) await engine.up(before());
  await startHost({ credentials: credentials?.(), patience: 1, hangs });
  cloud.requests();
  return engine;
}

const serviceKey = () => cloud.emulator.cloud.keyByAlias(cloud.project(), "evs/default")?.id ?? "";

type Cell = "recovered" | "error";

interface Upset {
  operation: string;
  /** How many calls of this operation come before. */
  occurrence: number;
  actions: { action: FaultAction; times: number }[];
}

/** One cell of the matrix; a cell that ends in an error runs again without a refresh. Throws if a promise is broken. */
async function runCell(story: Story, upset: Upset): Promise<Cell> {
  const cell = await runOnce(story, upset);
  if (cell === "recovered") return cell;
  try {
    return await runOnce(story, upset, { refresh: false });
  } catch (error) {
    throw new Error(`without a refresh: ${(error as Error).message}`, { cause: error });
  }
}

async function runOnce(
  story: Story,
  { operation, occurrence, actions }: Upset,
  { refresh } = { refresh: true },
): Promise<Cell> {
  refreshes = true;
  const hangs = actions.some(({ action }) => action.type === "hang");
  const engine = await begin(story, hangs);
  for (const { action, times } of actions) {
    cloud.emulator.faults.add({ match: { operation }, skip: occurrence, times, action });
  }
  let cell: Cell = "recovered";
  try {
    await story.step(engine);
  } catch (error) {
    cell = "error";
    expectClear(error);
  }
  cloud.emulator.faults.clear();
  await startHost();
  await expectTrue(engine, story.step);
  await startHost();
  refreshes = refresh;
  await story.next(engine);
  refreshes = true;
  if (!story.isConverged()) throw new Error(`it did not converge: ${JSON.stringify(cloud.live())}`);
  return cell;
}

function expectClear(error: unknown): void {
  const isOurs =
    error instanceof HuaweiCloudError || error instanceof InitializationFailed || error instanceof CheckFailed;
  if (!isOurs) throw error;
  const { message } = error;
  expect(message).toContain(region);
  expect(message).not.toMatch(/\n +at |AxiosError|undefined|\[object/);
  for (const secret of [cloud.credentials().HW_USER_PASSWORD, cloud.accessKey().HW_SECRET_KEY]) {
    expect(message).not.toContain(secret);
  }
}

/**
 * State says what holds in the cloud, unless it says itself that the resource is half made. After a destroy that failed,
 * the engine keeps the resource as it was: whether it went through after all is found at the next one.
 */
async function expectTrue({ state, lifecycle }: EngineModel, step: Story["step"]): Promise<void> {
  if (!state || state.halfMade || step === destroy) return;
  const live = (await lifecycle.read(state.id, state.outputs)).props as Bag;
  expect([live.kmsKeyId, live.enabled]).toEqual([state.outputs.kmsKeyId, state.outputs.enabled]);
}

it.each(Object.entries(stories))("%s: where nobody listens", async (_, story) => {
  const engine = await begin(story);
  const before = engine.state;
  await startHost({ credentials: story.credentials?.(), endpoint: "http://127.0.0.1:9", patience: 1 });
  const error = await story.step(engine).catch((caught) => caught);
  expectClear(error);
  expect(error.message).toMatch(/cannot reach http:\/\/127\.0\.0\.1:9: .*ECONNREFUSED.* after 3 tries/);
  expect(engine.state).toEqual(before);
  await startHost();
  await story.next(engine);
  expect(story.isConverged()).toBe(true);
});

const rows: Record<string, Record<string, Cell[]>> = {};

function note(story: string, operation: string, occurrence: number, fault: string, cells: Cell[]): void {
  const row = `${story}: ${cloud.word(operation)}${occurrence > 0 ? ` (${occurrence + 1})` : ""}`;
  rows[row] = { ...rows[row], [fault]: cells };
}

describe.each(Object.entries(stories))("%s", (name, story) => {
  it.each(Object.entries(faults))("%s", async (fault, action) => {
    const engine = await begin(story);
    await story.step(engine);
    const calls = cloud.records().map(({ operation }) => operation);
    expect(calls.length).toBeGreaterThan(1);
    for (const [index, operation] of calls.entries()) {
      // Of a call that changes nothing, nobody can tell whether it was carried out.
      if (fault === "hang applied" && !/Update|Reset|Enable|Disable/.test(operation)) continue;
      const occurrence = calls.slice(0, index).filter((other) => other === operation).length;
      const cells: Cell[] = [];
      for (let times = 1; times <= tries; times++) {
        // A hanging call costs its whole time: the middle tells nothing that the ends do not.
        if (isSlow(fault) && times === 2) continue;
        try {
          cells.push(await runCell(story, { operation, occurrence, actions: [{ action, times }] }));
        } catch (error) {
          throw new Error(`${operation} (${occurrence}), ${fault} x ${times}: ${(error as Error).message}`, {
            cause: error,
          });
        }
      }
      note(name, operation, occurrence, fault, cells);
    }
  });

  it.each(Object.entries(sequences))("%s", async (fault, [first, then]) => {
    const engine = await begin(story);
    await story.step(engine);
    const calls = cloud.records().map(({ operation }) => operation);
    for (const [index, operation] of calls.entries()) {
      const occurrence = calls.slice(0, index).filter((other) => other === operation).length;
      const actions = [
        { action: first, times: 1 },
        { action: then, times: tries - 1 },
      ];
      try {
        note(name, operation, occurrence, fault, [await runCell(story, { operation, occurrence, actions })]);
      } catch (error) {
        throw new Error(`${operation} (${occurrence}), ${fault}: ${(error as Error).message}`, { cause: error });
      }
    }
  });
});

afterAll(() => {
  const columns = [...Object.keys(faults), ...Object.keys(sequences)];
  const letters = { recovered: "r", error: "e" } as const;
  const cells = Object.values(rows).flatMap((row) => Object.values(row).flat());
  const count = (wanted: Cell) => cells.filter((cell) => cell === wanted).length;
  const table = [
    `Fault matrix: ${cells.length} cells, ${count("recovered")} recovered, ${count("error")} ended in a clear error; all converged at the next up, with a refresh and without.`,
    "One letter for each of: the fault at the first try, at the first two, at all three; of two faults, one letter. r recovered, e a clear error.",
    "",
    `| call | ${columns.join(" | ")} |`,
    `| --- | ${columns.map(() => "---").join(" | ")} |`,
    ...Object.entries(rows).map(
      ([call, row]) =>
        `| ${call} | ${columns
          .map((fault) => (row[fault] ?? []).map((cell) => letters[cell]).join("") || "-")
          .join(" | ")} |`,
    ),
  ].join("\n");
  const folder = path.join(__dirname, "..", "dist");
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "fault-matrix.md"), `${table}\n`);
  process.stdout.write(`${table.split("\n")[0]} The matrix: dist/fault-matrix.md\n`);
});
