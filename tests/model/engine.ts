// A model of Pulumi's engine with many resources, in the real engine's order: what it asks of a provider, when, and what it
// makes of the answers. Read from pkg/v3 3.259.0, resource/deploy (step_generator.go, step_executor.go,
// deployment_executor.go), and from the SDK's dynamic-provider host. engine.test.ts holds it to the real engine.
import { AsyncLocalStorage } from "node:async_hooks";
import { providerProperty } from "../../provider/dynamic/hiddenProperties";
import { type Bag, type CheckResult, type DiffResult, InitializationFailed } from "../../provider/protocol";

/** What the host calls. As methods, so that each lifecycle may type its own bags. */
export interface Lifecycle {
  check(olds: object, news: object): Promise<CheckResult<object>>;
  diff(id: string, olds: object, news: object): Promise<DiffResult>;
  create(inputs: object): Promise<{ id: string; outs: object }>;
  read(id: string, props: object): Promise<{ id: string; props: object; inputs: object }>;
  update(id: string, olds: object, news: object): Promise<{ outs: object }>;
  delete(id: string, olds: object): Promise<void>;
}

/** A resource as the program registers it. */
export interface Goal {
  urn: string;
  kind: string;
  inputs: Bag;
  aliases: readonly string[];
  /** URNs. */
  dependsOn: readonly string[];
  deleteBeforeReplace: boolean;
}

/** A resource of another provider whose creation fails: what may go wrong in a run without our doing. */
export interface Failing {
  urn: string;
  fails: true;
  dependsOn: readonly string[];
}

export type Registration = Goal | Failing;

/** A resource in state. */
export interface ResourceState {
  urn: string;
  kind: string;
  id: string;
  inputs: Bag;
  outputs: Bag;
  dependsOn: readonly string[];
  /** "Initialization failed": the next `up` updates it whatever diff says. */
  initErrors: boolean;
  /** Replaced, and to be deleted at the end of this run or of a later one. */
  delete: boolean;
  /** Deleted, and to be created again: what a replacement that deletes first leaves behind if it is interrupted. */
  pendingReplacement: boolean;
  taint: boolean;
}

export interface Options {
  refresh?: boolean;
  /** URNs of `--target`. */
  targets?: readonly string[];
  /** URNs of `--replace`. */
  replace?: readonly string[];
  continueOnError?: boolean;
}

export interface Call {
  method: "check" | "diff" | "create" | "read" | "update" | "delete";
  kind: string;
  /** Of the resource that the engine asks for. The provider is not told. */
  urn: string;
  id?: string;
  olds?: Bag;
  news?: Bag;
  /** How it ended; absent if it did not, because the process was killed. */
  end?: "ok" | "failed" | "half made";
}

export interface Outcome {
  ok: boolean;
  killed: boolean;
  errors: string[];
  calls: Call[];
}

/** The call that is being served: whoever sends a request or prints a line on its behalf can ask. */
export const serving = new AsyncLocalStorage<{ call: Call; isDead: () => boolean }>();

/** Stops everything for ever: the process is gone. */
export const never = (): Promise<never> => new Promise(() => {});

export interface Watcher {
  /** Before and after each call; a watcher that never returns kills the process there. */
  before?(call: Call): void | Promise<void>;
  after?(call: Call, answer: unknown): void | Promise<void>;
}

export class Engine {
  resources: ResourceState[] = [];

  constructor(
    readonly lifecycles: Readonly<Record<string, Lifecycle>>,
    readonly watcher: Watcher = {},
  ) {}

