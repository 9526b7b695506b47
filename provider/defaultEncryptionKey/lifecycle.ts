// The lifecycle of DefaultEncryptionKey: which KMS key encrypts new EVS disks of a project, unless they name another.
// A front calls these functions; check and diff decide, the others call the service.
import { checkResource } from "../check";
import { lacksPrevious } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import { type KmsKeyId, type LiveKmsKeyId, type ProjectId, sameId } from "../huaweicloud/services/identifiers";
import { HuaweiCloudError, ResponseError } from "../huaweicloud/transport/errors";
import { type Call, type Lifecycle, reporting } from "../lifecycle";
import { causeOf } from "../notices";
import { type Bag, type CheckResult, type DiffResult, hasUnknown, InitializationFailed, unknownOf } from "../protocol";
import { parseState, unlessGone } from "../state";
import {
  compareTargets,
  describeTarget,
  inputsOfTarget,
  parseResourceId,
  resourceId,
  scopeOf,
  type Target,
} from "../target";
import { targetOfUpdate } from "../update";
import { attemptWrite, type WriteOutcome } from "../write";
import { preflight, requireUsable } from "./preflight";
import type { Restored } from "./previousKey";
import {
  args,
  type DefaultEncryptionKeyInputs,
  type DefaultEncryptionKeyState,
  defaultOnDelete,
  state,
} from "./schema";

/** What a front serves. */
export const defaultEncryptionKey: Lifecycle<DefaultEncryptionKeyInputs, DefaultEncryptionKeyState> = {
  check,
  diff,
  create: reporting((run, inputs) => run.keys.making(inputs, () => create(run, inputs))),
  read: reporting(read),
  update: reporting((run, id, olds, news) => run.keys.making(news, () => update(run, id, olds, news))),
  delete: reporting(delete_),
};

/** Called before each diff: validates what the user wrote, resolves defaults, and asks KMS about a new key. */
async function check(run: Call, olds: Bag, news: Bag): Promise<CheckResult<Bag>> {
  const inspect = async (inputs: DefaultEncryptionKeyInputs) => {
    const lookUp = preflight(inputs, olds, run);
    const reason = run.phase === "preview" ? await lookUp : undefined; // else create or update waits for it
    return reason === undefined ? undefined : { property: "kmsKeyId", reason };
  };
  return checkResource(
    { schema: args, declarations: run.keys, desired: ({ kmsKeyId }) => kmsKeyId, inspect },
    olds,
    news,
    run,
  );
}

/** Called with the state's outputs and the checked inputs: what has to change? */
async function diff(run: Call, _id: string, outputs: object, news: DefaultEncryptionKeyInputs): Promise<DiffResult> {
  const olds = parseState(state, outputs);
  const { keys } = run;
  keys.notePrevious(olds, olds.previousKmsKeyId);
  const target = compareTargets(olds, news);
  const changes =
    target.changes ||
    !sameId(olds.kmsKeyId, news.kmsKeyId) ||
    hasUnknown(news.kmsKeyId) ||
    olds.appliedKmsKeyId !== undefined ||
    olds.onDelete !== news.onDelete ||
    mayHaveChanged(run, olds);
  if (target.isSame) keys.resolve(news, olds.projectId, { isSettled: !changes, noted: olds.previousKmsKeyId });
  return { changes, replaces: target.replaces, deleteBeforeReplace: false };
}

/** Declaring is adopting: a project that has a key already simply converges. */
async function create(
  run: Call,
  inputs: DefaultEncryptionKeyInputs,
): Promise<{ id: string; outs: DefaultEncryptionKeyState }> {
  await requireUsable(inputs, run);
  if (run.phase === "preview") return planned(inputs);
  const connection = await run.connect(scopeOf(inputs));
  const declaration = run.keys.resolve(inputs, connection.projectId);
  return run.writes.run(connection, async () => {
    const inherited = run.keys.inheritPrevious(connection);
    const previousKmsKeyId = inherited ? inherited.previous : await findPrevious(connection, inputs, run);
    if (declaration) declaration.noted = previousKmsKeyId;
    const target = { ...scopeOf(inputs), projectId: connection.projectId };
    const outs = await setKey(connection, { inputs, target, previousKmsKeyId }, run);
    return { id: resourceId(outs), outs };
  });
}

