// The world of a model run: cloud, engine and program, and what is true of them that no part of the package is told. After
// each command of the engine it asserts the invariants.
import * as defaultEncryption from "../../provider/dynamic/defaultEncryption";
import * as defaultEncryptionKey from "../../provider/dynamic/defaultEncryptionKey";
import { configure } from "../../provider/dynamic/session";
import { keyAliases, keyIdOf, ModelCloud, type Weather, type Write } from "./cloud";
import { type Call, Engine, type Options, type Outcome, type ResourceState, serving } from "./engine";
import { assertInvariants } from "./invariants";
import { type Declared, type Kind, type Program, projectOf, register, sameSpelling, targets, urnOf } from "./program";

export interface EngineCommand {
  type: "up" | "preview" | "refresh" | "destroy";
  options: Options;
  weather: Weather;
}

/** A line that the provider has printed, and in which call. */
export interface Line {
  text: string;
  call: Call | undefined;
  /** What was live then, of the setting that the call is about; and the key. */
  live: string;
  key: string;
  /** The project that the call is about, and the key that the program declares there: several, of which all but one are refused. */
  projectId: string;
  declared: readonly string[];
}

/** What is true of one kind of setting of one project. */
export interface Truth {
  /** What held before a resource of this stack first took it; `undefined` while none has, or if that cannot be known. */
  found: string | undefined;
  /** Whether a resource has noted that, and no event since has lost it that the engine hands nothing over in. */
  noted: boolean;
  /** What resources of this stack have set last, or adopted. */
  ours: string | undefined;
  /** All that they have set since the first of them took it, or asked for without a clear answer: it may yet be applied. */
  wrote: readonly string[];
  /** Which of them was the last to set or adopt it, by its URN. */
  writer: string | undefined;
  /** Somebody else has changed it since. */
  foreign: boolean;
  /** It was changed since anybody looked who could tell the engine: only a refresh will show it. */
  unseen: boolean;
  /** And that was a side effect of a call of ours, which the next `up` has to put right without a refresh. */
  isOurDoing: boolean;
  /** A write that is in no state, because the process died or the engine keeps no state of it. */
  orphaned: boolean;
  /** The last write was lost by a kill: state knows only the one before, and takes the live value for somebody else's. */
  lost: boolean;
}

/** A command, and all that came of it. */
export interface Happening {
  command: EngineCommand;
  outcome: Outcome;
  program: Program;
  before: readonly ResourceState[];
  after: readonly ResourceState[];
  lines: readonly Line[];
  writes: readonly (Write & { kind: Kind; value: string; previous: string; truth: Truth })[];
  /** Resources whose state passed by, in this run: by a read, or by a diff. */
  seen: ReadonlySet<string>;
  truths: ReadonlyMap<string, Truth>;
}

export const kinds: readonly Kind[] = ["DefaultEncryptionKey", "DefaultEncryption"];

const nothing = (): Truth => ({
  found: undefined,
  noted: false,
  ours: undefined,
  wrote: [],
  writer: undefined,
  foreign: false,
  unseen: false,
  isOurDoing: false,
  orphaned: false,
  lost: false,
});

/** What is left of it when the resources are gone: a write that nobody knows of. */
const orphan = ({ ours, wrote }: Truth): Partial<Truth> => ({ orphaned: true, ours, wrote });

let runs = 0;

export class World {
  readonly cloud = new ModelCloud();
  readonly engine: Engine;
  program: Program = { resources: [], failsAt: undefined };
  /** For the report of a counterexample. */
  readonly log: string[] = [];
  readonly #truths = new Map<string, Truth>();
  #lines: Line[] = [];
  #writes: Happening["writes"][number][] = [];
  #seen = new Set<string>();
  #isPreview = false;
  /** What was true of a key before a call that switches has changed it. */
  readonly #keysBefore = new WeakMap<Call, { value: string; truth: Truth }>();

  /** What the user exports, `more` besides the credentials. */
  readonly environment: Record<string, string>;

