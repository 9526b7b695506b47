// The model is held to the engine: sequences told to the real engine and to the model, in which the provider must be asked the
// same, in the same order, and the cloud must end the same. Sequences with the same commands share a stack, each with a
// project of its own.
import { type Emulator, startEmulator } from "../../emulator/server";
import { type Stack, succeeded, withStack } from "../harness/stack";
import { type Fault, faults, keyIdOf, seed } from "./cloud";
import type { Call, Options } from "./engine";
import { type Declared, type Kind, type Program, projectOf, register, urnOf } from "./program";
import { comparable, type RecordedCall, Recorder } from "./recorder";
import { type Happening, World } from "./world";

jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
jest.mock("../../provider/huaweicloud/transport/retry", () => ({
  ...jest.requireActual("../../provider/huaweicloud/transport/retry"),
  delayBefore: () => 0, // for the model alone: the real engine's host is another process
}));

type Change = { keyId?: string; enabled?: boolean };

/** What a resource is in a sequence: short, with the sequence's own project. */
type Part = (target: number, name: string) => Declared;

interface Sequence {
  name: string;
  /** The program at each command; one that is missing is as before. */
  programs: (Part[] | undefined)[];
  /** What somebody else does before the command of this index. */
  meanwhile?: Record<number, (world: Clouds, target: number) => void>;
}

interface Command {
  type: "up" | "refresh" | "destroy" | "preview";
  options?: Omit<Options, "targets" | "replace">;
  /** Names of resources, without the sequence's number: of `--target`, `--replace`, or tainted before. */
  targets?: string[];
  replace?: string[];
  taint?: string[];
  failsAt?: Program["failsAt"];
  at?: readonly { operation: string; occurrence: number; fault: Fault }[];
  fails?: boolean;
}

interface Group {
  name: string;
  /** Variables besides the credentials. */
  environment?: Record<string, string>;
  commands: Command[];
  sequences: Sequence[];
}

/** Both clouds, which are changed alike. */
interface Clouds {
  change(target: number, change: Change): void;
  disable(keyId: string): void;
  removeProject(target: number): void;
}

function resource(kind: Kind, local: string, more: Partial<Declared> = {}): Part {
  return (target, prefix) => ({
    kind,
    parent: undefined,
    spelling: 0,
    key: "red",
    enabled: true,
    onDelete: undefined,
    deleteBeforeReplace: false,
    ...more,
    target: more.target ?? target,
    name: `${prefix}${local}`,
    dependsOn:
      more.dependsOn === undefined || more.dependsOn === "other" ? more.dependsOn : `${prefix}${more.dependsOn}`,
    aliases: (more.aliases ?? []).map((alias) => alias.replace("%", prefix)),
  });
}
const key = (local: string, more?: Partial<Declared>) => resource("DefaultEncryptionKey", local, more);
const encryption = (local: string, more?: Partial<Declared>) => resource("DefaultEncryption", local, more);
const alias = (kind: Kind, local: string, parent?: string) => [urnOf({ kind, name: `%${local}`, parent })];
const keyAlias = (local: string, parent?: string) => alias("DefaultEncryptionKey", local, parent);

const team = "p:index:Team";
const sets = (aliasOfKey: string) => (clouds: Clouds, target: number) =>
  clouds.change(target, { keyId: keyIdOf(projectOf(target), aliasOfKey) });
const switches = (enabled: boolean) => (clouds: Clouds, target: number) => clouds.change(target, { enabled });

/** Projects are handed out from here on; the ones before have spellings or accounts of their own. */
const firstTarget = 4;

