// The commands of a model run, for fast-check: edits of the program, commands of the engine with weather and kills, and what
// somebody else does meanwhile.
import fc from "fast-check";
import { type Fault, faults, keyAliases, keyIdOf, type Weather } from "./cloud";
import type { Options, ResourceState } from "./engine";
import { type Declared, type Kind, modelledTargets, type OnDelete, type Program, projectOf, urnOf } from "./program";
import type { EngineCommand, World } from "./world";

/** fast-check runs a model beside the real thing; here the world is both. */
export type Step = fc.AsyncCommand<object, World>;

class Edit implements Step {
  constructor(
    readonly name: string,
    readonly edit: (program: Program) => Program | undefined,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    const program = this.edit(world.program);
    if (!program) return;
    // A name stands for one resource.
    if (new Set(program.resources.map(urnOf)).size < program.resources.length) return;
    world.program = program;
  }

  toString(): string {
    return this.name;
  }
}

class Command implements Step {
  constructor(
    readonly command: (world: World) => EngineCommand | undefined,
    readonly shown: string,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    const command = this.command(world);
    if (command) await world.run(command);
  }

  toString(): string {
    return this.shown;
  }
}

class Deed implements Step {
  constructor(
    readonly name: string,
    readonly act: (world: World) => void,
  ) {}

  check(): boolean {
    return true;
  }

  async run(_: object, world: World): Promise<void> {
    world.log.push(this.name);
    this.act(world);
  }

  toString(): string {
    return this.name;
  }
}

const kind = fc.constantFrom<Kind>("DefaultEncryptionKey", "DefaultEncryption");
const target = fc.constantFrom(0, 0, 0, 1, 2, 3);
const spelling = fc.nat(3);
const key = fc.constantFrom(...keyAliases.slice(0, 3));
const onDelete = fc.constantFrom<OnDelete | undefined>(undefined, "reset", "restore", "restore");
const names = ["one", "two", "three", "four", "five"] as const;
const place = fc.nat(4);

const fresh = fc.record({
  name: fc.constantFrom(...names),
  kind,
  parent: fc.constant(undefined),
  target,
  spelling,
  key,
  enabled: fc.boolean(),
  onDelete,
  dependsOn: fc.option(fc.constantFrom(...names), { nil: undefined, freq: 3 }),
  aliases: fc.constant([]),
  deleteBeforeReplace: fc.boolean().map((flag) => flag),
}) satisfies fc.Arbitrary<Declared>;

/** Dependencies point backwards, as in a program that runs. */
function inOrder(resources: readonly Declared[]): Declared[] {
  return resources.map((declared, index) => ({
    ...declared,
    dependsOn: resources.slice(0, index).some(({ name }) => name === declared.dependsOn)
      ? declared.dependsOn
      : undefined,
  }));
}

function change(program: Program, index: number, edit: (declared: Declared) => Partial<Declared>): Program | undefined {
  const { resources } = program;
  const at = index % Math.max(1, resources.length);
  const found = resources[at];
  if (!found) return undefined;
  const changed = { ...found, ...edit(found) };
  return {
    ...program,
    resources: inOrder(
      resources.map((declared, position) => {
        if (position === at) return changed;
        return declared.dependsOn === found.name ? { ...declared, dependsOn: changed.name } : declared;
      }),
    ),
  };
}

