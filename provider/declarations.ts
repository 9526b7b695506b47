// What this run knows of targets: which resource of the program declares each, with which value; what was found there
// before this package came; and one operation at a time. The host calls check and diff for every resource that the program
// declares before it deletes anything at the end of a run: so a delete can tell a target that is given up from one that
// another resource goes on with, in the run of a rename and in any later one. A destroy declares nothing.

import { sameId } from "./huaweicloud/services/identifiers";
import { ConfigurationError } from "./huaweicloud/transport/errors";
import { hasUnknown, InitializationFailed } from "./protocol";
import {
  describeTarget,
  isWorthLookUp,
  type Place,
  sameProject,
  sameSpelling,
  type Target,
  type TargetId,
  type TargetInputs,
  targetId,
} from "./target";

export type Kind = "DefaultEncryptionKey" | "DefaultEncryption";

/** One resource of the program. */
export interface Declaration<Value, Found = unknown> {
  kind: Kind;
  /** Who declares it; `undefined` for a program with an older copy of this package. */
  urn: string | undefined;
  target: TargetInputs;
  /** The desired value. */
  value: Value;
  /** ID of the project, once it is known. */
  projectId?: string | undefined;
  /** Whether state has this resource on this target. */
  isInState: boolean;
  /** Why it must not be written: another resource of the program is for the same target. */
  refused?: string;
  /** Whether its project's ID is known by itself, so that it is being written, or is as it should be. */
  isResolved?: boolean;
  /** Whether the declared value is in state and, as far as this run knows, live. */
  isSettled?: boolean;
  /** What it has noted as found on the target before; `undefined` if nothing, or if it is not made yet. */
  noted?: Found | undefined;
  /** Whether its create or update has failed in this run, so that state does not have it as it is declared. */
  hasFailed?: boolean;
}

/** What the service has made of a setting by itself. */
export interface FallBack<Found> {
  from: Found;
  to: Found;
}

/** Looks up the ID of a target's project; throws what the look-up throws. */
export type LookUp = (target: TargetInputs) => Promise<{ projectId: string }>;

export class Declarations<Value, Found> {
  readonly #declared = new Map<string, Declaration<Value, Found>>();
  readonly #found = new Map<TargetId, Found | undefined>();
  readonly #lost = new Map<TargetId, Found>();
  readonly #live = new Map<TargetId, Found | undefined>();
  readonly #fallBacks = new Map<TargetId, FallBack<Found>>();

  constructor(
    readonly kind: Kind,
    private readonly lookUp: LookUp,
  ) {}

