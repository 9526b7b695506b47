// What must hold after every command, each as a function that says so in a sentence. What the engine makes impossible is
// written here and nowhere else, as an exception with its reason.
import type { ResourceState } from "./engine";
import { type Declared, projectOf, urnOf } from "./program";
import {
  appliedIn,
  type Happening,
  handsNothingOver,
  kinds,
  type Line,
  projectIdOf,
  type Truth,
  valueIn,
  type World,
} from "./world";

/** A promise that was broken. */
export class Violation extends Error {
  constructor(
    readonly invariant: string,
    message: string,
  ) {
    super(`${invariant}: ${message}`);
  }
}

type Invariant = (world: World, happening: Happening) => void;

/** I1: after an `up` that succeeds, the live value of every declared target is the declared one. */
const convergesAfterUp: Invariant = (world, { command, outcome, program, seen, writes }) => {
  if (command.type !== "up" || !outcome.ok) return;
  for (const declared of program.resources) {
    if (!isAskedFor(declared, command.options.targets)) continue;
    // Exception: a second resource of this target that is not targeted, and so is not seen.
    const isDoubled = program.resources.some(
      (other) => other !== declared && other.kind === declared.kind && other.target === declared.target,
    );
    if (command.options.targets && isDoubled) continue;
    const projectId = projectOf(declared.target);
    const truth = world.truth(declared.kind, projectId);
    // Exception: a change that the engine was not asked to look for; it compares the program with its state.
    if (truth.unseen && !seen.has(`${declared.kind} ${projectId}`)) continue;
    if (truth.unseen && !truth.isOurDoing && command.options.refresh !== true) continue;
    // Exception: what only the switch's state tells, which is not asked for.
    if (truth.unseen && command.options.targets) continue;
    // Exception: a key that somebody has made unusable cannot be set again once the service has fallen back from it, which
    // is said in one line.
    if (declared.kind === "DefaultEncryptionKey" && !world.isUsable(world.declaredValue(declared))) continue;
    // Exception: a project that is gone, and a resource that is unchanged in a run without a refresh.
    if (!world.exists(projectId)) continue;
    const wanted = world.declaredValue(declared);
    const live = world.live(declared.kind, projectId);
    const last = writes.filter((write) => write.kind === declared.kind && write.projectId === projectId).at(-1);
    const isByOther = truth.isOurDoing || (last?.call !== undefined && last.call.kind !== declared.kind);
    if (live !== wanted) {
      throw new Violation(
        isByOther ? "I6" : "I1",
        `${declared.name} declares ${wanted}, but ${live} is live after an up that succeeded`,
      );
    }
  }
};

/** I2: destroying, removing or replacing never changes a value that this stack's resources did not set last. */
const deletesOnlyItsOwn: Invariant = (_world, { writes }) => {
  for (const [index, { call, kind, projectId, value, previous, truth }] of writes.entries()) {
    if (call?.method !== "delete" || value === previous || call.kind !== kind) continue;
    if (truth.ours === previous) continue;
    // Exception: somebody else has set again what this resource had set, as its state says, and what has become of that
    // since is in another state or in none. A value does not say who has set it.
    const isOurOwnAgain = truth.foreign && truth.wrote.includes(previous) && appliedIn(call.olds) === previous;
    if (isOurOwnAgain) continue;
    // Exception: what the service has fallen back to by a call of ours in this run, from a key that somebody has disabled.
    const earlier = writes.slice(0, index).filter((write) => write.kind === kind && write.projectId === projectId);
    const cause = earlier.at(-1);
    const isServiceReset = cause?.call !== undefined && cause.call.kind !== kind && cause.previous === cause.truth.ours;
    if (isServiceReset && cause.value === previous) continue;
    throw new Violation("I2", `deleting ${call.urn} has changed ${previous}, which it had not set, to ${value}`);
  }
};

/** I3: nothing that is removed leaves a target that the program still declares in any state but the declared one. */
const deletesNothingDeclared: Invariant = (world, { command, outcome, program, writes }) => {
  if (command.type !== "up") return; // a destroy declares nothing
  for (const { call, kind, projectId, value, previous } of writes) {
    if (call?.method !== "delete" || value === previous || call.kind !== kind) continue;
    for (const declared of program.resources) {
      if (declared.kind !== kind || projectOf(declared.target) !== projectId) continue;
      // Exception: of a resource that is not targeted the engine tells the provider nothing.
      if (!isAskedFor(declared, command.options.targets)) continue;
      // Exception: a replacement that deletes first does so before the engine asks about all that is declared.
      const asked = outcome.calls.findIndex(({ method, urn }) => method === "check" && urn === urnOf(declared));
      const isFirst = urnOf(declared) === call.urn || asked < 0 || asked > outcome.calls.indexOf(call);
      const isReplaced = (one: Declared) => urnOf(one) === call.urn || one.aliases.includes(call.urn);
      if (isFirst && program.resources.some((one) => isReplaced(one) && one.deleteBeforeReplace)) continue;
      if (value === world.declaredValue(declared)) continue;
      throw new Violation(
        "I3",
        `deleting ${call.urn} has set ${value}, but ${declared.name} declares ${world.declaredValue(declared)}`,
      );
    }
  }
};