const edits: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fresh, fc.boolean(), fc.boolean()).map(([declared, isFirst, mayDouble]) => {
      const add = (program: Program) => {
        const { resources } = program;
        const doubles = resources.some(
          ({ kind: other, target: at }) => other === declared.kind && at === declared.target,
        );
        if (resources.length > 4 || (doubles && !mayDouble)) return undefined;
        return { ...program, resources: inOrder(isFirst ? [declared, ...resources] : [...resources, declared]) };
      };
      return new Edit(`add ${JSON.stringify(declared)}`, add);
    }),
  },
  {
    weight: 2,
    arbitrary: place.map(
      (index) =>
        new Edit(`remove ${index}`, (program) => ({
          ...program,
          resources: inOrder(program.resources.filter((_, at) => at !== index % Math.max(1, program.resources.length))),
        })),
    ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(place, fc.constantFrom(...names), fc.boolean())
      .map(
        ([index, name, withAlias]) =>
          new Edit(`rename ${index} to ${name}${withAlias ? " with an alias" : ""}`, (program) =>
            change(program, index, (old) => ({ name, aliases: withAlias ? [...old.aliases, urnOf(old)] : [] })),
          ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(place, fc.constantFrom(undefined, "p:index:Team"), fc.boolean())
      .map(
        ([index, parent, withAlias]) =>
          new Edit(`move ${index} to ${parent}${withAlias ? " with an alias" : ""}`, (program) =>
            change(program, index, (old) => ({ parent, aliases: withAlias ? [...old.aliases, urnOf(old)] : [] })),
          ),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, spelling)
      .map(
        ([index, next]) =>
          new Edit(`respell ${index} as ${next}`, (program) => change(program, index, () => ({ spelling: next }))),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, target)
      .map(
        ([index, next]) =>
          new Edit(`retarget ${index} to ${next}`, (program) => change(program, index, () => ({ target: next }))),
      ),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(place, key, fc.boolean())
      .map(
        ([index, next, enabled]) =>
          new Edit(`set ${index} to ${next}, ${enabled}`, (program) =>
            change(program, index, () => ({ key: next, enabled })),
          ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(place, onDelete)
      .map(
        ([index, next]) =>
          new Edit(`onDelete of ${index} to ${next}`, (program) => change(program, index, () => ({ onDelete: next }))),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(place, fc.option(fc.constantFrom(...names), { nil: undefined }))
      .map(
        ([index, dependsOn]) =>
          new Edit(`dependsOn of ${index} to ${dependsOn}`, (program) => change(program, index, () => ({ dependsOn }))),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .option(place, { nil: undefined })
      .map(
        (failsAt) => new Edit(`the other resource fails: ${failsAt ?? "no"}`, (program) => ({ ...program, failsAt })),
      ),
  },
);

const fault = fc.constantFrom<Fault>(...(Object.keys(faults) as (keyof typeof faults)[]));
const kill = fc.constantFrom<Fault>("killed before", "killed after");

/** Most commands have none; the others a sequence of them from some request on, or a kill. */
const weather: fc.Arbitrary<Weather> = fc.record({
  faults: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.nat(9), fc.array(fc.option(fault, { nil: undefined, freq: 5 }), { minLength: 1, maxLength: 7 }))
        .map(([skip, sequence]) => [...new Array<undefined>(skip).fill(undefined), ...sequence]),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.nat(11), kill)
        .map(([skip, last]) => [...new Array<undefined>(skip).fill(undefined), last]),
    },
  ),
  delays: fc.array(fc.nat(2), { maxLength: 3 }),
  killAtCall: fc.option(fc.record({ index: fc.nat(11), when: fc.constantFrom("before" as const, "after" as const) }), {
    nil: undefined,
    freq: 7,
  }),
});

interface Wish {
  refresh: boolean;
  continueOnError: boolean;
  target: number | undefined;
  replace: number | undefined;
}

const wish: fc.Arbitrary<Wish> = fc.record({
  refresh: fc.boolean(),
  continueOnError: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  target: fc.option(place, { nil: undefined, freq: 4 }).map((at) => (at === undefined ? undefined : at)),
  replace: fc.option(place, { nil: undefined, freq: 4 }),
});

function optionsOf({ program, engine }: World, { refresh, continueOnError, target: at, replace }: Wish): Options {
  const { resources } = program;
  const urnAt = (index: number) => {
    const found = resources[index % Math.max(1, resources.length)];
    return found ? [urnOf(found)] : [];
  };
  const replaced =
    replace === undefined ? [] : urnAt(replace).filter((urn) => engine.resources.some((state) => state.urn === urn));
  const targeted = at === undefined ? [] : urnAt(at);
  return {
    ...(refresh ? { refresh } : {}),
    ...(continueOnError ? { continueOnError } : {}),
    ...(targeted.length > 0 ? { targets: targeted } : {}),
    ...(replaced.length > 0 ? { replace: replaced } : {}),
  };
}

function stateAt({ engine: { resources } }: World, index: number): ResourceState | undefined {
  return resources[index % Math.max(1, resources.length)];
}

/** Of a command about what is in state: half of them are about all. */
const ofState = fc.option(place, { nil: undefined, freq: 1 });
function targetOf(world: World, index: number | undefined): Options {
  const state = index === undefined ? undefined : stateAt(world, index);
  return state ? { targets: [state.urn] } : {};
}

const engineCommands: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(wish, weather, fc.integer({ min: 0, max: 3 })).map(
      ([asked, sky, special]) =>
        new Command(
          (world) => {
            // Three of four are plain: all targets, nothing replaced.
            const plain = { ...asked, target: undefined, replace: undefined };
            return { type: "up", options: optionsOf(world, special === 0 ? asked : plain), weather: sky };
          },
          `up ${JSON.stringify([special === 0 ? asked : { refresh: asked.refresh, continueOnError: asked.continueOnError }, sky])}`,
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), weather).map(
      ([refresh, sky]) =>
        new Command(
          () => ({
            type: "preview",
            options: { refresh },
            weather: {
              ...sky,
              faults: sky.faults.filter((one) => !one?.startsWith("killed")),
              killAtCall: undefined,
            },
          }),
          `preview ${refresh} ${JSON.stringify(sky)}`,
        ),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(ofState, weather)
      .map(
        ([at, sky]) =>
          new Command(
            (world) => ({ type: "refresh", options: targetOf(world, at), weather: sky }),
            `refresh ${JSON.stringify([at, sky])}`,
          ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.boolean(), fc.boolean(), ofState, weather).map(
      ([refresh, continueOnError, at, sky]) =>
        new Command(
          (world) => ({
            type: "destroy",
            options: { refresh, continueOnError, ...targetOf(world, at) },
            weather: sky,
          }),
          `destroy ${JSON.stringify([refresh, continueOnError, at, sky])}`,
        ),
    ),
  },
);

const deeds: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(target, fc.constantFrom(...keyAliases.slice(0, 3))).map(
      ([at, alias]) =>
        new Deed(`somebody sets ${alias} in ${at}`, (world) => {
          if (world.exists(projectOf(at))) world.foreignChange(at, { keyId: keyIdOf(projectOf(at), alias) });
        }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(target, fc.boolean()).map(
      ([at, enabled]) =>
        new Deed(`somebody switches ${at} ${enabled ? "on" : "off"}`, (world) => {
          if (world.exists(projectOf(at))) world.foreignChange(at, { enabled });
        }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(target, key, fc.boolean()).map(
      ([at, alias, enabled]) =>
        new Deed(`somebody ${enabled ? "enables" : "disables"} ${alias} in ${at}`, (world) => {
          if (world.exists(projectOf(at)))
            world.cloud.cloud.setKeyState(keyIdOf(projectOf(at), alias), enabled ? "enabled" : "disabled");
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (index) =>
        new Deed(`taint ${index}`, (world) => {
          const state = stateAt(world, index);
          if (state) world.engine.taint(state.urn);
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: place.map(
      (index) =>
        new Deed(`state delete ${index}`, (world) => {
          const state = stateAt(world, index);
          if (state) world.forget(state);
        }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(target, fc.nat(3)).map(
      ([at, dice]) =>
        new Deed(`somebody deletes project ${at}${dice > 0 ? " (no)" : ""}`, (world) => {
          if (dice === 0 && world.exists(projectOf(at))) world.cloud.cloud.removeProject(projectOf(at));
        }),
    ),
  },
);

export const steps: fc.Arbitrary<Iterable<Step>> = fc.commands(
  [
    fc.oneof(
      { weight: 4, arbitrary: edits },
      { weight: 5, arbitrary: engineCommands },
      { weight: 2, arbitrary: deeds },
    ),
  ],
  { size: "max", maxCommands: 24 },
);

/** How the first program and the cloud are when a run begins. */
export const beginning = fc.record({
  resources: fc.array(fresh, { minLength: 1, maxLength: 3 }),
  keys: fc.array(fc.option(key, { nil: undefined }), { minLength: modelledTargets, maxLength: modelledTargets }),
  enabled: fc.array(fc.boolean(), { minLength: modelledTargets, maxLength: modelledTargets }),
});

export function begin(world: World, { resources, keys, enabled }: Beginning): void {
  for (let at = 0; at < modelledTargets; at++) {
    const alias = keys[at];
    const isOn = enabled[at] === true;
    world.foreignChange(at, {
      enabled: isOn,
      ...(alias === undefined ? {} : { keyId: keyIdOf(projectOf(at), alias) }),
    });
  }
  const unique = resources.filter(
    (one, index) =>
      !resources
        .slice(0, index)
        .some((other) => other.name === one.name || (other.kind === one.kind && other.target === one.target)),
  );
  world.program = { resources: inOrder(unique), failsAt: undefined };
  world.startsHere();
}

export type Beginning = typeof beginning extends fc.Arbitrary<infer T> ? T : never;
