// Which resources of the program declare each target, with which value; the previous value of each; and one operation at a time
// on a target. check and diff run for every declared resource before the deletes at the end of a run, so delete can tell a target
// that is given up from one that another resource still declares. A destroy declares nothing.

import { conflictOf } from "./conflict";
import { type ProjectId, sameId } from "./huaweicloud/services/identifiers";
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
export interface Declaration<Value, Previous = unknown> {
  kind: Kind;
  /** Who declares it; `undefined` for a program with an older copy of this package. */
  urn: string | undefined;
  target: TargetInputs;
  /** The desired value. */
  value: Value;
  /** ID of the project, once it is known. */
  projectId?: ProjectId | undefined;
  /** Whether state has this resource on this target. */
  isInState: boolean;
  /** Why it must not be written: another resource of the program is for the same target. */
  refused?: string;
  /** Whether its project's ID is known by itself, so that it is being written, or is as it should be. */
  isResolved?: boolean;
  /** Whether the declared value is in state and, as far as this run knows, live. */
  isSettled?: boolean;
  /** The previous value that it has recorded; `undefined` if none, or if it is not created yet. */
  noted?: Previous | undefined;
  /** Whether its create or update has failed in this run, so that state does not have it as it is declared. */
  hasFailed?: boolean;
}

/** A change that the service made as a side effect. */
export interface ServiceReset<Previous> {
  from: Previous;
  to: Previous;
}

/** Looks up the ID of a target's project; throws what the look-up throws. */
export type LookUp = (target: TargetInputs) => Promise<{ projectId: ProjectId }>;

export class Declarations<Value, Previous> {
  readonly #declared = new Map<string, Declaration<Value, Previous>>();
  readonly #previous = new Map<TargetId, Previous | undefined>();
  readonly #lost = new Map<TargetId, Previous>();
  readonly #live = new Map<TargetId, Previous | undefined>();
  readonly #serviceResets = new Map<TargetId, ServiceReset<Previous>>();

  constructor(
    readonly kind: Kind,
    private readonly lookUp: LookUp,
  ) {}