/** I4: what `restore` has noted survives, and is never a value of our own. */
const keepsWhatWasFound: Invariant = (world, { before, after, program }) => {
  for (const state of ours(after)) {
    const truth = world.truth(kindOf(state), projectIdOf(state));
    const previous = notedIn(world, state);
    // Exception (in Truth): a rename or a replacement that the engine hands nothing over in, and a kill during the first
    // create: there nobody can know what was found.
    if (truth.found === undefined) continue;
    if (previous !== undefined && previous !== truth.found) {
      throw new Violation(
        "I4",
        `${state.urn} has noted ${previous || "none"} as found, but ${truth.found || "none"} was found`,
      );
    }
    const isDeclared = program.resources.some(
      (declared) => urnOf(declared) === state.urn && declared.onDelete !== "reset",
    );
    const hadNoted = before.some(
      (old) =>
        old.kind === state.kind && projectIdOf(old) === projectIdOf(state) && notedIn(world, old) === truth.found,
    );
    if (truth.noted && hadNoted && isDeclared && state.outputs.onDelete === "restore" && previous === undefined) {
      throw new Violation("I4", `${state.urn} no longer knows that ${truth.found || "none"} was found`);
    }
  }
};

/** I4: where the engine gives no way to hand over what was noted, one line says so. */
const saysWhatIsNotHandedOver: Invariant = (world, { command, outcome, program, after, lines }) => {
  if (command.type !== "up") return;
  for (const call of outcome.calls) {
    if (call.method !== "delete" || call.end !== "ok" || !call.olds || call.olds.onDelete !== "restore") continue;
    const [kind, projectId] = [kindOf(call), projectIdOf(call)];
    const noted = notedIn(world, { outputs: call.olds });
    const holder = program.resources.find((one) => one.kind === kind && projectOf(one.target) === projectId);
    if (noted === undefined || !holder || !world.exists(projectId)) continue;
    // Exception: the engine does not tell of one that is not targeted, nor of all before a replacement that deletes first.
    const asked = outcome.calls.findIndex(({ method, urn }) => method === "check" && urn === urnOf(holder));
    if (asked < 0 || asked > outcome.calls.indexOf(call)) continue;
    const state = ours(after).find(({ urn, id }) => urn === urnOf(holder) && projectIdOf({ id }) === projectId);
    if (state && notedIn(world, state) === noted) continue;
    if (lines.some((line) => line.call === call && handsNothingOver.test(line.text))) continue;
    throw new Violation("I4", `deleting ${call.urn} does not say that ${holder.name} does not know ${noted || "none"}`);
  }
};

/** I4: destroying puts back what was found, if it is known and usable; else, or with `reset`, the service's own. */
const putsBackWhatWasFound: Invariant = (world, { command, outcome, before, after, writes, lines, truths }) => {
  if (command.type !== "destroy" || !outcome.ok || after.length > 0) return;
  for (const state of ours(before)) {
    const kind = kindOf(state);
    const projectId = projectIdOf(state);
    if (world.owners(kind, projectId, [...before]).length > 1 || !world.exists(projectId)) continue;
    const write = writes.find((candidate) => candidate.kind === kind && candidate.projectId === projectId);
    const truth = write?.truth ?? truths.get(`${kind} ${projectId}`);
    if (!truth || truth.unseen || truth.orphaned || truth.lost || truth.foreign || state.initErrors) continue;
    const live = world.live(kind, projectId);
    // What it never came to set is not its own.
    if (truth.ours !== (write?.previous ?? live)) continue;
    const noted = notedIn(world, state);
    const expected =
      kind === "DefaultEncryption"
        ? state.outputs.onDelete === "restore"
          ? (noted ?? live)
          : "false"
        : state.outputs.onDelete === "restore" && noted && world.isUsable(noted)
          ? noted
          : (world.cloud.cloud.keyByAlias(projectId, "evs/default")?.id ?? "");
    // A key that KMS refuses to show is not restored, and that is said.
    const isSaid = lines.some(
      ({ text, call }) =>
        call?.urn === state.urn && /is reset to the service's own: the key found at creation/.test(text),
    );
    if (live !== expected && !isSaid) {
      throw new Violation(
        "I4",
        `destroying ${state.urn} (${String(state.outputs.onDelete)}, noted ${noted ?? "nothing"}) leaves ${live}, not ${expected}`,
      );
    }
  }
};