const groups: Group[] = [
  {
    name: "an up, an edit, an up, a destroy",
    commands: [{ type: "up" }, { type: "up" }, { type: "destroy" }],
    sequences: [
      { name: "a key is renamed", programs: [[key("a")], [key("b")]] },
      {
        name: "a key that restores is renamed with an alias",
        programs: [[key("a", { onDelete: "restore" })], [key("b", { onDelete: "restore", aliases: keyAlias("a") })]],
      },
      {
        name: "a key that restores is renamed without an alias (point 4)",
        programs: [[key("a", { onDelete: "restore" })], [key("b", { onDelete: "restore" })]],
      },
      { name: "a switch moves under a component", programs: [[encryption("a")], [encryption("a", { parent: team })]] },
      {
        name: "a key moves under a component with an alias",
        programs: [[key("a")], [key("a", { parent: team, aliases: keyAlias("a") })]],
      },
      { name: "a project's name becomes its ID", programs: [[key("a", { spelling: 0 })], [key("a", { spelling: 1 })]] },
      {
        name: "a project's ID becomes its name (point 10)",
        programs: [[key("a", { spelling: 1 })], [key("a", { spelling: 0 })]],
      },
      {
        name: "a switch's project is no more spelled by its ID (point 10)",
        programs: [[encryption("a", { spelling: 1 })], [encryption("a", { spelling: 0 })]],
      },
      {
        name: "a switch stays on, as it was found (point 8)",
        programs: [[encryption("a")]],
        meanwhile: { 0: switches(true) },
      },
      {
        name: "a project's ID is spelled in capitals (point 9)",
        programs: [[encryption("a", { spelling: 2 })], [encryption("a", { spelling: 1 })]],
      },
      {
        name: "an agency is spelled with the account's ID (point 1)",
        programs: [[key("a", { target: 1, spelling: 0 })], [key("a", { target: 1, spelling: 1 })]],
      },
      {
        name: "an alias together with another spelling (point 12)",
        programs: [
          [key("a", { onDelete: "restore" })],
          [key("b", { onDelete: "restore", spelling: 1, aliases: keyAlias("a") })],
        ],
      },
      { name: "another key and onDelete", programs: [[key("a")], [key("a", { key: "green", onDelete: "restore" })]] },
      { name: "only onDelete changes", programs: [[key("a")], [key("a", { onDelete: "restore" })]] },
      {
        name: "a stack transformation changes onDelete (point 11)",
        programs: [
          [key("a", { typedOnDelete: "reset", onDelete: "restore" })],
          [key("a", { typedOnDelete: "restore", onDelete: "reset" })],
        ],
      },
      { name: "a switch is turned", programs: [[encryption("a")], [encryption("a", { enabled: false })]] },
      {
        name: "a key is removed, its switch stays",
        programs: [[encryption("a"), key("b", { dependsOn: "a" })], [encryption("a")]],
      },
      {
        name: "switch and key without dependsOn (point 7)",
        programs: [
          [encryption("a"), key("b")],
          [encryption("a"), key("b", { key: "green" })],
        ],
      },
      { name: "another project: a replacement", programs: [[key("a")], [key("a", { target: 2 })]] },
      {
        name: "another project: a replacement that deletes first",
        programs: [[key("a", { deleteBeforeReplace: true })], [key("a", { target: 3, deleteBeforeReplace: true })]],
      },
    ],
  },
  {
    name: "with a refresh, while somebody else changes the cloud",
    commands: [
      { type: "up" },
      { type: "up", options: { refresh: true } },
      { type: "destroy", options: { refresh: true } },
    ],
    sequences: [
      { name: "a foreign key is put right", programs: [[key("a")]], meanwhile: { 1: sets("green") } },
      {
        name: "destroy leaves a foreign key (point 2)",
        programs: [[key("a", { onDelete: "restore" })]],
        meanwhile: { 2: sets("blue") },
      },
      {
        name: "destroy leaves a foreign switch (point 2)",
        programs: [[encryption("a", { onDelete: "reset" })]],
        meanwhile: { 2: switches(false) },
      },
      {
        name: "a key leaves the program after a foreign change (point 14)",
        programs: [[key("a")], []],
        meanwhile: { 1: sets("green") },
      },
      {
        name: "a foreign key is adopted",
        programs: [[key("a")], [key("a", { key: "green" })]],
        meanwhile: { 1: sets("green") },
      },
      {
        name: "a rename with a refresh hands over what was found (point 4)",
        programs: [[key("a", { onDelete: "restore" })], [key("b", { onDelete: "restore" })]],
      },
      {
        name: "the key found is the declared one and becomes unusable (points 8 and 13)",
        programs: [[key("a", { onDelete: "restore" })]],
        meanwhile: { 0: sets("red"), 2: (clouds, target) => clouds.disable(keyIdOf(projectOf(target), "red")) },
      },
    ],
  },
  {
    name: "interrupted by the failure of another resource",
    commands: [{ type: "up" }, { type: "up", failsAt: "end", fails: true }, { type: "up" }, { type: "destroy" }],
    sequences: [
      { name: "a key is renamed (point 1)", programs: [[key("a")], [key("b")]] },
      { name: "a switch is renamed (point 1)", programs: [[encryption("a")], [encryption("b")]] },
      {
        name: "an alias together with another spelling (point 12)",
        programs: [[key("a")], [key("b", { spelling: 1, aliases: keyAlias("a") })]],
      },
      {
        name: "a rename is taken back together with an edit that only state sees",
        programs: [
          [key("a"), encryption("c")],
          [key("b", { key: "green" }), encryption("d", { enabled: false })],
          [key("a", { onDelete: "restore" }), encryption("c", { onDelete: "reset" })],
        ],
      },
      {
        name: "what a renamed one had noted is missed in the next run",
        programs: [[key("a", { onDelete: "restore" })], [key("b", { onDelete: "restore" })]],
      },
      {
        name: "a replacement leaves a pending delete",
        programs: [[key("a", { onDelete: "restore" })], [key("a", { onDelete: "restore", target: 2 })]],
      },
    ],
  },
  {
    name: "with continue-on-error",
    commands: [
      { type: "up" },
      { type: "up", options: { continueOnError: true }, failsAt: 0, fails: true },
      { type: "up" },
    ],
    sequences: [
      { name: "a component's key is moved (point 1)", programs: [[key("a")], [key("a", { parent: team })]] },
      {
        name: "what depends on the failed one is skipped",
        programs: [
          [encryption("a")],
          [encryption("a", { enabled: false, dependsOn: "other" })],
          [encryption("a", { enabled: false })],
        ],
      },
    ],
  },
  {
    name: "with continue-on-error, the new one of a rename is refused",
    commands: [
      { type: "up" },
      {
        type: "up",
        options: { continueOnError: true },
        at: [{ operation: "UpdateDefaultKmsKeyId", occurrence: 0, fault: "refused" }],
        fails: true,
      },
      { type: "up" },
      { type: "destroy" },
    ],
    sequences: [
      {
        name: "and the old one is kept",
        programs: [[key("a", { onDelete: "restore" })], [key("b", { onDelete: "restore" })]],
      },
    ],
  },
  {
    name: "with --target, then a whole up",
    commands: [{ type: "up" }, { type: "up", targets: ["b"] }, { type: "up" }],
    sequences: [{ name: "only the new one of a rename (point 1)", programs: [[key("a")], [key("b")]] }],
  },
  {
    name: "with --target and a refresh",
    // A refresh knows only what is in state, and so not a resource by the name that it is about to get.
    commands: [{ type: "up" }, { type: "up", targets: ["b"], options: { refresh: true }, fails: true }],
    sequences: [
      {
        name: "a switch by its new name alone is not found",
        programs: [[encryption("a")], [encryption("b", { aliases: alias("DefaultEncryption", "a") })]],
        meanwhile: { 1: switches(false) },
      },
    ],
  },
  {
    name: "replaced and tainted",
    commands: [
      { type: "up" },
      { type: "up", replace: ["a"] },
      { type: "up", taint: ["a"], options: { refresh: true } },
      { type: "destroy" },
    ],
    sequences: [
      { name: "a key that restores (point 4)", programs: [[key("a", { onDelete: "restore" })]] },
      { name: "a switch", programs: [[encryption("a")]] },
    ],
  },
  {
    name: "a lost write that is throttled to the end, and cannot be read back (points 5 and 6)",
    commands: [
      {
        type: "up",
        fails: true,
        at: [
          { operation: "UpdateDefaultKmsKeyId", occurrence: 0, fault: "applied, answer lost" },
          { operation: "UpdateDefaultKmsKeyId", occurrence: 1, fault: "throttled" },
          { operation: "UpdateDefaultKmsKeyId", occurrence: 2, fault: "throttled" },
          { operation: "ShowDefaultKmsKeyId", occurrence: 1, fault: "refused" },
        ],
      },
      { type: "up" },
      { type: "destroy" },
    ],
    sequences: [
      {
        name: "the next up also changes onDelete",
        programs: [[key("a", { onDelete: "restore" })], [key("a", { onDelete: "reset" })]],
      },
    ],
  },
  {
    name: "a switch that could not read the key after it has switched on",
    commands: [
      {
        type: "up",
        fails: true,
        // The switch looks at it before and after.
        at: [{ operation: "ShowDefaultKmsKeyId", occurrence: 1, fault: "refused" }],
      },
      { type: "up" },
    ],
    sequences: [
      {
        name: "is switched off, and puts back the key, which is unchanged",
        programs: [
          [key("a"), encryption("b", { dependsOn: "a" })],
          [key("a"), encryption("b", { dependsOn: "a", enabled: false })],
        ],
      },
    ],
  },
  {
    name: "killed during the write (point 4)",
    commands: [
      { type: "up" },
      { type: "up", fails: true, at: [{ operation: "UpdateDefaultKmsKeyId", occurrence: 0, fault: "killed after" }] },
      { type: "up" },
      { type: "destroy" },
    ],
    sequences: [
      {
        name: "of a key that restores",
        programs: [[key("a", { onDelete: "restore" })], [key("a", { key: "green", onDelete: "restore" })]],
      },
    ],
  },
  {
    name: "refused for ever",
    commands: [
      { type: "preview", fails: true },
      { type: "up", fails: true },
      { type: "up", options: { refresh: true }, fails: true },
    ],
    sequences: [
      {
        name: "a name and an ID of one project (point 3)",
        programs: [[key("a"), key("b", { spelling: 1, key: "green", dependsOn: "a" })]],
      },
    ],
  },
  {
    name: "refused, until one leaves the program",
    commands: [{ type: "up", fails: true }, { type: "up" }],
    sequences: [
      {
        name: "switches of one project in two components (point 3)",
        programs: [
          [
            encryption("a", { parent: team }),
            encryption("b", { parent: "p:index:Other", spelling: 2, enabled: false, dependsOn: "a" }),
          ],
          [encryption("a", { parent: team })],
        ],
      },
    ],
  },
  {
    name: "a project is configured without its region",
    environment: { HW_PROJECT_ID: projectOf(firstTarget) },
    commands: [{ type: "up", fails: true }, { type: "up" }],
    sequences: [
      {
        name: "which the region's own project is not mistaken for (point 9)",
        programs: [[key("a", { target: 0 })], [key("a", { target: 0, spelling: 1 })]],
      },
    ],
  },
  {
    name: "a project is gone",
    // Which the answer to an access key does not tell from a lost permission: the error names the way out.
    commands: [{ type: "up" }, { type: "refresh", fails: true }, { type: "destroy", fails: true }],
    sequences: [
      {
        name: "and refresh and destroy say so (point 9)",
        programs: [[key("a", { spelling: 1 })]],
        meanwhile: { 1: (clouds, target) => clouds.removeProject(target) },
      },
    ],
  },
];

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator({ seed });
});
afterEach(() => emulator.close());

