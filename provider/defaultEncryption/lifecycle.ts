// The lifecycle of DefaultEncryption: whether new EVS disks of a project are encrypted unless they say otherwise.
// A front calls these functions; check and diff decide, the others call the service.
import { checkResource } from "../check";
import { lacksPrevious } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import type { ProjectId } from "../huaweicloud/services/identifiers";
import { ResponseError } from "../huaweicloud/transport/errors";
import { type Call, type Lifecycle, reporting } from "../lifecycle";
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
import type { WriteOutcome } from "../write";
import { args, type DefaultEncryptionInputs, type DefaultEncryptionState, defaultOnDelete, state } from "./schema";
import { setDeclaredKey, switchTo } from "./switch";

/** What a front serves. */
export const defaultEncryption: Lifecycle<DefaultEncryptionInputs, DefaultEncryptionState> = {
  check,
  diff,
  create: reporting((run, inputs) => run.switches.making(inputs, () => create(run, inputs))),
  read: reporting(read),
  update: reporting((run, id, olds, news) => run.switches.making(news, () => update(run, id, olds, news))),
  delete: reporting(delete_),
};

/** Called before each diff: validates what the user wrote and resolves defaults. */
async function check(run: Call, olds: Bag, news: Bag): Promise<CheckResult<Bag>> {
  return checkResource(
    { schema: args, declarations: run.switches, desired: ({ enabled }) => enabled },
    olds,
    news,
    run,
  );
}

/** Called with the state's outputs and the checked inputs: what has to change? */
async function diff(run: Call, _id: string, outputs: object, news: DefaultEncryptionInputs): Promise<DiffResult> {
  const olds = parseState(state, outputs);
  const { switches } = run;
  switches.notePrevious(olds, olds.previouslyEnabled);
  const target = compareTargets(olds, news);
  const changes =
    target.changes ||
    olds.enabled !== news.enabled ||
    hasUnknown(news.enabled) ||
    olds.appliedEnabled !== undefined ||
    olds.onDelete !== news.onDelete;
  if (target.isSame) switches.resolve(news, olds.projectId, { isSettled: !changes, noted: olds.previouslyEnabled });
  return { changes, replaces: target.replaces, deleteBeforeReplace: false };
}

/** Declaring is adopting: if it is on already, it stays on. */
async function create(
  run: Call,
  inputs: DefaultEncryptionInputs,
): Promise<{ id: string; outs: DefaultEncryptionState }> {
  if (run.phase === "preview") return planned(inputs);
  const connection = await run.connect(scopeOf(inputs));
  const declaration = run.switches.resolve(inputs, connection.projectId);
  return run.writes.run(connection, async () => {
    const inherited = run.switches.inheritPrevious(connection);
    const previouslyEnabled = inherited ? inherited.previous : await findPrevious(connection, inputs, run);
    if (declaration) declaration.noted = previouslyEnabled;
    const target = { ...scopeOf(inputs), projectId: connection.projectId };
    const outs = await applySwitch(connection, { inputs, target, previouslyEnabled }, run);
    return { id: resourceId(outs), outs };
  });
}

/** Called by refresh and by `get`, which knows only the ID. Gives back inputs too, so that drift shows in the next preview. */
async function read(run: Call, id: string, outputs: object): Promise<{ id: string; props: object; inputs: object }> {
  const olds = parseState(state.partial(), outputs);
  const target: Target = scopeOf({ ...olds, ...parseResourceId(id) });
  // A resource that is only read has the same state without a previous value: that is not recorded.
  if (olds.previouslyEnabled !== undefined) run.switches.notePrevious(target, olds.previouslyEnabled);
  const enabled = await unlessGone(target, "and with it its default encryption", run.notify, async () =>
    getStatus(await run.connect(target)),
  );
  if (enabled === undefined) return { id: "", props: {}, inputs: {} };
  const { onDelete = defaultOnDelete, previouslyEnabled, appliedEnabled: applied = olds.enabled } = olds;
  const props = stateOf({ target, onDelete, live: enabled, applied, previouslyEnabled });
  return { id, props, inputs: { enabled, ...inputsOfTarget(target), onDelete } };
}