  constructor(more: Record<string, string> = {}) {
    this.environment = { ...this.cloud.environment(), ...more };
    this.engine = new Engine(
      { DefaultEncryptionKey: defaultEncryptionKey, DefaultEncryption: defaultEncryption },
      { before: (call) => this.#before(call), after: (call) => this.#after(call) },
    );
    this.cloud.cloud.onWrite = (write) => this.#onWrite(write);
  }

  // -- what is true

  truth(kind: Kind, projectId: string): Truth {
    const key = `${kind} ${projectId.toLowerCase()}`;
    const truth = this.#truths.get(key) ?? nothing();
    this.#truths.set(key, truth);
    return truth;
  }

  live(kind: Kind, projectId: string): string {
    const { keyId, enabled } = this.cloud.cloud.evs(projectId);
    return kind === "DefaultEncryptionKey" ? keyId : String(enabled);
  }

  /** A value as what is found and restored: the service's own key and none are the same, also in a project that is gone. */
  asFound(value: string): string {
    return ownKeys.has(value) ? "" : value;
  }

  isUsable(key: string): boolean {
    return this.cloud.cloud.key(key)?.state === "enabled";
  }

  exists(projectId: string): boolean {
    return this.cloud.cloud.project(projectId) !== undefined;
  }

  /** The value that the program declares. */
  declaredValue({ kind, target, key, enabled }: Declared): string {
    if (kind === "DefaultEncryption") return String(enabled);
    return keyIdOf(projectOf(target), key);
  }

  owners(kind: Kind, projectId: string, resources: readonly ResourceState[] = this.engine.resources): ResourceState[] {
    return resources.filter((state) => state.kind === kind && projectIdOf(state) === projectId.toLowerCase());
  }

  // -- what happens

  async run(command: EngineCommand): Promise<Happening> {
    const before = this.engine.resources;
    this.#lines = [];
    this.#writes = [];
    this.#seen = new Set();
    this.#read.clear();
    this.#shown.clear();
    this.#creates.clear();
    this.#calls = 0;
    this.#killAtCall = command.weather.killAtCall;
    this.#isPreview = command.type === "preview";
    await startHost(this.environment);
    const killed = this.cloud.start(command.weather);
    const capture = captureLines((text, call) => {
      const projectId = call ? projectIdOf(call) || (this.#projectOfGoal(call.urn) ?? "") : "";
      const live = call && this.exists(projectId) ? this.live(call.kind as Kind, projectId) : "";
      const key = this.exists(projectId) ? this.live("DefaultEncryptionKey", projectId) : "";
      const declared = this.program.resources
        .filter((one) => one.kind === "DefaultEncryptionKey" && projectOf(one.target) === projectId)
        .map((one) => this.declaredValue(one));
      this.#lines.push({ text, call, live, key, projectId, declared });
    });
    let outcome: Outcome;
    try {
      outcome = await unlessItHangs(this.#ask(command, killed));
    } catch (error) {
      this.log.push(
        named(`${command.type} ${JSON.stringify(command)} hangs; requests: ${this.cloud.operations.join(", ")}`),
      );
      throw error;
    } finally {
      capture.end();
    }
    const happening: Happening = {
      command,
      outcome,
      program: this.program,
      before,
      after: this.engine.resources,
      lines: this.#lines,
      writes: this.#writes,
      seen: this.#seen,
      truths: this.#truths,
    };
    this.log.push(named(describe(happening, this.cloud.operations)));
    this.#settle(happening);
    assertInvariants(this, happening);
    this.#forgetWhatIsGivenUp(happening);
    return happening;
  }

  #ask({ type, options }: EngineCommand, killed: Promise<void>): Promise<Outcome> {
    const program = (isDeployment: boolean) => register(this.program, isDeployment);
    const twins = type === "up" || type === "preview" ? sameSpelling(this.program) : undefined;
    if (twins) return Promise.resolve({ ok: false, killed: false, errors: [`${twins} have one target`], calls: [] });
    switch (type) {
      case "up":
        return this.engine.up(program(true), options, killed);
      case "preview":
        return this.engine.preview(program(false), options);
      case "refresh":
        return this.engine.refresh(options, killed);
      case "destroy":
        return this.engine.destroy(options, killed);
    }
  }

  /** As somebody else: no rule of the provider holds. */
  foreignChange(target: number, change: { keyId?: string; enabled?: boolean }): void {
    const projectId = projectOf(target);
    this.cloud.cloud.setDefaultEncryption(projectId, change);
  }

  /** `pulumi state delete`: what was set stays, and nobody knows of it any more. */
  forget(state: ResourceState): void {
    if (!this.engine.forget(state.urn) || !kinds.includes(state.kind as Kind)) return;
    const [kind, projectId] = [state.kind as Kind, projectIdOf(state)];
    const truth = this.truth(kind, projectId);
    if (this.owners(kind, projectId).length > 0) truth.unseen = true;
    else Object.assign(truth, nothing(), orphan(truth));
  }

  /** What happened so far is how the cloud is found. */
  startsHere(): void {
    this.#truths.clear();
    this.log.length = 0;
  }

  /** How many states of a URN and a project were read and are not in state yet: what is replaced, and what replaces it. */
  readonly #read = new Map<string, number>();
  /** Of how many states the engine has seen what was changed, by the setting. */
  readonly #shown = new Map<string, number>();

  /** The last create of this run, by the setting. */
  readonly #creates = new Map<string, Call>();

  #calls = 0;
  #killAtCall: Weather["killAtCall"];

  #isKilled(when: "before" | "after", index: number): boolean {
    return this.#killAtCall?.when === when && this.#killAtCall.index === index;
  }

  #before(call: Call): void | Promise<void> {
    this.#indices.set(call, this.#calls);
    if (this.#isKilled("before", this.#calls++)) return this.cloud.die();
    if (call.method === "diff" && call.olds) this.#seen.add(call.urn).add(`${call.kind} ${projectIdOf(call)}`);
    if (call.method !== "create") return;
    const projectId = this.#projectOfGoal(call.urn);
    if (projectId === undefined || !this.exists(projectId)) return;
    const truth = this.truth(call.kind as Kind, projectId);
    const owners = this.owners(call.kind as Kind, projectId);
    const setting = `${call.kind} ${projectId}`;
    const earlier = this.#creates.get(setting);
    this.#creates.set(setting, call);
    // What another has just set, or is about to set, is not what was found, though it is in no state yet.
    if (owners.length === 0 && earlier && earlier.end !== "failed") return;
    if (owners.length === 0) {
      // What switching on has changed in this run is not what was found.
      const lost = this.#writes.find(
        (write) =>
          write.kind === call.kind && write.projectId === projectId && write.call && write.call.kind !== call.kind,
      );
      const live = this.live(call.kind as Kind, projectId);
      // Given up although it is still what we have set: who comes next has to know what was found before.
      if (lost === undefined && truth.noted && truth.ours === live && !truth.foreign) return;
      const found = this.asFound(lost?.previous ?? live);
      // After a write that nobody knows of, what was there before is lost.
      Object.assign(truth, nothing(), truth.orphaned ? orphan(truth) : { found });
    } else if (!this.#seen.has(`${call.kind} ${projectId.toLowerCase()}`)) {
      truth.noted = false;
      truth.found = undefined;
    }
  }