  /**
   * Called by check: this resource declares this target. Returns the reason why it must not: another resource of the
   * program does so already, which goes on. Of two of which only this one is in state, the other does not go on: it would
   * overwrite what this one has set. A project that cannot be looked up is another one until it is known.
   */
  async declare(
    urn: string | undefined,
    target: TargetInputs,
    value: Value,
    { isInState = false } = {},
  ): Promise<string | undefined> {
    const own: Declaration<Value, Found> = { kind: this.kind, urn, target, value, isInState };
    const key = urn ?? JSON.stringify(target);
    const before = this.#declared.get(key);
    if (before && sameSpelling(before.target, target)) {
      own.projectId = before.projectId;
      own.noted = before.noted;
    }
    this.#declared.set(key, own);
    if (hasUnknown(target)) return undefined;
    for (const other of this.#others(own)) {
      if (other.refused !== undefined || !(await this.#isSame(own, other))) continue;
      const reason = this.#conflict(own, other);
      if (isInState && !other.isInState) other.refused = this.#conflict(other, own);
      else own.refused = reason;
      return reason;
    }
    return undefined;
  }

  /**
   * Called by diff and create, once the project's ID is known. Throws a `ConfigurationError` if this resource must not be
   * written, because another one of the program is for the same target. Returns this resource's declaration.
   */
  resolve(
    target: TargetInputs,
    projectId: string,
    { isSettled = false, noted }: Pick<Declaration<Value, Found>, "isSettled" | "noted"> = {},
  ): Declaration<Value, Found> | undefined {
    const own = this.#spelled(target);
    if (!own) return undefined;
    own.projectId = projectId;
    const inOrder = [...this.#declared.values()];
    for (const other of this.#others(own)) {
      if (other.refused !== undefined || !isOn(other, { region: target.region, projectId })) continue;
      // The first goes on, unless the second is under way already.
      const isSecond = other.isResolved || inOrder.indexOf(other) < inOrder.indexOf(own);
      if (isSecond) own.refused ??= this.#conflict(own, other);
      else other.refused = this.#conflict(other, own);
    }
    if (own.refused !== undefined) throw new ConfigurationError(`${own.refused}.`);
    own.isResolved = true;
    own.isSettled = isSettled;
    own.noted = noted;
    return own;
  }

  /** Runs create or update of this resource, and remembers if it fails, with `--continue-on-error` until the deletes. */
  async making<T>(target: TargetInputs, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const own = this.#spelled(target);
      if (own && !(error instanceof InitializationFailed)) own.hasFailed = true; // else state has it, and what it needs
      throw error;
    }
  }

  /**
   * Called by delete: the declaration of this target, if a resource of the program goes on with it. Throws what a look-up
   * throws, because a target that may be declared must not be given up; nor what one has noted for another that has failed.
   */
  async holderOf(target: Target): Promise<Declaration<Value, Found> | undefined> {
    for (const declaration of this.#declared.values()) {
      if (mayTurnOutAs(declaration.target, target)) {
        throw new ConfigurationError(
          `Whether ${nameOf(declaration)} goes on with the ${describeTarget(target)} is not known, because what it depends on has failed: nothing is put back. Run up again.`,
        );
      }
      if (declaration.target.region !== target.region) continue;
      if (idOf(declaration) === undefined && !mayBeSame(declaration.target, target)) continue;
      declaration.projectId ??= idOf(declaration) ?? (await this.#projectIdOf(declaration.target, target));
      if (!sameId(declaration.projectId, target.projectId)) continue;
      if (!declaration.hasFailed) return declaration;
      throw new ConfigurationError(
        `${nameOf(declaration)}, which goes on with the ${describeTarget(target)}, has failed: nothing is given up. Run up again.`,
      );
    }
    return undefined;
  }

  /** Called when the declared value has been written. */
  settle(target: TargetInputs): void {
    const own = this.#spelled(target);
    if (own) own.isSettled = true;
  }

  /** The declaration of this target, if it is known without a look-up, and its value is the live one as far as we know. */
  settledOn(target: Place): Declaration<Value, Found> | undefined {
    return [...this.#declared.values()].find((declaration) => declaration.isSettled && isOn(declaration, target));
  }

  /** Whether a resource declares this value for the target, as far as it is known without a look-up. */
  isDeclared(target: Place, value: Value): boolean {
    return [...this.#declared.values()].some((declaration) => declaration.value === value && isOn(declaration, target));
  }

  /** Called with every state that passes by: what was found on this target before; `undefined` if nothing was noted. */
  noteFound(target: Place, found: Found | undefined): void {
    const id = targetId(target);
    if (this.#found.get(id) === undefined) this.#found.set(id, found);
  }

  /** Called when a call of this run may have lost what was live before: a resource that is created later has found that. */
  noteLost(target: Place, before: Found): void {
    this.#lost.set(targetId(target), before);
  }

  /** What an older resource of this target had noted, if this run has seen its state; else what this run may have lost. */
  inherit(target: Place): { found: Found | undefined } | undefined {
    const id = targetId(target);
    const known = [this.#found, this.#lost].find((map) => map.has(id));
    return known && { found: known.get(id) };
  }

  /** Called when a call of this run may have changed what is live: what is live now, `undefined` if that is not known. */
  noteLive(target: Place, live: Found | undefined): void {
    this.#live.set(targetId(target), live);
  }

  /** What is live, if a call of this run may have changed it since state was written. */
  liveOn(target: Place): { live: Found | undefined } | undefined {
    const id = targetId(target);
    return this.#live.has(id) ? { live: this.#live.get(id) } : undefined;
  }

  /** Called when the service has fallen back, by a call of this run, from what was set to something else. */
  noteFallBack(target: Place, fallBack: FallBack<Found>): void {
    this.#fallBacks.set(targetId(target), fallBack);
  }

  fallBackOf(target: Place): FallBack<Found> | undefined {
    return this.#fallBacks.get(targetId(target));
  }

  /** Of a target that is spelled by name: nothing to ask if the deleted resource had the same spelling. */
  async #projectIdOf(declared: TargetInputs, target: Target): Promise<string> {
    const { projectId, ...spelled } = target;
    return sameSpelling(declared, spelled) ? projectId : (await this.lookUp(declared)).projectId;
  }

  #spelled(target: TargetInputs): Declaration<Value, Found> | undefined {
    return [...this.#declared.values()].find((declaration) => sameSpelling(declaration.target, target));
  }

  #others(own: Declaration<Value, Found>): Declaration<Value, Found>[] {
    return [...this.#declared.values()].filter((other) => other !== own);
  }

  async #isSame(own: Declaration<Value, Found>, other: Declaration<Value, Found>): Promise<boolean> {
    if (hasUnknown(other.target)) return false;
    if (sameSpelling(own.target, other.target)) return true; // also where the ID of only one is known
    // Two names of one account are two projects, also where the ID of only one is known yet.
    const known = sameProject(own.target, other.target) ?? sameProject(withId(own), withId(other));
    if (known !== undefined || !isWorthLookUp(own.target, other.target)) return known ?? false;
    try {
      for (const declaration of [own, other]) {
        if (idOf(declaration) !== undefined) continue;
        declaration.projectId = (await this.lookUp(declaration.target)).projectId;
      }
    } catch {
      // It is not known to be the same: create looks again, before it writes.
    }
    return sameId(idOf(own), idOf(other));
  }

  #conflict(own: Declaration<Value, Found>, other: Declaration<Value, Found>): string {
    const projectId = idOf(own) ?? idOf(other);
    const { region, projectName = region } = own.target;
    const where =
      projectId === undefined ? `project ${projectName} in ${region}` : describeTarget({ region, projectId });
    return (
      `${nameOf(own)} is for the same target as ${nameOf(other)} (${where}), and a target has only one ${this.kind}: ` +
      "the two would overwrite each other. Remove one, or give it another region, projectId or projectName"
    );
  }
}

function isOn(declaration: Declaration<unknown>, { region, projectId }: Place): boolean {
  return declaration.target.region === region && sameId(idOf(declaration), projectId);
}

/** Whether a declaration with an unknown part, whose dependency has failed in this deployment, may be of this target. */
function mayTurnOutAs(declared: TargetInputs, target: Target): boolean {
  if (!hasUnknown(declared)) return false;
  if (declared.region !== target.region && !hasUnknown(declared.region)) return false;
  return declared.projectId === undefined || hasUnknown(declared.projectId);
}

function mayBeSame(declared: TargetInputs, target: Target): boolean {
  return sameProject(declared, target) !== false;
}

function idOf({ target, projectId }: Declaration<unknown>): string | undefined {
  return target.projectId ?? projectId;
}

function withId(declaration: Declaration<unknown>): TargetInputs {
  return { ...declaration.target, projectId: idOf(declaration) as TargetInputs["projectId"] };
}

/** The last part of a URN, and the component that it is in. */
function nameOf({ urn, kind }: Declaration<unknown>): string {
  if (urn === undefined) return `a ${kind}`;
  const [, , types = "", name = ""] = urn.split("::");
  const parent = types.split("$").at(-2);
  return parent === undefined ? `"${name}"` : `"${name}" (in a ${parent.split(":").at(-1)})`;
}

/** What the resource that goes on with a target makes of what was found before it, in the words of a delete. */
export function knowsNot({ isResolved }: Declaration<unknown>): string {
  return isResolved ? "does not know" : "is not made yet, and if this run does not make it, will not know";
}

/** Runs what touches one target one after the other: a key and a switch that are written at once can undo each other. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  run<T>(target: Place, work: () => Promise<T>): Promise<T> {
    const id = targetId(target);
    const before = this.#last.get(id) ?? Promise.resolve();
    const result = before.then(work);
    this.#last.set(
      id,
      result.catch(() => undefined),
    );
    return result;
  }
}