  up(program: readonly Registration[], options: Options = {}, killed?: Promise<void>): Promise<Outcome> {
    return this.#run(killed, async (run) => {
      if (options.refresh) await run.refresh(options.targets);
      await run.deploy(program, options);
    });
  }

  preview(program: readonly Registration[], options: Options = {}): Promise<Outcome> {
    const before = this.resources;
    return this.#run(undefined, async (run) => {
      if (options.refresh) await run.refresh(options.targets);
      await run.plan(program, options);
    }).finally(() => {
      this.resources = before;
    });
  }

  refresh(options: Options = {}, killed?: Promise<void>): Promise<Outcome> {
    return this.#run(killed, (run) => run.refresh(options.targets));
  }

  destroy(options: Options = {}, killed?: Promise<void>): Promise<Outcome> {
    return this.#run(killed, async (run) => {
      if (options.refresh) await run.refresh(options.targets);
      await run.deploy([], options);
    });
  }

  /** `pulumi state taint`. */
  taint(urn: string): void {
    this.resources = this.resources.map((state) =>
      state.urn === urn && !state.delete ? { ...state, taint: true } : state,
    );
  }

  /** `pulumi state delete`, which refuses what others depend on. */
  forget(urn: string): boolean {
    const isNeeded = this.resources.some(({ dependsOn }) => dependsOn.includes(urn));
    if (!isNeeded) this.resources = this.resources.filter((state) => state.urn !== urn);
    return !isNeeded;
  }

  async #run(killed: Promise<void> | undefined, work: (run: Run) => Promise<void>): Promise<Outcome> {
    const run = new Run(this.resources, this.lifecycles, this.watcher);
    let isKilled = false;
    const kill = killed?.then(() => {
      isKilled = true;
      run.dead = true;
    });
    const done = work(run).catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error;
    });
    await (kill ? Promise.race([done, kill]) : done);
    run.dead = true;
    this.resources = run.resources();
    return { ok: !isKilled && run.errors.length === 0, killed: isKilled, errors: run.errors, calls: run.calls };
  }
}

/** The run goes no further. Why is in its errors. */
class Stopped extends Error {}

class Run {
  readonly calls: Call[] = [];
  readonly errors: string[] = [];
  /** After a kill nothing that is still under way may have an effect. */
  dead = false;
  #cancelled = false;
  #base: ResourceState[];
  readonly #news: ResourceState[] = [];
  /** Old states that a step has taken the place of, or deleted. */
  readonly #done = new Set<ResourceState>();
  /** URNs that a step was made for. */
  readonly #operated = new Set<string>();
  readonly #aliased = new Map<string, string>();
  readonly #registered = new Set<string>();
  readonly #skippedCreates = new Set<string>();
  /** Resources whose step failed or was skipped, in a run that goes on. */
  readonly #skipped = new Set<string>();
  readonly #erroredOlds = new Set<string>();
  #generating: Promise<void> = Promise.resolve();

  constructor(
    base: readonly ResourceState[],
    readonly lifecycles: Readonly<Record<string, Lifecycle>>,
    readonly watcher: Watcher,
  ) {
    // States are changed in place, as the engine does.
    this.#base = base.map((state) => ({ ...state }));
  }

