// Counterexamples that the model has found, each with the name of what went wrong, told step by step.
import { type Fault, keyIdOf, type Weather } from "./cloud";
import type { Options } from "./engine";
import { type Declared, type Kind, type Program, projectOf } from "./program";
import { type EngineCommand, type Happening, handsNothingOver, useModelTime, World } from "./world";

jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));
jest.mock("../../provider/huaweicloud/transport/retry", () => ({
  ...jest.requireActual("../../provider/huaweicloud/transport/retry"),
  delayBefore: () => 0, // the waiting is tested beside the code
}));

useModelTime();

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

/** The same, with another resource that fails at the end: deletes are skipped. */
function declareFailing(...resources: Declared[]): void {
  world.program = { resources, failsAt: "end" };
}

function declare(...resources: Declared[]): Program {
  world.program = { resources, failsAt: undefined };
  return world.program;
}

/** Runs the command; the invariants are asserted after it. */
function run(
  type: EngineCommand["type"],
  options: Options = {},
  faults: readonly (Fault | undefined)[] = [],
  more: Pick<Weather, "at" | "killAtCall"> = {},
): Promise<Happening> {
  return world.run({ type, options, weather: { faults, delays: [], ...more } });
}

/** This fault at every try of the first call of an operation. */
const always = (operation: string, fault: Fault): Pick<Weather, "at"> => ({
  at: [0, 1, 2].map((occurrence) => ({ operation, occurrence, fault })),
});
const keyNow = () => world.live("DefaultEncryptionKey", projectOf(0));
const keyOf = (alias: string) => keyIdOf(projectOf(0), alias);

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

it("puts the declared value if a rename is taken back in an update that only state sees", async () => {
  declare(key("one"));
  await run("up");
  declareFailing(key("two", { key: "green" }));
  expect((await run("up")).outcome.ok).toBe(false);
  declare(key("one", { onDelete: "restore" }));
  expect((await run("up")).outcome.ok).toBe(true);
  expect(keyNow()).toBe(keyOf("red"));
});

describe("what a renamed resource had noted", () => {
  beforeEach(async () => {
    world.foreignChange(0, { keyId: keyOf("blue") });
    world.startsHere();
    declare(key("one", { onDelete: "restore" }));
    await run("up");
  });

  it("stays in state if the new one is refused, and the run goes on to the delete", async () => {
    declare(key("two", { onDelete: "restore" }));
    const { outcome, after } = await run(
      "up",
      { continueOnError: true },
      [],
      always("UpdateDefaultKmsKeyId", "refused"),
    );
    expect(outcome.errors.join()).toMatch(/"two", which declares the project .* now, has failed\. Nothing was changed/);
    expect(after.map(({ outputs }) => outputs.previousKmsKeyId)).toEqual([keyOf("blue")]);
    expect((await run("up")).lines.filter(({ text }) => handsNothingOver.test(text))).toHaveLength(1);
  });

  it("is missed in a line if the new one is skipped", async () => {
    world.program = { resources: [key("two", { onDelete: "restore", dependsOn: "other" })], failsAt: 0 };
    const { outcome, lines, after } = await run("up", { continueOnError: true });
    expect([outcome.ok, after]).toEqual([false, []]);
    expect(lines.filter(({ text }) => /is not created yet, and unless this run creates it/.test(text))).toHaveLength(1);
  });

  it("is missed in a line if the rename was interrupted before the delete", async () => {
    declareFailing(key("two", { onDelete: "restore" }));
    await run("up");
    declare(key("two", { onDelete: "restore" }));
    expect((await run("up")).lines.filter(({ text }) => handsNothingOver.test(text))).toHaveLength(1);
  });
});