async function update(
  run: Call,
  id: string,
  outputs: object,
  news: DefaultEncryptionInputs,
): Promise<{ outs: DefaultEncryptionState }> {
  const olds = parseState(state, outputs);
  const { previouslyEnabled } = olds;
  const { enabled, onDelete } = news;
  const asDeclared = (target: Target) => ({
    outs: stateOf({ target, onDelete, live: enabled, applied: enabled, previouslyEnabled }),
  });
  if (run.phase === "preview") return asDeclared({ ...scopeOf(news), projectId: olds.projectId });
  const target = await targetOfUpdate(olds, news, run);
  if (isOnlyInState(olds, news)) {
    run.switches.settle(news);
    return asDeclared(target);
  }
  const connection = await run.connect(target);
  return run.writes.run(connection, async () => ({
    outs: await applySwitch(connection, { id, inputs: news, target, previouslyEnabled, olds }, run),
  }));
}

/** Restores or resets the project, unless the value was changed outside or another resource declares it. */
async function delete_(run: Call, _id: string, outputs: object): Promise<void> {
  const olds = parseState(state, outputs);
  return run.writes.run(olds, async () => {
    await giveUp(run, olds);
    if (!isKeyUnsure(olds)) return;
    await unlessGone(olds, "so there is no key to put back", run.notify, async () =>
      setDeclaredKey(await run.connect(scopeOf(olds)), run),
    );
  });
}

/** What a delete does to the setting itself. */
async function giveUp(run: Call, olds: DefaultEncryptionState): Promise<void> {
  const applied = olds.appliedEnabled ?? olds.enabled;
  const subject = `Default encryption of ${describeTarget(olds)}`;
  const holder = await run.switches.declarationOf(olds);
  // For one that is replaced, and deleted first: the next one inherits it.
  if (holder) run.switches.notePrevious(olds, olds.previouslyEnabled);
  if (
    holder &&
    olds.previouslyEnabled !== undefined &&
    olds.onDelete === "restore" &&
    holder.noted !== olds.previouslyEnabled
  ) {
    run.notify(
      `${subject}: the resource that now declares it ${lacksPrevious(holder)} the previous setting recorded by this one (${onOrOff(olds.previouslyEnabled)}). ` +
        'To pass it on, give the renamed resource `aliases: [{ name: "old name" }]`, or refresh in the same run.',
    );
  }
  // Unchanged, or its own resource will set it, or changed outside: leave it.
  if (holder && (holder.value === applied || !holder.isSettled)) {
    const line = `${subject} is unchanged: another resource of the program declares it.`;
    return run.notices.say("another resource declares the switch", describeTarget(olds), line, run);
  }
  const connection = await run.connect(scopeOf(olds));
  const live = await unlessGone(olds, "so there is nothing to restore", run.notify, () => getStatus(connection));
  if (live === undefined) return;
  const wanted = holder?.value ?? (olds.onDelete === "restore" ? olds.previouslyEnabled : false);
  if (live !== applied) {
    // Perhaps by a delete of this resource that then failed to put the declared key back.
    const isOwn = live === wanted && (isKeyUnsure(olds) || (live && (await setDeclaredKey(connection, run))));
    if (holder || isOwn) return;
    const line = `${subject} stays ${onOrOff(live)}: it was changed outside this resource.`;
    return run.notices.say("the switch was changed outside, left unchanged", describeTarget(olds), line, run);
  }
  if (wanted === undefined || wanted === live) {
    return holder ? undefined : notifyThatItStays(olds, run, subject, live);
  }
  const outcome = await switchTo(connection, wanted, run, { isDelete: true });
  if (outcome.outcome !== "applied") throw outcome.error;
  if (outcome.live !== wanted) {
    throw new ResponseError(
      `${subject} should be switched ${onOrOff(wanted)}, but the service answers ${onOrOff(outcome.live)}. Try again.`,
    );
  }
}

/** Whether switching on may have lost the default key: the call that could not keep it has left the setting unknown in state. */
function isKeyUnsure(olds: DefaultEncryptionState | undefined): boolean {
  return olds !== undefined && olds.enabled === undefined;
}

function notifyThatItStays(
  { onDelete, previouslyEnabled }: DefaultEncryptionState,
  run: Call,
  subject: string,
  live: boolean,
): void {
  if (onDelete !== "restore") return;
  const why = previouslyEnabled === undefined ? "the previous setting was not recorded" : "it was so at creation";
  run.notify(`${subject} stays ${onOrOff(live)}: ${why}.`);
}