  /**
   * Called by check: registers the resource for its target. Returns a reason to refuse it if another resource already declares
   * the target. If only one of two is in state, the other is refused: it would overwrite what that one has set. A project that
   * cannot be looked up counts as another one until it is known.
   */
  async declare(
    urn: string | undefined,
    target: TargetInputs,
    value: Value,
    { isInState = false } = {},
  ): Promise<string | undefined> {
    const own: Declaration<Value, Previous> = { kind: this.kind, urn, target, value, isInState };
    const key = urn ?? JSON.stringify(target);
    const before = this.#declared.get(key);
    if (before && sameSpelling(before.target, target)) {
      own.projectId = before.projectId;
      own.noted = before.noted;
    }
    this.#declared.set(key, own);
    if (hasUnknown(target)) return undefined;
    // A copy: others are declared while a look-up is under way, and they look for this one themselves.
    for (const other of [...this.#declared.values()]) {
      if (other === own || other.refused !== undefined) continue;
      if (!(isSame(own, other) ?? (await this.#isFoundToBeSame(own, other)))) continue;
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
    projectId: ProjectId,
    { isSettled = false, noted }: Pick<Declaration<Value, Previous>, "isSettled" | "noted"> = {},
  ): Declaration<Value, Previous> | undefined {
    const own = this.#spelled(target);
    if (!own) return undefined;
    own.projectId = projectId;
    const place = { region: target.region, projectId };
    let isBefore = true;
    for (const other of this.#declared.values()) {
      if (other === own) isBefore = false;
      if (other === own || other.refused !== undefined || !isOn(other, place)) continue;
      // The second is refused, unless it is being written already.
      if (other.isResolved || isBefore) own.refused ??= this.#conflict(own, other);
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
   * Called by delete. Returns the declaration of this target, or `undefined`. Throws the look-up's error: a target that may be
   * declared must not be given up. Throws also if the declaring resource has failed: it has not recorded the previous value.
   */
  async declarationOf(target: Target): Promise<Declaration<Value, Previous> | undefined> {
    for (const declaration of this.#declared.values()) {
      if (mayResolveTo(declaration.target, target)) {
        throw new ConfigurationError(
          `Cannot tell whether ${nameOf(declaration)} also declares the ${describeTarget(target)}, because a resource it depends on failed. Nothing was changed; run up again.`,
        );
      }
      if (declaration.target.region !== target.region) continue;
      if (idOf(declaration) === undefined && !mayBeSame(declaration.target, target)) continue;
      declaration.projectId ??= idOf(declaration) ?? (await this.#projectIdOf(declaration.target, target));
      if (!sameId(declaration.projectId, target.projectId)) continue;
      if (!declaration.hasFailed) return declaration;
      throw new ConfigurationError(
        `${nameOf(declaration)}, which declares the ${describeTarget(target)} now, has failed. Nothing was changed; run up again.`,
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
  settledOn(target: Place): Declaration<Value, Previous> | undefined {
    return this.#find((declaration) => Boolean(declaration.isSettled) && isOn(declaration, target));
  }

  /** Whether a resource declares this value for the target, as far as it is known without a look-up. */
  isDeclared(target: Place, value: Value): boolean {
    return this.#find((declaration) => declaration.value === value && isOn(declaration, target)) !== undefined;
  }

  /** Records the previous value of this target, from state; `undefined` if state has none. */
  notePrevious(target: Place, previous: Previous | undefined): void {
    const id = targetId(target);
    if (this.#previous.get(id) === undefined) this.#previous.set(id, previous);
  }

  /** Called when a call of this run may have lost the live value: a resource that is created later inherits it. */
  noteLost(target: Place, before: Previous): void {
    this.#lost.set(targetId(target), before);
  }

  /**
   * Returns the previous value recorded by an older resource of this target, if this run has read its state; else the one that
   * this run may have lost.
   */
  inheritPrevious(target: Place): { previous: Previous | undefined } | undefined {
    const id = targetId(target);
    const known = [this.#previous, this.#lost].find((map) => map.has(id));
    return known && { previous: known.get(id) };
  }

  /** Called when a call of this run may have changed the live value: what it is now, `undefined` if that is not known. */
  noteLive(target: Place, live: Previous | undefined): void {
    this.#live.set(targetId(target), live);
  }

  /** Returns the live value, if a call of this run may have changed it since state was written. */
  liveOn(target: Place): { live: Previous | undefined } | undefined {
    const id = targetId(target);
    return this.#live.has(id) ? { live: this.#live.get(id) } : undefined;
  }

  /** Called when a call of this run has made the service change the value. */
  noteServiceReset(target: Place, reset: ServiceReset<Previous>): void {
    this.#serviceResets.set(targetId(target), reset);
  }

  serviceResetOf(target: Place): ServiceReset<Previous> | undefined {
    return this.#serviceResets.get(targetId(target));
  }

  /** Of a target that is spelled by name. No look-up is needed if the deleted resource had the same spelling. */
  async #projectIdOf(declared: TargetInputs, target: Target): Promise<ProjectId> {
    const { projectId, ...spelled } = target;
    return sameSpelling(declared, spelled) ? projectId : (await this.lookUp(declared)).projectId;
  }

  #spelled(target: TargetInputs): Declaration<Value, Previous> | undefined {
    return this.#find((declaration) => sameSpelling(declaration.target, target));
  }

  // Without a copy of the list: each of hundreds of resources asks several times.
  #find(matches: (declaration: Declaration<Value, Previous>) => boolean): Declaration<Value, Previous> | undefined {
    for (const declaration of this.#declared.values()) if (matches(declaration)) return declaration;
    return undefined;
  }

  /** Looks up the projects' IDs. */
  async #isFoundToBeSame(own: Declaration<Value, Previous>, other: Declaration<Value, Previous>): Promise<boolean> {
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

  #conflict(own: Declaration<Value, Previous>, other: Declaration<Value, Previous>): string {
    const projectId = idOf(own) ?? idOf(other);
    const { region, projectName = region } = own.target;
    const where =
      projectId === undefined ? `project ${projectName} in ${region}` : describeTarget({ region, projectId });
    return conflictOf(this.kind, nameOf(own), nameOf(other), where);
  }
}

/** Whether two resources are for the same target; `undefined` if a look-up has to tell. */
function isSame(own: Declaration<unknown>, other: Declaration<unknown>): boolean | undefined {
  // One spelling is one project, and two names of one account are two, also where the ID of only one is known yet.
  const same =
    sameSpelling(own.target, other.target) ||
    (sameProject(own.target, other.target) ?? sameProject(withId(own), withId(other)));
  if (same === false || hasUnknown(other.target)) return false;
  return same ?? (isWorthLookUp(own.target, other.target) ? undefined : false);
}

function isOn(declaration: Declaration<unknown>, { region, projectId }: Place): boolean {
  return declaration.target.region === region && sameId(idOf(declaration), projectId);
}

/** Whether a declaration with an unknown part, whose dependency has failed in this deployment, may be of this target. */
function mayResolveTo(declared: TargetInputs, target: Target): boolean {
  if (!hasUnknown(declared)) return false;
  if (declared.region !== target.region && !hasUnknown(declared.region)) return false;
  return declared.projectId === undefined || hasUnknown(declared.projectId);
}

function mayBeSame(declared: TargetInputs, target: Target): boolean {
  return sameProject(declared, target) !== false;
}

function idOf({ target, projectId }: Declaration<unknown>): ProjectId | undefined {
  return target.projectId ?? projectId;
}

function withId(declaration: Declaration<unknown>): TargetInputs {
  return { ...declaration.target, projectId: idOf(declaration) };
}

/** The last part of a URN, and the component that it is in. */
function nameOf({ urn, kind }: Declaration<unknown>): string {
  if (urn === undefined) return `a ${kind}`;
  const [, , types = "", name = ""] = urn.split("::");
  const parent = types.split("$").at(-2);
  return parent === undefined ? `"${name}"` : `"${name}" (in a ${parent.split(":").at(-1)})`;
}

/** Whether the resource that declares a target has the previous value, in the words of a delete that does not find it there. */
export function lacksPrevious({ isResolved }: Declaration<unknown>): string {
  return isResolved ? "does not have" : "is not created yet, and unless this run creates it will not have";
}

/** Runs operations on one target in sequence; concurrent writes of key and switch can undo each other. */
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