describe("a key in state that comes after a switch, which loses it", () => {
  beforeEach(async () => {
    declare(key("one"));
    await run("up");
    declare(encryption("two"), key("one", { dependsOn: "two" }));
  });

  it.each<[string, Pick<Weather, "at">]>([
    ["the put back fails", always("UpdateDefaultKmsKeyId", "unavailable")],
    ["the put back is refused", always("UpdateDefaultKmsKeyId", "refused")],
    ["KMS does not answer", always("ListKeyDetail", "unavailable")],
    ["the process is killed before it is put back", always("UpdateDefaultKmsKeyId", "killed before")],
  ])("is set by the next up, without a refresh: %s", async (_, weather) => {
    const { outcome } = await run("up", {}, [], weather);
    expect([outcome.ok, keyNow()]).toEqual([false, world.cloud.cloud.keyByAlias(projectOf(0), "evs/default")?.id]);
    expect((await run("up")).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("red"));
  });

  it("is put back in the same run if KMS may not be asked", async () => {
    expect((await run("up", {}, [], always("ListKeyDetail", "refused"))).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("red"));
  });

  it("is right if the process is killed between the switch's answer and its state", async () => {
    const { outcome, after } = await run("up", {}, [], { killAtCall: { index: 1, when: "after" } });
    expect([outcome.killed, outcome.calls.map(({ method, end }) => [method, end])]).toEqual([
      true,
      [
        ["check", "ok"],
        ["create", undefined],
      ],
    ]);
    expect(after.map(({ kind }) => kind)).toEqual(["DefaultEncryptionKey"]);
    expect((await run("up")).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("red"));
  });

  it("is as it was if the process is killed before the switch is asked", async () => {
    const { outcome, writes } = await run("up", {}, [], { killAtCall: { index: 1, when: "before" } });
    expect([outcome.killed, outcome.calls.at(-1)?.method, writes]).toEqual([true, "create", []]);
  });
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

it("cannot tell its own key from a foreign one if an update was killed before state was written, and a destroy follows", async () => {
  world.foreignChange(0, { enabled: true, keyId: "" });
  world.startsHere();
  declare(key("one", { onDelete: "restore" }));
  expect((await run("up")).outcome.ok).toBe(true);
  declare(key("one", { onDelete: "restore", key: "blue" }));
  expect((await run("up", {}, [], { killAtCall: { index: 2, when: "after" } })).outcome.killed).toBe(true);
  expect(keyNow()).toBe(keyOf("blue"));
  const { lines } = await run("destroy");
  expect(lines.map(({ text }) => text).join()).toContain("stays: it was changed outside this resource");
  expect(keyNow()).toBe(keyOf("blue"));
  expect((await run("up")).outcome.ok).toBe(true);
});

it("cannot tell its own value from a foreign one if the state of the resource that has set it was deleted", async () => {
  world.foreignChange(0, { enabled: true, keyId: "" });
  world.startsHere();
  const two = { spelling: 1, enabled: false };
  declare(encryption("two", { ...two, target: 2 }), encryption("one"));
  expect((await run("up")).outcome.ok).toBe(true);
  declare(encryption("two", two), encryption("one"));
  expect((await run("up", { refresh: true })).outcome.ok).toBe(false);
  const made = world.engine.resources.find(({ id = "", urn }) => urn.endsWith("::two") && id.includes(projectOf(0)));
  if (!made) throw new Error("the first of the two has not gone on");
  world.forget(made);
  await run("destroy");
  await run("up");
  expect(world.live("DefaultEncryption", projectOf(0))).toBe("false");
});

it("does not take for seen by both states of a replacement that was interrupted what a refresh could read for one", async () => {
  declareFailing(encryption("one"));
  const [state] = (await run("up")).after;
  if (!state) throw new Error("it was not made");
  expect((await run("up", { replace: [state.urn] })).after.map(({ delete: isOld }) => Boolean(isOld))).toEqual([
    false,
    true,
  ]);
  world.foreignChange(0, { enabled: false });
  const { outcome } = await run("up", { refresh: true }, ["applied, answer garbled"]);
  expect(outcome.calls.map(({ method, end }) => `${method} ${end}`)).toEqual(["read failed", "read ok", "diff ok"]);
  // The next run makes it true.
  declare(encryption("one"));
  expect((await run("up", { refresh: true })).outcome.ok).toBe(true);
  expect(world.live("DefaultEncryption", projectOf(0))).toBe("true");
});

it("does not take a delete that was killed for known because another state of the target says so", async () => {
  const three = encryption("three", { target: 3, spelling: 3, enabled: false });
  declare(three);
  await run("up");
  const [{ urn = "" } = {}] = world.engine.resources;
  declare(encryption("one", { target: 3 }), three);
  expect((await run("up")).outcome.ok).toBe(false);
  const { outcome, after } = await run("destroy", {}, [], { killAtCall: { index: 0, when: "after" } });
  expect([outcome.killed, after.length, urn.endsWith("three")]).toEqual([true, 2, true]);
  await run("destroy", { refresh: true });
  expect(world.live("DefaultEncryption", projectOf(3))).toBe("false");
});

it("does not take a write that was killed for known because a refresh has shown the same value as somebody else's", async () => {
  declare(key("five", { key: "blue", onDelete: "restore" }));
  await run("up");
  world.foreignChange(0, { keyId: keyOf("red") });
  await run("refresh");
  const [{ urn = "" } = {}] = world.engine.resources;
  declare(key("five", { onDelete: "restore" }));
  const { outcome, writes } = await run("up", { replace: [urn] }, [], { killAtCall: { index: 1, when: "after" } });
  expect([outcome.killed, writes.map(({ value }) => value)]).toEqual([true, [keyOf("red")]]);
  const { lines } = await run("destroy");
  expect(lines.map(({ text }) => text).join()).toContain("stays: it was changed outside this resource");
});

it("takes what a reset has left off for what the next resource finds, whatever one before had noted", async () => {
  world.foreignChange(0, { enabled: true });
  world.startsHere();
  declare(encryption("one", { enabled: false, onDelete: "restore" }));
  await run("up");
  declare(encryption("one", { enabled: false, onDelete: "reset" }));
  await run("up");
  expect((await run("destroy")).writes).toEqual([]);
  declare(encryption("one", { enabled: false, onDelete: "restore" }));
  const { after } = await run("up");
  expect(after.map(({ outputs }) => outputs.previouslyEnabled)).toEqual([false]);
});

it("does not take for found what another resource of the target, whose create is not over, has just set", async () => {
  const garbled: Fault = "applied, answer garbled";
  declare(
    key("three", { target: 1, onDelete: "restore" }),
    encryption("one", { enabled: false }),
    key("one", { target: 1, spelling: 1, dependsOn: "one" }),
  );
  const { outcome, after } = await run("up", {}, [...Array<undefined>(10), garbled]);
  expect(outcome.errors).toEqual([expect.stringContaining('"one" is for the same target as "three"')]);
  expect(after.map(({ kind, outputs }) => [kind, outputs.previousKmsKeyId])).toContainEqual([
    "DefaultEncryptionKey",
    "",
  ]);
});

describe("a switch that could not read the key after it has switched on", () => {
  const switched = encryption("two", { dependsOn: "one" });
  beforeEach(async () => {
    declare(key("one"), switched);
    const { outcome } = await run("up", {}, [], {
      at: [{ operation: "ShowDefaultKmsKeyId", occurrence: 1, fault: "refused" }],
    });
    expect(outcome.errors).toEqual([expect.stringContaining("the default key may have changed")]);
    expect(keyNow()).toBe(keyOf("evs/default"));
  });

  it.each<[string, Declared[]]>([
    ["switched off", [key("one"), { ...switched, enabled: false }]],
    [
      "switched off, before the key is looked at",
      [encryption("two", { enabled: false }), key("one", { dependsOn: "two" })],
    ],
    ["removed", [key("one")]],
    ["renamed and switched off", [key("one"), encryption("three", { dependsOn: "one", enabled: false })]],
    ["renamed", [key("one"), encryption("three", { dependsOn: "one" })]],
  ])("puts back the key if it is %s", async (_, resources) => {
    declare(...resources);
    expect((await run("up")).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("red"));
  });

  it("leaves it to a refresh if the run that completes the switch is not told of the key", async () => {
    const [{ urn = "" } = {}] = world.engine.resources.filter((one) => one.urn.endsWith("::two"));
    expect((await run("up", { targets: [urn] })).outcome.ok).toBe(true);
    expect((await run("up")).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("evs/default"));
    expect((await run("up", { refresh: true })).outcome.ok).toBe(true);
    expect(keyNow()).toBe(keyOf("red"));
  });

  it("goes on until the key is put back", async () => {
    const unavailable = { operation: "UpdateDefaultKmsKeyId", fault: "unavailable" } as const;
    const fails = { at: [0, 1, 2].map((occurrence) => ({ ...unavailable, occurrence })) };
    declare(key("one"), { ...switched, enabled: false });
    expect((await run("up", {}, [], fails)).outcome.ok).toBe(false);
    declare(key("one"));
    expect((await run("up", {}, [], fails)).outcome.ok).toBe(false);
    const { outcome, lines } = await run("up");
    expect([outcome.ok, keyNow()]).toEqual([true, keyOf("red")]);
    expect(lines.at(-1)?.text).toMatch(/was not the declared one; the declared key was set\.$/);
  });
});

it("may say of two declared keys, of which one is refused, which one was not live", async () => {
  const resources = [encryption("five"), key("one", { spelling: 1, dependsOn: "five" }), key("three", { key: "blue" })];
  declare(...resources);
  expect((await run("up", { continueOnError: true })).outcome.errors).toEqual([
    expect.stringContaining('"one" is for the same target as "three"'),
  ]);
  world.foreignChange(0, { keyId: keyOf("red") });
  const [{ urn = "" } = {}] = world.engine.resources.filter(({ urn }) => urn.endsWith("::five"));
  const { lines } = await run("up", { replace: [urn] });
  expect(lines.at(-1)?.text).toMatch(/was not the declared one; the declared key was set\.$/);
  expect(keyNow()).toBe(keyOf("blue"));
});

it("names the way out of a project that is gone for each of its resources, also where the error is told once", async () => {
  declare(encryption("one", { enabled: false }), key("three"), key("one", { target: 2 }));
  expect((await run("up")).outcome.ok).toBe(true);
  world.cloud.cloud.removeProject(projectOf(0));
  const { outcome } = await run("destroy");
  expect(outcome.ok).toBe(false);
  const ofProject = outcome.errors.filter((error) => error.includes(projectOf(0)));
  expect(ofProject.length).toBeGreaterThan(0);
  for (const error of ofProject) expect(error).toContain("pulumi state delete URN");
});