/** The outputs of create as far as a preview knows them. */
function planned(inputs: DefaultEncryptionInputs): { id: string; outs: DefaultEncryptionState } {
  const { enabled, onDelete, projectId } = inputs;
  const target = { ...scopeOf(inputs), projectId: projectId ?? unknownOf<ProjectId>() };
  const previouslyEnabled = onDelete === "restore" ? unknownOf<boolean>() : undefined;
  const outs = stateOf({ target, onDelete, live: enabled, applied: enabled, previouslyEnabled });
  return { id: hasUnknown(target) ? "" : resourceId(target), outs };
}

interface Desired {
  /** ID of the resource, if it has one already. */
  id?: string;
  inputs: DefaultEncryptionInputs;
  target: Target;
  previouslyEnabled: boolean | undefined;
  olds?: DefaultEncryptionState;
}

/** Switches and returns the outputs. Throws `InitializationFailed` if the service has not confirmed what was asked for. */
async function applySwitch(connection: Connection, desired: Desired, run: Call): Promise<DefaultEncryptionState> {
  const { inputs, target, previouslyEnabled, olds, id = resourceId(target) } = desired;
  const { enabled, onDelete } = inputs;
  const outcome = await switchTo(connection, enabled, run, { isKeyUnsure: isKeyUnsure(olds) });
  if (outcome.outcome === "refused") throw outcome.error;
  // What may yet be applied makes what was read back no truth to keep.
  const live = outcome.outcome === "applied" ? outcome.live : undefined;
  if (live === enabled) {
    run.switches.settle(inputs);
    return stateOf({ target, onDelete, live, applied: enabled, previouslyEnabled });
  }
  // What was so before this write, and set by this resource, still is its own.
  const before = olds?.appliedEnabled ?? olds?.enabled;
  const applied = outcome.live !== undefined && before === outcome.live ? outcome.live : enabled;
  const outs = stateOf({ target, onDelete, live, applied, previouslyEnabled });
  throw new InitializationFailed(id, outs, reasonOf(outcome, target, enabled), outcome.error);
}

function reasonOf(outcome: Exclude<WriteOutcome<boolean>, { outcome: "refused" }>, target: Target, enabled: boolean) {
  const again = "Run up again to repair it.";
  if (outcome.outcome === "unknown") return `${outcome.error.message} ${again}`;
  return `Default encryption of ${describeTarget(target)} should be ${onOrOff(enabled)}, but the service answers ${onOrOff(outcome.live)}. ${again}`;
}

/** For `restore`: the setting before this resource switches. */
async function findPrevious(
  connection: Connection,
  { onDelete, enabled }: DefaultEncryptionInputs,
  run: Call,
): Promise<boolean | undefined> {
  if (onDelete !== "restore") return undefined;
  const found = await getStatus(connection);
  if (found === enabled) {
    const where = describeTarget(connection);
    const line = `Default encryption of ${where} is ${onOrOff(found)} already: with onDelete "restore", destroying leaves it so.`;
    await run.notices.say(`default encryption is ${onOrOff(found)} already`, where, line, run);
  }
  return found;
}

/** Whether the change affects state only; nothing is sent. */
function isOnlyInState(olds: DefaultEncryptionState, news: DefaultEncryptionInputs): boolean {
  const otherChange =
    olds.onDelete !== news.onDelete || olds.appliedEnabled !== undefined || compareTargets(olds, news).changes;
  return olds.enabled === news.enabled && otherChange;
}

/** The outputs. `live` is left out if it is not known, and `applied` while it is the live one. */
function stateOf(now: {
  target: Target;
  onDelete: DefaultEncryptionState["onDelete"];
  live: boolean | undefined;
  applied: boolean | undefined;
  previouslyEnabled: boolean | undefined;
}): DefaultEncryptionState {
  const { target, onDelete, live, applied, previouslyEnabled } = now;
  return {
    ...(live === undefined ? {} : { enabled: live }),
    ...target,
    onDelete,
    ...(applied === undefined || applied === live ? {} : { appliedEnabled: applied }),
    ...(previouslyEnabled === undefined ? {} : { previouslyEnabled }),
  };
}

async function getStatus(connection: Connection): Promise<boolean> {
  const { getEnabled } = await import("../huaweicloud/services/evs");
  return getEnabled(connection);
}

function onOrOff(enabled: boolean): string {
  return enabled ? "on" : "off";
}