it.each(groups)("$name", async ({ commands, sequences, environment = {} }) => {
  const world = new World(environment);
  world.startsHere();
  const { HW_ENDPOINT_URL: _, ...env } = world.environment;
  const clouds: Clouds = {
    change(target, change) {
      world.foreignChange(target, change);
      emulator.cloud.setDefaultEncryption(projectOf(target), change);
    },
    disable(keyId) {
      for (const cloud of [world.cloud.cloud, emulator.cloud]) cloud.setKeyState(keyId, "disabled");
    },
    removeProject(target) {
      for (const cloud of [world.cloud.cloud, emulator.cloud]) cloud.removeProject(projectOf(target));
    },
  };
  await withStack({ program: "", emulator, env, refresh: "never" }, async (stack) => {
    const recorder = new Recorder(stack);
    for (const [index, command] of commands.entries()) {
      for (const [number, { meanwhile }] of sequences.entries()) meanwhile?.[index]?.(clouds, firstTarget + number);
      world.program = {
        resources: sequences.flatMap(({ programs }, number) => {
          const current =
            programs
              .slice(0, index + 1)
              .filter((program) => program !== undefined)
              .at(-1) ?? [];
          return current.map((part) => part(firstTarget + number, `s${number}`));
        }),
        failsAt: command.failsAt,
      };
      const happening = await tellModel(world, command, sequences.length);
      const code = await tellEngine(stack, recorder, world.program, command, sequences.length);
      expect({ index, failed: code !== 0 }).toEqual({ index, failed: command.fails ?? false });
      expect({ index, failed: !happening.outcome.ok }).toEqual({ index, failed: command.fails ?? false });
      expectSame(recorder.take(), happening, `${command.type} (${index + 1})`);
      expect(emulator.cloud.projects().map(({ id, defaultEncryption }) => [id, defaultEncryption])).toEqual(
        world.cloud.cloud.projects().map(({ id, defaultEncryption }) => [id, defaultEncryption]),
      );
    }
  });
});