  resources(): ResourceState[] {
    return [...this.#news, ...this.#base.filter((state) => !this.#done.has(state))].map((state) => ({
      ...state,
      dependsOn: state.dependsOn.map((urn) => this.#aliased.get(urn) ?? urn),
    }));
  }

  // -- refresh

  /** Reads every resource, pending deletes too; all at a time, and each to its end whatever the others say. */
  async refresh(targets?: readonly string[]): Promise<void> {
    for (const target of targets ?? []) {
      if (this.#base.some(({ urn }) => urn === target)) continue;
      this.#report(target, new Error("the target could not be found in the stack"));
      throw new Stopped();
    }
    const refreshed = await Promise.all(
      this.#base.map(async (old) => {
        if (old.pendingReplacement || (targets && !targets.includes(old.urn))) return old;
        try {
          const read = await this.#call("read", old, { id: old.id, olds: old.outputs });
          if (read.id === "") return undefined;
          const fresh = {
            ...old,
            id: read.id,
            outputs: withProvider(read.props, old.outputs),
            inputs: read.inputs ? withProvider(read.inputs, old.outputs) : old.inputs,
            initErrors: false,
          };
          // For the display: what would an `up` of the unchanged program say?
          await this.#call("diff", old, { id: fresh.id, olds: fresh.outputs, news: old.inputs });
          Object.assign(old, fresh);
          return old;
        } catch (error) {
          this.#report(old.urn, error);
          return old;
        }
      }),
    );
    this.#base = refreshed.filter((state) => state !== undefined);
    if (this.errors.length > 0) throw new Stopped();
  }

  // -- up and destroy

  async deploy(program: readonly Registration[], options: Options): Promise<void> {
    const registered = new Map<string, Promise<void>>();
    for (const registration of program) {
      const dependencies = registration.dependsOn.map((urn) => registered.get(urn));
      const done = Promise.all(dependencies).then(() => this.#register(registration, options));
      done.catch(() => {});
      registered.set(registration.urn, done);
    }
    await Promise.all([...registered.values()].map((done) => done.catch(rethrowUnlessStopped)));
    if (this.#cancelled) throw new Stopped();
    await this.#performDeletes(options);
  }

  /** Steps are made for one resource after the other; they are carried out many at a time. */
  async #register(registration: Registration, options: Options): Promise<void> {
    const steps = await this.#exclusively(async () => {
      if (this.#cancelled) throw new Stopped();
      try {
        if ("fails" in registration) return [() => Promise.reject(new Error("the other resource cannot be created"))];
        return await this.#generate(registration, options);
      } catch (error) {
        // A failed check, or a check or diff that throws: no further resource is looked at, --continue-on-error or not.
        if (!(error instanceof Stopped)) this.#report(registration.urn, error);
        this.#cancelled = true;
        throw new Stopped();
      }
    });
    if (registration.dependsOn.some((urn) => this.#skipped.has(urn))) {
      this.#skipped.add(registration.urn);
      return;
    }
    for (const step of steps) {
      if (this.#cancelled) throw new Stopped();
      try {
        await step();
      } catch (error) {
        this.#report(registration.urn, error);
        this.#skipped.add(registration.urn);
        this.#erroredOlds.add(registration.urn);
        if (!options.continueOnError) this.#cancelled = true;
        return;
      }
    }
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#generating.then(work);
    this.#generating = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  /** The old state, by the URN first and then by the aliases. */
  #oldOf({ urn, aliases }: Goal): ResourceState | undefined {
    if (this.#aliased.has(urn)) throw new Error(`${urn} is an alias of ${this.#aliased.get(urn)} already`);
    this.#registered.add(urn);
    for (const name of [urn, ...aliases]) {
      const old = this.#base.find((state) => state.urn === name && !state.delete);
      if (!old) continue;
      if (name !== urn && (this.#registered.has(name) || this.#aliased.has(name))) {
        throw new Error(`${name}, an alias of ${urn}, is another resource of the program`);
      }
      if (name !== urn) this.#aliased.set(name, urn);
      return old;
    }
    return undefined;
  }

  async #generate(goal: Goal, options: Options): Promise<(() => Promise<void>)[]> {
    const { urn } = goal;
    const old = this.#oldOf(goal);
    const isTargeted = !options.targets || options.targets.includes(urn);
    if (!isTargeted) {
      this.#operated.add(urn);
      if (!old) {
        this.#skippedCreates.add(urn);
        return [];
      }
      this.#operated.add(old.urn);
      return [async () => this.#replaceState(old, { ...old })];
    }
    const isReplaced = old !== undefined && (old.taint || options.replace?.includes(urn) === true);
    const inputs = await this.#check(goal, isReplaced ? undefined : old?.inputs);
    if (goal.dependsOn.some((dependency) => this.#skippedCreates.has(dependency))) {
      throw new Error(`resource ${urn} depends on a resource that was not targeted and is not in state`);
    }
    if (!old) return [() => this.#create(goal, inputs)];
    this.#operated.add(urn);
    if (isReplaced) return [() => this.#create(goal, inputs, old, "delete later")];

    const diff = await this.#call("diff", goal, { id: old.id, olds: old.outputs, news: inputs });
    const replaces = diff.changes && diff.replaces.length > 0;
    if (replaces || old.pendingReplacement) {
      const fresh = await this.#check(goal, undefined);
      if (!goal.deleteBeforeReplace && !diff.deleteBeforeReplace) {
        return [() => this.#create(goal, fresh, old, "delete later")];
      }
      return [
        ...(old.pendingReplacement ? [] : [() => this.#deleteFirst(old)]),
        () => this.#create(goal, fresh, old, "deleted"),
      ];
    }
    if (diff.changes || old.initErrors) return [() => this.#update(goal, inputs, old)];
    return [async () => this.#replaceState(old, { ...old, urn, inputs, dependsOn: goal.dependsOn, initErrors: false })];
  }

  async #check(goal: Goal, olds: Bag | undefined): Promise<Bag> {
    const { inputs, failures } = await this.#call("check", goal, { olds: olds ?? {}, news: goal.inputs });
    if (failures.length > 0) {
      throw new Error(failures.map(({ property, reason }) => `${property} ${reason}`.trim()).join("; "));
    }
    return withProvider(inputs, goal.inputs);
  }

  async #create(goal: Goal, inputs: Bag, old?: ResourceState, fate?: "delete later" | "deleted"): Promise<void> {
    const record = (id: string, outputs: object, initErrors: boolean) => {
      if (old && fate === "delete later") old.delete = true;
      if (old && fate === "deleted") this.#done.add(old);
      this.#news.push(stateOf(goal, id, inputs, outputs, initErrors));
    };
    try {
      const { id, outs } = await this.#call("create", goal, { news: inputs });
      record(id, withProvider(outs, inputs), false);
    } catch (error) {
      if (error instanceof InitializationFailed) record(error.id, clone(error.properties), true);
      throw error;
    }
  }

  async #update(goal: Goal, inputs: Bag, old: ResourceState): Promise<void> {
    const record = (outputs: object, initErrors: boolean) =>
      this.#replaceState(old, stateOf(goal, old.id, inputs, outputs, initErrors));
    try {
      const { outs } = await this.#call("update", goal, { id: old.id, olds: old.outputs, news: inputs });
      record(withProvider(outs, inputs), false);
    } catch (error) {
      if (error instanceof InitializationFailed) record(clone(error.properties), true);
      throw error;
    }
  }

  async #deleteFirst(old: ResourceState): Promise<void> {
    await this.#call("delete", old, { id: old.id, olds: old.outputs });
    old.pendingReplacement = true;
  }

  #replaceState(old: ResourceState, state: ResourceState): void {
    if (this.dead) return;
    this.#done.add(old);
    this.#news.push(state);
  }

  /** At the end: what was replaced, now or in an earlier run, and what the program has no more. */
  async #performDeletes({ targets, continueOnError }: Options): Promise<void> {
    const allowed = targets && this.#withDependents(targets);
    const condemned = this.#base.filter((state) => {
      if (allowed && !allowed.has(state.urn)) return false;
      if (state.delete) return true;
      return !this.#operated.has(this.#aliased.get(state.urn) ?? state.urn) && !this.#done.has(state);
    });
    if (targets && condemned.some(({ urn }) => !targets.includes(urn))) {
      this.#report("", new Error("delete untargeted resource"));
      throw new Stopped();
    }
    for (const layer of layersOf(condemned)) {
      if (this.#cancelled) throw new Stopped();
      const spared = continueOnError ? this.#dependenciesOf(this.#erroredOlds) : new Set<string>();
      await Promise.all(
        layer.map(async (old) => {
          if (spared.has(old.urn)) return;
          try {
            if (!old.pendingReplacement) await this.#call("delete", old, { id: old.id, olds: old.outputs });
            if (!this.dead) this.#done.add(old);
          } catch (error) {
            this.#report(old.urn, error);
            this.#erroredOlds.add(old.urn);
            if (!continueOnError) this.#cancelled = true;
          }
        }),
      );
    }
    if (this.#cancelled) throw new Stopped();
  }

  #withDependents(targets: readonly string[]): Set<string> {
    const found = new Set(targets);
    for (let size = -1; size !== found.size; ) {
      size = found.size;
      for (const { urn, dependsOn } of this.#base) if (dependsOn.some((other) => found.has(other))) found.add(urn);
    }
    return found;
  }

  #dependenciesOf(urns: ReadonlySet<string>): Set<string> {
    const found = new Set<string>();
    const visit = (urn: string): void => {
      for (const state of this.#base.filter((candidate) => candidate.urn === urn)) {
        for (const dependency of state.dependsOn) {
          if (found.has(dependency)) continue;
          found.add(dependency);
          visit(dependency);
        }
      }
    };
    for (const urn of urns) visit(urn);
    return found;
  }

  // -- preview

  /** As far as a preview goes: every resource is checked and compared, and none is touched. */
  async plan(program: readonly Registration[], options: Options): Promise<void> {
    for (const registration of program) {
      if ("fails" in registration) continue;
      try {
        await this.#generate(registration, options);
      } catch (error) {
        this.#report(registration.urn, error);
        throw new Stopped();
      }
    }
  }

  // -- the host

  #report(urn: string, error: unknown): void {
    if (!(error instanceof Error)) throw error;
    if (this.dead) return;
    this.errors.push(`${urn}: ${error.message}`);
  }

  /** One call, by way of the host: bags are copied, as they go over the wire as JSON. */
  async #call<M extends Call["method"]>(
    method: M,
    { kind, urn }: { kind: string; urn: string },
    { id, olds, news }: Pick<Call, "id" | "olds" | "news">,
  ): Promise<Awaited<ReturnType<Lifecycle[M]>>> {
    const lifecycle = this.lifecycles[kind];
    if (!lifecycle) throw new Error(`there is no lifecycle for ${kind}`);
    if (this.dead) return never();
    const call: Call = {
      method,
      kind,
      urn,
      ...(id === undefined ? {} : { id }),
      ...(olds === undefined ? {} : { olds: clone(olds) }),
      ...(news === undefined ? {} : { news: clone(news) }),
    };
    this.calls.push(call);
    await this.watcher.before?.(call);
    try {
      const answer = await serving.run({ call, isDead: () => this.dead }, () => ask(lifecycle, method, call));
      if (this.dead) return await never();
      call.end = "ok";
      await this.watcher.after?.(call, answer);
      // Each method's answer has its own type, which a look-up by name cannot tell.
      return clone(answer ?? {}) as Awaited<ReturnType<Lifecycle[M]>>;
    } catch (error) {
      if (this.dead) return await never();
      call.end = error instanceof InitializationFailed ? "half made" : "failed";
      await this.watcher.after?.(call, error);
      throw error;
    }
  }
}

function ask(lifecycle: Lifecycle, method: Call["method"], { id = "", olds = {}, news = {} }: Call): Promise<unknown> {
  const [o, n] = [clone(olds), clone(news)];
  switch (method) {
    case "check":
      return lifecycle.check(o, n);
    case "diff":
      return lifecycle.diff(id, o, n);
    case "create":
      return lifecycle.create(n);
    case "read":
      return lifecycle.read(id, o);
    case "update":
      return lifecycle.update(id, o, n);
    case "delete":
      return lifecycle.delete(id, o);
  }
}

function stateOf(goal: Goal, id: string, inputs: Bag, outputs: object, initErrors: boolean): ResourceState {
  const { urn, kind, dependsOn } = goal;
  const rest = { delete: false, pendingReplacement: false, taint: false };
  return { urn, kind, id, inputs, outputs: clone(outputs) as Bag, dependsOn, initErrors, ...rest };
}

/** Resources on which others depend are deleted after those. */
function layersOf(condemned: readonly ResourceState[]): ResourceState[][] {
  const layers: ResourceState[][] = [];
  let left = [...condemned];
  while (left.length > 0) {
    const urns = new Set(left.map(({ urn }) => urn));
    const layer = left.filter(({ dependsOn, urn }) => !dependsOn.some((other) => other !== urn && urns.has(other)));
    if (layer.length === 0) throw new Error("the dependencies run in a circle");
    layers.unshift(layer);
    left = left.filter((state) => !layer.includes(state));
  }
  return layers;
}

function withProvider(bag: object, from: Bag): Bag {
  return { ...clone(bag), [providerProperty]: from[providerProperty] };
}

function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function rethrowUnlessStopped(error: unknown): void {
  if (!(error instanceof Stopped)) throw error;
}