  /** Which call of the command it is. */
  readonly #indices = new WeakMap<Call, number>();

  #after(call: Call): void | Promise<void> {
    if (this.#isKilled("after", this.#indices.get(call) ?? -1)) {
      delete call.end; // for the engine it never ended
      return this.cloud.die();
    }
    if ((call.method === "create" || call.method === "update") && /^(ok|half made)$/.test(call.end ?? ""))
      this.#adopt(call);
    // What a preview reads goes into no state.
    if (call.end !== "ok" || this.#isPreview) return;
    const projectId = projectIdOf(call);
    const setting = `${call.kind} ${projectId}`;
    const state = `${call.urn} ${projectId}`;
    const unsaved = this.#read.get(state) ?? 0;
    if (call.method === "read") {
      this.#read.set(state, unsaved + 1);
      this.#seen.add(setting);
    }
    // What was read is in state once the diff that shows it is through: a kill before that loses it.
    if (call.method !== "diff" || unsaved === 0) return;
    this.#read.set(state, unsaved - 1);
    const truth = this.truth(call.kind as Kind, projectId);
    if (truth.unseen || this.#shown.has(setting)) this.#shown.set(setting, (this.#shown.get(setting) ?? 0) + 1);
    truth.unseen = false;
  }

  /** Who declares what is live is its owner from then on, whoever has set it. */
  #adopt(call: Call): void {
    const { urn } = call;
    const declared = this.program.resources.find((candidate) => urnOf(candidate) === urn);
    if (!declared || !this.exists(projectOf(declared.target))) return;
    const truth = this.truth(declared.kind, projectOf(declared.target));
    if (call.end === "half made") truth.wrote = [...truth.wrote, this.declaredValue(declared)];
    // What it has written itself needs no look at what was there: a create, or an update of the value.
    const desired = (bag: Call["news"]) => String(declared.kind === "DefaultEncryption" ? bag?.enabled : bag?.kmsKeyId);
    const hasWritten = call.method === "create" || desired(call.olds) !== desired(call.news);
    if (this.live(declared.kind, projectOf(declared.target)) !== this.declaredValue(declared)) return;
    if (truth.unseen && !hasWritten) return;
    truth.ours = this.declaredValue(declared);
    truth.wrote = [...truth.wrote, truth.ours];
    truth.writer = urn;
    truth.foreign = false;
    truth.lost = false;
  }