/** URNs of resources that each sequence has. */
function urnsOf(program: Program, locals: string[] | undefined, sequences: number): string[] | undefined {
  if (!locals) return undefined;
  const names = locals.flatMap((local) => Array.from({ length: sequences }, (_, number) => `s${number}${local}`));
  return program.resources.filter(({ name }) => names.includes(name)).map(urnOf);
}

function tellModel(world: World, command: Command, sequences: number): Promise<Happening> {
  const { type, options = {}, at = [], taint } = command;
  for (const urn of urnsOf(world.program, taint, sequences) ?? []) world.engine.taint(urn);
  const targets = urnsOf(world.program, command.targets, sequences);
  const replace = urnsOf(world.program, command.replace, sequences);
  return world.run({
    type,
    options: { ...options, ...(targets ? { targets } : {}), ...(replace ? { replace } : {}) },
    weather: { faults: [], delays: [], at },
  });
}

async function tellEngine(
  stack: Stack,
  recorder: Recorder,
  program: Program,
  command: Command,
  sequences: number,
): Promise<number> {
  const { type, options = {}, at = [], taint } = command;
  stack.setProgram(recorder.programText(program));
  for (const urn of urnsOf(program, taint, sequences) ?? [])
    succeeded(await stack.run(["state", "taint", urn, "--yes"]));
  emulator.faults.clear();
  const scripted = at.filter(({ fault }) => !fault.startsWith("killed"));
  for (const { operation, occurrence, fault } of scripted) {
    // A request that one rule catches is not counted by the next.
    const caught = scripted.filter((other) => other.operation === operation && other.occurrence < occurrence).length;
    const action = Object.entries(faults).find(([name]) => name === fault)?.[1];
    if (action) emulator.faults.add({ match: { operation }, skip: occurrence - caught, action });
  }
  const deadly = at.find(({ fault }) => fault.startsWith("killed"));
  const args = [
    ...(options.refresh ? ["--refresh"] : []),
    ...(options.continueOnError ? ["--continue-on-error"] : []),
    ...(urnsOf(program, command.targets, sequences) ?? []).flatMap((urn) => ["--target", urn]),
    ...(urnsOf(program, command.replace, sequences) ?? []).flatMap((urn) => ["--replace", urn]),
  ];
  if (!deadly) {
    const { code, output } = await stack[type]({ args });
    if (code !== 0 && !command.fails) throw new Error(output);
    return code;
  }

  const hold = emulator.hold({ operation: deadly.operation }, deadly.fault === "killed after" ? "answer" : "apply");
  const killing = new AbortController();
  hold.reached.then(() => killing.abort());
  const { code } = await stack[type]({ args, signal: killing.signal });
  hold.release();
  succeeded(await stack.run(["cancel", "--yes"]));
  return code;
}

