// Counterexamples that the model has found, each with the name of what went wrong, told step by step.
import { type Fault, keyIdOf } from "./cloud";
import type { Options } from "./engine";
import { type Declared, type Kind, type Program, projectOf } from "./program";
import { type EngineCommand, type Happening, World } from "./world";

jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
jest.mock("../../provider/huaweicloud/transport/retry", () => ({
  ...jest.requireActual("../../provider/huaweicloud/transport/retry"),
  delayBefore: () => 0, // the waiting is tested beside the code
}));

function resource(kind: Kind, name: string, more: Partial<Declared> = {}): Declared {
  return {
    name,
    kind,
    parent: undefined,
    target: 0,
    spelling: 0,
    key: "red",
    enabled: true,
    onDelete: undefined,
    dependsOn: undefined,
    aliases: [],
    deleteBeforeReplace: false,
    ...more,
  };
}
const key = (name: string, more?: Partial<Declared>) => resource("DefaultEncryptionKey", name, more);
const encryption = (name: string, more?: Partial<Declared>) => resource("DefaultEncryption", name, more);

let world: World;
beforeEach(() => {
  world = new World();
  world.startsHere();
});

function declare(...resources: Declared[]): Program {
  world.program = { resources, failsAt: undefined };
  return world.program;
}

/** Runs the command; the invariants are asserted after it. */
function run(
  type: EngineCommand["type"],
  options: Options = {},
  faults: readonly (Fault | undefined)[] = [],
): Promise<Happening> {
  return world.run({ type, options, weather: { faults, delays: [] } });
}

it("refuses a second resource of one target in every run, also if its project cannot be looked up in one", async () => {
  declare(key("one"), key("two", { spelling: 1 }));
  expect((await run("up")).outcome.ok).toBe(false);
  const again = await run("up", { refresh: true }, [
    undefined,
    "connection reset",
    "connection reset",
    "connection reset",
  ]);
  expect(again.outcome.errors.join()).toMatch(
    /"two" is for the same target as "one"|"one" is for the same target as "two"/,
  );
});

it("puts back what was found in any order of deletes, also if switching on loses a key that somebody has disabled", async () => {
  world.foreignChange(0, { enabled: true, keyId: keyIdOf(projectOf(0), "blue") });
  world.startsHere();
  declare(encryption("two", { enabled: false }), key("one", { onDelete: "restore", dependsOn: "two" }));
  expect((await run("up")).outcome.ok).toBe(true);
  declare(key("one", { onDelete: "restore" }), encryption("two", { enabled: false, dependsOn: "one" }));
  expect((await run("up")).outcome.ok).toBe(true);
  world.cloud.cloud.setKeyState(keyIdOf(projectOf(0), "red"), "disabled");
  const { outcome } = await run("destroy");
  expect(outcome.calls.map(({ urn }) => urn.split("::").at(-1))).toEqual(["two", "one"]);
  expect(world.live("DefaultEncryptionKey", projectOf(0))).toBe(keyIdOf(projectOf(0), "blue"));
});

describe("what nobody can know is no violation", () => {
  it("a value of ours that somebody else sets again, after a delete that was killed", async () => {
    world.foreignChange(0, { enabled: true });
    world.startsHere();
    declare(encryption("one", { enabled: false }));
    await run("up");
    declare();
    expect((await run("up", {}, [undefined, undefined, "killed after"])).outcome.killed).toBe(true);
    world.foreignChange(0, { enabled: false });
    expect((await run("destroy")).writes).toMatchObject([{ previous: "false", value: "true" }]);
  });
});

it("lets the second go on if the project of the first, which moves there, cannot be looked up", async () => {
  declare(key("first", { target: 3 }));
  expect((await run("up")).outcome.ok).toBe(true);
  declare(key("first"), key("second", { spelling: 1 }));
  const lost: Fault[] = ["connection reset", "connection reset", "connection reset"];
  expect((await run("up", { refresh: true }, [undefined, ...lost, ...lost])).outcome.ok).toBe(false);
  expect((await run("up", { refresh: true })).outcome.ok).toBe(false);
});