/** Called by refresh and by `get`, which knows only the ID. Gives back inputs too, so that drift shows in the next preview. */
async function read(run: Call, id: string, outputs: object): Promise<{ id: string; props: object; inputs: object }> {
  const olds = parseState(state.partial(), outputs);
  const target: Target = scopeOf({ ...olds, ...parseResourceId(id) });
  // A resource that is only read has the same state without a previous value: that is not recorded.
  if (olds.previousKmsKeyId !== undefined) run.keys.notePrevious(target, olds.previousKmsKeyId);
  const live = await unlessGone(target, "and with it its default encryption key", run.notify, async () =>
    getKey(await run.connect(target)),
  );
  if (live === undefined) return { id: "", props: {}, inputs: {} };
  // Another spelling of the same key is not drift.
  const kmsKeyId = sameId(olds.kmsKeyId, live) ? (olds.kmsKeyId as LiveKmsKeyId) : live;
  const applied = olds.appliedKmsKeyId ?? (olds.kmsKeyId || undefined);
  const { onDelete = defaultOnDelete, previousKmsKeyId } = olds;
  const props = stateOf({ target, onDelete, live: kmsKeyId, applied, previousKmsKeyId });
  return { id, props, inputs: { kmsKeyId, ...inputsOfTarget(target), onDelete } };
}

async function update(
  run: Call,
  id: string,
  outputs: object,
  news: DefaultEncryptionKeyInputs,
): Promise<{ outs: DefaultEncryptionKeyState }> {
  const olds = parseState(state, outputs);
  const { previousKmsKeyId } = olds;
  const { kmsKeyId, onDelete } = news;
  const asDeclared = (target: Target) => ({
    outs: stateOf({ target, onDelete, live: kmsKeyId, applied: kmsKeyId, previousKmsKeyId }),
  });
  if (run.phase === "preview") {
    await requireUsable(news, run);
    return asDeclared({ ...scopeOf(news), projectId: olds.projectId });
  }
  const target = await targetOfUpdate(olds, news, run);
  if (isOnlyInState(olds, news) && !mayHaveChanged(run, olds)) {
    run.keys.settle(news);
    return asDeclared(target);
  }
  await requireUsable(news, run);
  const connection = await run.connect(target);
  return run.writes.run(connection, async () => ({
    outs: await setKey(connection, { id, inputs: news, target, previousKmsKeyId, olds }, run),
  }));
}