/** I5: a target has one resource of a kind in a program; the second fails the run, and every later one. */
const oneResourceForATarget: Invariant = (world, { command, outcome, program, after }) => {
  for (const [index, one] of program.resources.entries()) {
    for (const other of program.resources.slice(0, index)) {
      if (one.kind !== other.kind || one.target !== other.target) continue;
      if (!isAskedFor(one, command.options.targets) || !isAskedFor(other, command.options.targets)) continue;
      const hasFaults = command.weather.faults.some((fault) => fault !== undefined);
      if (command.type === "up" && outcome.ok)
        throw new Violation("I5", `${one.name} and ${other.name} have one target, and an up succeeded`);
      // Exception: a preview that could not look the project up.
      if (command.type === "preview" && outcome.ok && !hasFaults && world.exists(projectOf(one.target))) {
        throw new Violation("I5", `${one.name} and ${other.name} have one target, and a preview succeeded`);
      }
      // Exception: the first that the engine asks about may be made before it asks about the second, which is refused.
      const asked = outcome.calls.filter(
        ({ method, urn }) => method === "check" && [urnOf(one), urnOf(other)].includes(urn),
      );
      const second = asked.find(({ urn }) => urn !== asked[0]?.urn)?.urn;
      // And if the first was not made on this target, because its project could not be looked up, the second is the only one.
      const isMade = (state: (typeof after)[number]) =>
        state.urn === asked[0]?.urn && projectIdOf(state) === projectOf(one.target);
      if (!after.some(isMade)) continue;
      if (
        outcome.calls.some(({ method, urn, end }) => /create|update/.test(method) && urn === second && end === "ok")
      ) {
        throw new Violation(
          "I5",
          `${one.name} and ${other.name} have one target, and the second was made all the same`,
        );
      }
    }
  }
};

/** I7: after any error, state says what is true, or says that it is not known. */
const stateIsTrue: Invariant = (world, { command, outcome, after, writes }) => {
  for (const { call, kind, projectId, value, previous } of writes) {
    if (call?.method !== "create" || call.end !== "failed" || call.kind !== kind || value === previous) continue;
    throw new Violation(
      "I7",
      `creating ${call.urn} has set ${value} and failed, and state knows nothing of it (${projectId})`,
    );
  }
  if (command.type === "preview") return;
  for (const state of ours(after)) {
    const kind = kindOf(state);
    const projectId = projectIdOf(state);
    const said = valueIn(state);
    if (said === undefined || state.initErrors || !world.exists(projectId)) continue;
    // Exception: what changed where the engine has not looked, or could not be told.
    if (world.truth(kind, projectId).unseen) continue;
    // Exception: of several on one target, as after an interrupted rename, only the one that wrote last is up to date: the
    // engine has not told the provider of the others.
    const { writer } = world.truth(kind, projectId);
    if (state.urn !== writer && world.owners(kind, projectId, after).some(({ urn }) => urn === writer)) continue;
    const live = world.live(kind, projectId);
    if (said !== live) {
      throw new Violation(
        "I7",
        `state says ${said} of ${state.urn} after a ${command.type} that ${outcome.ok ? "succeeded" : "failed"}, but ${live} is live`,
      );
    }
  }
};

/** I8: no line says what is not known. */
const linesAreTrue: Invariant = (world, { lines, truths, writes }) => {
  for (const line of lines) {
    const { text, call, live, key, declared, projectId } = line;
    if (!call) continue;
    const [kind, olds] = [kindOf(call), call.olds ?? {}];
    const truth = truths.get(`${kind} ${projectId}`);
    const said = {
      noted: notedIn(world, { outputs: olds }),
      applied: appliedIn(olds),
      wanted: appliedIn(call.news),
      live,
      key: world.asFound(key),
      declared,
      keys: keysSince(line, writes),
    };
    const untrue = claims.filter(({ says, isTrue }) => says.test(text) && !(truth && isTrue({ truth, ...said })));
    if (untrue.length === 0) continue;
    throw new Violation("I8", `it says "${text}", but that is not so: ${JSON.stringify({ ...truth, ...said })}`);
  }
};