/**
 * The same calls with the same bags; and in an order that the engine guarantees. What runs side by side has none: reads of a
 * refresh, resources that do not depend on each other, deletes of one layer.
 */
function expectSame(real: readonly RecordedCall[], { outcome, program }: Happening, what: string): void {
  const model = outcome.calls;
  expect({ what, calls: real.map(comparable).sort() }).toEqual({ what, calls: model.map(comparable).sort() });
  const places = new Map<string, number[]>();
  for (const [place, call] of real.entries())
    places.set(comparable(call), [...(places.get(comparable(call)) ?? []), place]);
  const placeOf = model.map((call) => places.get(comparable(call))?.shift() ?? -1);
  const dependencies = new Map(register(program, true).map(({ urn, dependsOn }) => [urn, dependsOn]));
  const lastWork = Math.max(...model.map((call, place) => (isWork(call) ? place : -1)));
  for (const [later, second] of model.entries()) {
    for (const [earlier, first] of model.slice(0, later).entries()) {
      const guaranteed =
        first.urn === second.urn ||
        (first.method === "read" && second.method === "check") ||
        (second.method === "delete" && later > lastWork && first.method !== "delete") ||
        (isWork(first) && dependencies.get(second.urn)?.includes(first.urn) === true);
      if (!guaranteed) continue;
      if ((placeOf[earlier] ?? 0) < (placeOf[later] ?? 0)) continue;
      throw new Error(
        `${what}: the engine did not ${first.method} ${first.urn} before it did ${second.method} ${second.urn}`,
      );
    }
  }
}

function isWork({ method }: Pick<Call, "method">): boolean {
  return method === "create" || method === "update";
}