/** Restores or resets the project, unless the value was changed outside or another resource declares it. */
async function delete_(run: Call, _id: string, outputs: object): Promise<void> {
  const olds = parseState(state, outputs);
  const applied = olds.appliedKmsKeyId ?? olds.kmsKeyId;
  const subject = `The default encryption key of ${describeTarget(olds)}`;
  return run.writes.run(olds, async () => {
    const holder = await run.keys.declarationOf(olds);
    // For one that is replaced, and deleted first: the next one inherits it.
    if (holder) run.keys.notePrevious(olds, olds.previousKmsKeyId);
    const isNoted = olds.previousKmsKeyId !== undefined && olds.onDelete === "restore";
    if (holder && isNoted && !sameId(holder.noted, olds.previousKmsKeyId)) {
      run.notify(
        `${subject}: the resource that now declares it ${lacksPrevious(holder)} the previous key recorded by this one. To pass it on, ` +
          'give the renamed resource `aliases: [{ name: "old name" }]`, or refresh in the same run.',
      );
    }
    // Unchanged, or its own resource will set it, or changed outside: leave it.
    if (holder && (sameId(holder.value, applied) || !holder.isSettled)) {
      const line = `${subject} is unchanged: another resource of the program declares it.`;
      return run.notices.say("another resource declares the key", describeTarget(olds), line, run);
    }
    const connection = await run.connect(scopeOf(olds));
    const live = await unlessGone(olds, "so there is nothing to restore", run.notify, () => getKey(connection));
    if (live === undefined) return;
    // A change made by this run's switch counts as our own.
    const reset = run.keys.serviceResetOf(olds);
    const isServiceReset = reset !== undefined && sameId(reset.from, applied) && sameId(reset.to, live);
    if (!sameId(live, applied) && !isServiceReset) {
      if (holder) return;
      // Without the key's ID, which may be a secret.
      const line = `${subject} stays: it was changed outside this resource.`;
      return run.notices.say("the key was changed outside, left unchanged", describeTarget(olds), line, run);
    }
    const { resetDefaultKey, setDefaultKey } = await import("../huaweicloud/services/evs");
    const { previousKeyIfUsable } = await import("./previousKey");
    const isRestored = !holder && olds.onDelete === "restore";
    const { key: wanted, line }: Restored = isRestored
      ? await previousKeyIfUsable(connection, olds)
      : { key: holder?.value };
    const notifyLine = () => line !== undefined && run.notify(line);
    if (sameId(wanted, live)) return void notifyLine();
    const outcome = await attemptWrite({
      write: () => (wanted === undefined ? resetDefaultKey(connection) : setDefaultKey(connection, wanted)),
      readBack: () => getKey(connection),
      isWanted: (found) => (wanted === undefined ? !sameId(found, live) : sameId(found, wanted)),
    });
    if (outcome.outcome !== "applied") throw outcome.error;
    if (wanted !== undefined && !sameId(outcome.live, wanted)) {
      throw new ResponseError(`${subject} should be restored, but the service answers another one. Try again.`);
    }
    notifyLine();
  });
}

/** The outputs of create as far as a preview knows them. */
function planned(inputs: DefaultEncryptionKeyInputs): { id: string; outs: DefaultEncryptionKeyState } {
  const { kmsKeyId, onDelete, projectId } = inputs;
  const target = { ...scopeOf(inputs), projectId: projectId ?? unknownOf<ProjectId>() };
  const previousKmsKeyId = onDelete === "restore" ? unknownOf<LiveKmsKeyId>() : undefined;
  const outs = stateOf({ target, onDelete, live: kmsKeyId, applied: kmsKeyId, previousKmsKeyId });
  return { id: hasUnknown(target) ? "" : resourceId(target), outs };
}

interface Desired {
  /** ID of the resource, if it has one already. */
  id?: string;
  inputs: DefaultEncryptionKeyInputs;
  target: Target;
  previousKmsKeyId: LiveKmsKeyId | undefined;
  olds?: DefaultEncryptionKeyState;
}

/** Sets the key and returns the outputs. Throws `InitializationFailed` if the service has not confirmed the key asked for. */
async function setKey(connection: Connection, desired: Desired, run: Call): Promise<DefaultEncryptionKeyState> {
  const { inputs, target, previousKmsKeyId, olds, id = resourceId(target) } = desired;
  const { setDefaultKey } = await import("../huaweicloud/services/evs");
  const { kmsKeyId, onDelete } = inputs;
  const isWanted = (found: string) => sameId(found, kmsKeyId);
  const outcome = await attemptWrite({
    write: () => setDefaultKey(connection, kmsKeyId),
    readBack: () => getKey(connection),
    isWanted,
  });
  if (outcome.outcome === "refused") throw outcome.error;
  // What may yet be applied makes what was read back no truth to keep.
  const live = outcome.outcome === "applied" ? outcome.live : undefined;
  if (live !== undefined && isWanted(live)) {
    run.keys.settle(inputs);
    await notifyIfOff(connection, run);
    return stateOf({ target, onDelete, live: kmsKeyId, applied: kmsKeyId, previousKmsKeyId });
  }
  // What was live before this write, and set by this resource, still is its own.
  const before = olds?.appliedKmsKeyId ?? olds?.kmsKeyId;
  const applied = (sameId(before, outcome.live) && before) || kmsKeyId;
  const outs = stateOf({ target, onDelete, live, applied, previousKmsKeyId });
  throw new InitializationFailed(id, outs, reasonOf(outcome, target), outcome.error);
}