  #projectOfGoal(urn: string): string | undefined {
    const declared = this.program.resources.find((candidate) => urnOf(candidate) === urn);
    return declared && projectOf(declared.target);
  }

  #onWrite({ change, ...write }: Write): void {
    const { call, projectId, before, after } = write;
    const values = {
      DefaultEncryptionKey: [before.keyId, after.keyId, change.keyId !== undefined],
      DefaultEncryption: [String(before.enabled), String(after.enabled), change.enabled !== undefined],
    } as const;
    for (const kind of kinds) {
      const [previous, value, isWritten] = values[kind];
      const truth = this.truth(kind, projectId);
      if (!isWritten) continue;
      if (call?.kind !== kind && previous === value) continue;
      this.#writes.push({ ...write, change, kind, value, previous, truth: { ...truth } });
      // What the service does to the key when it is switched on is nobody's wish, unless the call puts it back.
      const earlier = call && this.#keysBefore.get(call);
      if (call && call.kind !== kind && !earlier) this.#keysBefore.set(call, { value: previous, truth: { ...truth } });
      if (earlier && earlier.value === value) {
        Object.assign(truth, earlier.truth);
        continue;
      }
      // If it is not put back, nobody can tell any more what was found.
      if (call && call.kind !== kind) truth.found = undefined;
      if (call === undefined || (call.kind !== kind && value !== truth.ours)) {
        // A side effect on a value that nobody has changed meanwhile is not what nobody could look for.
        truth.isOurDoing = call !== undefined && (truth.isOurDoing || !truth.unseen);
        truth.foreign = true;
        truth.unseen = true;
        continue;
      }
      truth.ours = value;
      truth.wrote = [...truth.wrote, value];
      // Switching on puts back what the resource has set that wrote last.
      if (call.kind === kind) truth.writer = call.urn;
      truth.foreign = false;
      truth.unseen = false;
      truth.isOurDoing = false;
      truth.lost = false;
    }
  }

  /** What the engine could not be told. */
  #settle({ outcome, before, writes, after }: Happening): void {
    // A switch that has lost the key was completed in a run that was not told of the key (docs/limitations.md): from then on
    // no state has a trace of the loss.
    for (const call of outcome.calls) {
      if (call.kind !== "DefaultEncryption" || !/^(update|delete)$/.test(call.method) || call.end !== "ok") continue;
      if (!call.olds || call.olds.enabled !== undefined) continue;
      const setting = `DefaultEncryptionKey ${projectIdOf(call)}`;
      const truth = this.#truths.get(setting);
      if (truth?.unseen && !this.#seen.has(setting)) truth.isOurDoing = false;
    }
    // Of several states of a setting, as after an interrupted replacement, one that was not read is as it was.
    for (const [setting, shown] of this.#shown) {
      const owners = before.filter((state) => setting === `${state.kind} ${projectIdOf(state)}`);
      const isWritten = writes.some((write) => setting === `${write.kind} ${write.projectId}`);
      const truth = this.#truths.get(setting);
      if (truth && shown < owners.length && !isWritten) truth.unseen = true;
    }
    for (const { call, kind, projectId } of writes) {
      if (!call) continue;
      const truth = this.truth(kind, projectId);
      // Killed in the middle of a call, or between its end and the writing of state; or a delete that failed, or was of one
      // of several states of a target: the engine keeps the others as they were.
      const owners = this.owners(kind, projectId, after);
      // Of several states, that of the resource which has written; and what it was told by a refresh is not what it has set.
      const own = owners.filter(({ urn }) => urn === call.urn);
      const live = this.live(kind, projectId);
      const isInState = (own.length > 0 ? own : owners).some(
        (state) => !state.delete && valueIn(state) === live && appliedIn(state.outputs) === live,
      );
      const isLost =
        !isInState && (outcome.killed || (call.method === "delete" && (owners.length > 0 || call.end !== "ok")));
      if (isLost) truth.unseen = true;
      if (isLost) truth.lost = true;
      if (isLost && owners.length === 0) truth.orphaned = true;
    }
    for (const state of after) {
      if (!kinds.includes(state.kind as Kind)) continue;
      const truth = this.truth(state.kind as Kind, projectIdOf(state));
      const { writer = "" } = truth;
      const isRenamed = this.program.resources.some((one) => urnOf(one) === state.urn && one.aliases.includes(writer));
      if (isRenamed && after.every(({ urn }) => urn !== writer)) truth.writer = state.urn;
      const previous = state.outputs.previousKmsKeyId ?? state.outputs.previouslyEnabled;
      if (previous !== undefined && this.asFound(String(previous)) === truth.found) truth.noted = true;
    }
  }

  #forgetWhatIsGivenUp({ lines, outcome, writes }: Happening): void {
    for (const [key, truth] of this.#truths) {
      const [kindText = "", projectId = ""] = key.split(" ");
      for (const kind of kinds.filter((candidate) => candidate === kindText)) {
        if (this.owners(kind, projectId).length > 0) continue;
        // It still is as we have set it, though not as it was found: nothing but a line makes that right.
        const isWritten = writes.some((one) => one.kind === kind && one.projectId === projectId);
        const isOurs =
          this.exists(projectId) && truth.ours === this.live(kind, projectId) && !truth.foreign && !isWritten;
        const isSaid = lines.some(
          ({ text, call }) => handsNothingOver.test(text) && call?.kind === kind && projectIdOf(call) === projectId,
        );
        // What is off already needs no write to be reset.
        const isReset = outcome.calls.some(
          (call) =>
            call.method === "delete" &&
            call.end === "ok" &&
            call.kind === "DefaultEncryption" &&
            kind === call.kind &&
            projectIdOf(call) === projectId &&
            call.olds?.onDelete === "reset" &&
            truth.ours === "false",
        );
        const isFound = truth.found === undefined || this.asFound(truth.ours ?? "") === truth.found;
        if (truth.noted && isOurs && !isFound && !isReset) {
          // Exception: no state knows of it, because a run was killed or a state deleted. If what else has the target is deleted
          // before the next `up`, our value cannot be told from a foreign one.
          if (!isSaid && !truth.lost && !truth.unseen) continue;
          truth.orphaned = true;
        }
        Object.assign(truth, nothing(), truth.orphaned ? orphan(truth) : {});
      }
    }
  }
}