interface Claim {
  says: RegExp;
  isTrue: (of: {
    truth: Truth;
    /** What the resource's state has as found, and as set by it. */
    noted: string | undefined;
    applied: string | undefined;
    /** What the call is to set. */
    wanted: string | undefined;
    live: string;
    /** The key that is live, and those that the program declares. */
    key: string;
    declared: readonly string[];
    /** The key before this call has changed it, and what it was after each change. */
    keys: readonly string[];
  }) => boolean;
}

/** What the call has made of the key, from how it was before. */
function keysSince({ call, projectId }: Line, writes: Happening["writes"]): string[] {
  const changes = writes.filter(
    (write) => write.call === call && write.projectId === projectId && write.kind === "DefaultEncryptionKey",
  );
  const [first] = changes;
  return first === undefined ? [] : [first.previous, ...changes.map(({ value }) => value)];
}

/** Nothing is known that would make it untrue. */
const wasFound = ({ found }: Truth, value: string | undefined) => found === undefined || found === value;

const claims: readonly Claim[] = [
  { says: /somebody else has/, isTrue: ({ truth }) => truth.foreign },
  {
    says: /was changed outside this resource/,
    isTrue: ({ applied, live }) => applied?.toLowerCase() !== live,
  },
  { says: /: it was so at creation\.$/, isTrue: ({ truth, noted, live }) => noted === live && wasFound(truth, noted) },
  { says: /(the key found at creation|was set already when)/, isTrue: ({ truth, noted }) => wasFound(truth, noted) },
  { says: /: none was set when/, isTrue: ({ truth }) => wasFound(truth, "") },
  { says: /no other was found at creation/, isTrue: ({ truth }) => truth.found === "" },
  { says: /was not recorded/, isTrue: ({ noted }) => noted === undefined },
  // What was done is told after it was done.
  { says: /is restored to/, isTrue: ({ noted, live }) => noted === live },
  { says: /is reset to the service's own/, isTrue: ({ key }) => key === "" },
  { says: /is (the declared one|on|off) already/, isTrue: ({ wanted, live }) => wanted === live },
  { says: /Switching default encryption on has changed/, isTrue: ({ keys: [before, after] }) => before !== after },
  {
    says: /(is|was) not the declared one[:;] /,
    isTrue: ({ keys: [before], declared }) => declared.some((one) => one !== before),
  },
  {
    says: /the previous key was restored/,
    isTrue: ({ keys, key }) => keys[0] !== undefined && keys[0] === keys.at(-1) && keys[0] === key,
  },
  { says: /the declared key was set/, isTrue: ({ keys, key, declared }) => declared.includes(key) && keys[0] !== key },
];

/** I8: a project that is gone lets refresh and destroy end, or the error names the way out. */
const goneProjectsEnd: Invariant = (world, { command, outcome, before }) => {
  if (command.type !== "destroy" || outcome.ok || outcome.killed) return;
  if (command.weather.faults.some((fault) => fault !== undefined)) return;
  for (const error of outcome.errors) {
    const state = before.find(({ urn }) => error.startsWith(`${urn}:`));
    if (!state || world.exists(projectIdOf(state))) continue;
    if (!error.includes("pulumi state delete"))
      throw new Violation("I8", `the project is gone, and the error does not name the way out: ${error}`);
  }
};

/** All of them, in the order in which they are asserted. */
export const invariants: readonly Invariant[] = [
  convergesAfterUp,
  deletesOnlyItsOwn,
  deletesNothingDeclared,
  keepsWhatWasFound,
  saysWhatIsNotHandedOver,
  putsBackWhatWasFound,
  oneResourceForATarget,
  stateIsTrue,
  linesAreTrue,
  goneProjectsEnd,
];

export function assertInvariants(world: World, happening: Happening): void {
  for (const invariant of invariants) invariant(world, happening);
}

function isAskedFor(declared: Declared, targets: readonly string[] | undefined): boolean {
  return targets === undefined || targets.includes(urnOf(declared));
}

/** Those of this package that are not to be deleted. */
function ours(resources: readonly ResourceState[]): ResourceState[] {
  return resources.filter(
    (state) => !state.delete && !state.pendingReplacement && kinds.some((kind) => kind === state.kind),
  );
}

function kindOf({ kind }: { kind: string }): "DefaultEncryptionKey" | "DefaultEncryption" {
  return kind === "DefaultEncryption" ? kind : "DefaultEncryptionKey";
}

/** What the resource has noted as found; `undefined` if nothing. */
function notedIn(world: World, { outputs }: Pick<ResourceState, "outputs">): string | undefined {
  const noted = outputs.previousKmsKeyId ?? outputs.previouslyEnabled;
  return noted === undefined ? undefined : world.asFound(String(noted));
}