/** No key ID is in it: the live key can be one that the program marks as a secret, such as the one before this update. */
function reasonOf(outcome: Exclude<WriteOutcome<string>, { outcome: "refused" }>, target: Target): string {
  const again = "Run up again to repair it.";
  if (outcome.outcome === "unknown") return `${outcome.error.message} ${again}`;
  return `The default encryption key of ${describeTarget(target)} should be the declared one, but the service answers ${outcome.live === "" ? "none" : "another"}. ${again}`;
}

/** Setting a key does not switch encryption on, which a user may expect: one line says so. */
async function notifyIfOff(connection: Connection, run: Call): Promise<void> {
  const { getEnabled } = await import("../huaweicloud/services/evs");
  const where = describeTarget(connection);
  try {
    if ((await getEnabled(connection)) || run.switches.isDeclared(connection, true)) return;
    const line = `The default encryption key of ${where} is set, but default encryption is off: new disks are not encrypted until it is on (resource DefaultEncryption).`;
    await run.notices.say("default encryption is off", where, line, run);
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    const line = `The default encryption key of ${where} is set; whether default encryption is on could not be read: ${error.message}`;
    await run.notices.say(`whether default encryption is on could not be read, ${causeOf(error)}`, where, line, run);
  }
}

/** For `restore`: what holds before this resource sets its key. */
async function findPrevious(
  connection: Connection,
  { onDelete, kmsKeyId }: DefaultEncryptionKeyInputs,
  run: Call,
): Promise<LiveKmsKeyId | undefined> {
  if (onDelete !== "restore") return undefined;
  const found = await getKey(connection);
  if (sameId(found, kmsKeyId)) {
    run.notify(
      `The default encryption key of ${describeTarget(connection)} is the declared one already: with onDelete "restore", destroying leaves it so, while it can be used.`,
    );
  }
  return found;
}

/** Whether a call of this run, which switches, may have changed the key since state was written. */
function mayHaveChanged({ keys }: Call, olds: DefaultEncryptionKeyState): boolean {
  const known = keys.liveOn(olds);
  return known !== undefined && !sameId(known.live, olds.kmsKeyId);
}

/** Whether the change affects state only; nothing is sent. */
function isOnlyInState(olds: DefaultEncryptionKeyState, news: DefaultEncryptionKeyInputs): boolean {
  const otherChange =
    olds.onDelete !== news.onDelete || olds.appliedKmsKeyId !== undefined || compareTargets(olds, news).changes;
  return sameId(olds.kmsKeyId, news.kmsKeyId) && otherChange;
}

/** The outputs. `live` is left out if it is not known, and `applied` while it is the live one. */
function stateOf(now: {
  target: Target;
  onDelete: DefaultEncryptionKeyState["onDelete"];
  live: LiveKmsKeyId | undefined;
  applied: KmsKeyId | undefined;
  previousKmsKeyId: LiveKmsKeyId | undefined;
}): DefaultEncryptionKeyState {
  const { target, onDelete, live, applied, previousKmsKeyId } = now;
  return {
    ...(live === undefined ? {} : { kmsKeyId: live }),
    ...target,
    onDelete,
    ...(applied === undefined || sameId(applied, live) ? {} : { appliedKmsKeyId: applied }),
    ...(previousKmsKeyId === undefined ? {} : { previousKmsKeyId }),
  };
}

async function getKey(connection: Connection): Promise<LiveKmsKeyId> {
  const { getDefaultKey } = await import("../huaweicloud/services/evs");
  return getDefaultKey(connection);
}