/** The line by which a delete says that what was noted is not known to who goes on. */
export const handsNothingOver =
  /declares it (does not have|is not created yet, and unless this run creates it will not have) the previous /;

/** A process of its own for each command: nothing is remembered of the last one. */
async function startHost(environment: Record<string, string>): Promise<void> {
  for (const name of Object.keys(process.env)) {
    if (/^(HW|OS|HC|HUAWEICLOUD)_/.test(name)) delete process.env[name];
  }
  Object.assign(process.env, { HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9", HOME: "/nonexistent" }, environment);
  const rawConfig: Record<string, string> = { "model:run": String(++runs) };
  await configure({ config: { get: (key) => rawConfig[key], rawConfig } });
}

/** A command takes some hundred turns of the event loop, and waits for nothing but them. */
const mostTurns = 20_000;
const mostMs = 1000;

/** Called at every turn while a command runs. */
let passTime: () => void = () => {};

/**
 * For the file that calls this, a turn of the event loop is a millisecond: lines are collected for a moment, no limit is reached,
 * and no timer of a run that was killed outlives the test.
 */
export function useModelTime(): void {
  jest.useFakeTimers({
    doNotFake: [
      "Date",
      "hrtime",
      "nextTick",
      "performance",
      "queueMicrotask",
      "setImmediate",
      "clearImmediate",
      "setInterval",
      "clearInterval",
    ],
  });
  passTime = () => jest.advanceTimersByTime(1);
}

async function unlessItHangs<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const hangs = async (): Promise<never> => {
    const startedAt = Date.now();
    for (let turn = 0; !isDone && (turn < mostTurns || Date.now() - startedAt < mostMs); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isDone) passTime();
    }
    throw new Error("the command never ends");
  };
  try {
    return await Promise.race([work, hangs()]);
  } finally {
    isDone = true;
  }
}

function captureLines(take: (text: string, call: Call | undefined) => void): { end: () => void } {
  const { write } = process.stderr;
  process.stderr.write = (text: string | Uint8Array) => {
    const served = serving.getStore();
    if (!served?.isDead()) take(String(text).trimEnd(), served?.call);
    return true;
  };
  return {
    end() {
      process.stderr.write = write;
    },
  };
}

export function projectIdOf({ id = "" }: { id?: string }): string {
  return (id.split("/")[1] ?? "").toLowerCase();
}

/** What state says of the setting; `undefined` if it says that it is not known. */
export function valueIn({ kind, outputs }: ResourceState): string | undefined {
  const value = kind === "DefaultEncryptionKey" ? outputs.kmsKeyId : outputs.enabled;
  return value === undefined ? undefined : String(value).toLowerCase();
}

/** What the resource has set last, as far as its state says. */
export function appliedIn(olds: object = {}): string | undefined {
  const bag: Record<string, unknown> = { ...olds };
  const applied = bag.appliedKmsKeyId ?? bag.appliedEnabled ?? bag.kmsKeyId ?? bag.enabled;
  return applied === undefined ? undefined : String(applied).toLowerCase();
}

/** The service's own keys. */
const ownKeys: ReadonlySet<string> = new Set([...targets.keys()].map((at) => keyIdOf(projectOf(at), "evs/default")));

/** Names instead of IDs. */
function named(text: string): string {
  return [...targets.keys()].reduce((all, target) => {
    const project = projectOf(target);
    const withKeys = [...keyAliases, "evs/default"].reduce(
      (rest, alias) => rest.replaceAll(keyIdOf(project, alias), alias),
      all,
    );
    return withKeys.replaceAll(project, `P${target}`).replaceAll(project.toUpperCase(), `P${target}`);
  }, text);
}

/** One command in a few lines, for whoever reads a counterexample. */
function describe({ command, outcome, program, lines, writes }: Happening, operations: string[]): string {
  const short = (urn: string) =>
    urn.split("::").slice(2).join("::").replace("pulumi-nodejs:dynamic/huaweicloud/evs:", "");
  const call = ({ method, urn, end, olds, news }: Call) => {
    const bag = (from: object | undefined) =>
      from === undefined
        ? ""
        : ` ${JSON.stringify(from, (key, value) => (/^(__|region$)/.test(key) ? undefined : value))}`;
    return `    ${method} ${short(urn)}: ${end ?? "killed"}${bag(olds)}${news && olds ? " =>" : ""}${bag(news)}`;
  };
  const weather = command.weather.faults.map((fault) => fault ?? "-").join(", ");
  return [
    `${command.type} ${JSON.stringify(command.options)}${weather ? ` [${weather}]` : ""}: ${outcome.killed ? "killed" : outcome.ok ? "ok" : "failed"}`,
    `  program: ${program.resources.map((declared) => `${short(urnOf(declared))} ${declared.kind === "DefaultEncryption" ? declared.enabled : declared.key} in ${declared.target}.${declared.spelling}${declared.onDelete ? ` ${declared.onDelete}` : ""}`).join("; ")}${program.failsAt === undefined ? "" : `; fails at ${program.failsAt}`}`,
    ...outcome.calls.map(call),
    `  requests: ${operations.join(", ")}`,
    ...writes.map(
      ({ kind, previous, value, call: by }) =>
        `  ${kind}: ${previous} => ${value}, by ${by ? `${by.method} ${short(by.urn)}` : "somebody else"}`,
    ),
    ...lines.map(({ text }) => `  > ${text}`),
    ...outcome.errors.map((error) => `  ! ${short(error)}`),
  ].join("\n");
}
