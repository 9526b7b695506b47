// The lifecycle of DefaultEncryption: whether new EVS disks of a project are encrypted unless they say otherwise.
// A front calls these functions; check and diff decide, the others call the service.
import { checkResource } from "../check";
import { knowsNot } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import type { ProjectId } from "../huaweicloud/services/identifiers";
import { ResponseError } from "../huaweicloud/transport/errors";
import { type Call, type Lifecycle, reporting } from "../lifecycle";
import {
  type Bag,
  type CheckResult,
  type DiffResult,
  hasUnknown,
  InitializationFailed,
  unknownValue,
} from "../protocol";
import { parseState, unlessGone } from "../state";
import {
  compareTargets,
  describeTarget,
  inputsOfTarget,
  parseResourceId,
  resourceId,
  scopeOf,
  type Target,
  type TargetInputs,
} from "../target";
import { targetOfUpdate } from "../update";
import type { WriteOutcome } from "../write";
import { args, type DefaultEncryptionInputs, type DefaultEncryptionState, state } from "./schema";
import { switchTo } from "./switch";

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
  switches.noteFound(olds, olds.previouslyEnabled);
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
    const inherited = run.switches.inherit(connection);
    const found = inherited ? inherited.found : await findPrevious(connection, inputs, run);
    if (declaration) declaration.noted = found;
    const target = { ...scopeOf(inputs), projectId: connection.projectId };
    const outs = await applySwitch(connection, { inputs, target, previouslyEnabled: found }, run);
    return { id: resourceId(outs), outs };
  });
}

/** Called by refresh and by `get`, which knows only the ID. Gives back inputs too, so that drift shows in the next preview. */
async function read(run: Call, id: string, outputs: object): Promise<{ id: string; props: object; inputs: object }> {
  const olds = parseState(state.partial(), outputs);
  const target: Target = scopeOf<Target>({ ...olds, ...parseResourceId(id) });
  // Also of a resource that is only read, whose state looks the same: nothing noted says nothing.
  if (olds.previouslyEnabled !== undefined) run.switches.noteFound(target, olds.previouslyEnabled);
  const enabled = await unlessGone(target, "and with it its default encryption", run.notify, async () =>
    getStatus(await run.connect(target)),
  );
  if (enabled === undefined) return { id: "", props: {}, inputs: {} };
  const { onDelete = "restore", previouslyEnabled, appliedEnabled: applied = olds.enabled } = olds;
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
  if (run.phase === "preview") return asDeclared({ ...scopeOf<TargetInputs>(news), projectId: olds.projectId });
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

/** Puts the project back, but never what somebody else has set, nor what another resource of the program goes on with. */
async function delete_(run: Call, _id: string, outputs: object): Promise<void> {
  const olds = parseState(state, outputs);
  const applied = olds.appliedEnabled ?? olds.enabled;
  const subject = `Default encryption of ${describeTarget(olds)}`;
  return run.writes.run(olds, async () => {
    const holder = await run.switches.holderOf(olds);
    // For one that is replaced, and deleted first: the next one inherits it.
    if (holder) run.switches.noteFound(olds, olds.previouslyEnabled);
    if (
      holder &&
      olds.previouslyEnabled !== undefined &&
      olds.onDelete === "restore" &&
      holder.noted !== olds.previouslyEnabled
    ) {
      run.notify(
        `${subject}: the resource that goes on with it ${knowsNot(holder)} whether it was ${onOrOff(olds.previouslyEnabled)} before this one. It is ` +
          'handed over by `aliases: [{ name: "its name before" }]` on a resource that is renamed, or by a refresh in the same run.',
      );
    }
    // It is as declared, or its own resource will see to it, or somebody else has switched it: all stay.
    if (holder && (holder.value === applied || !holder.isSettled)) {
      const line = `${subject} stays: another resource of the program goes on with it.`;
      return run.notices.say("another resource goes on with the switch", describeTarget(olds), line, run);
    }
    const connection = await run.connect(scopeOf(olds));
    const live = await unlessGone(olds, "so nothing is left to put back", run.notify, () => getStatus(connection));
    if (live === undefined) return;
    if (live !== applied) {
      if (holder) return;
      const line = `${subject} stays ${onOrOff(live)}: that is not how this resource has set it.`;
      return run.notices.say("it is not as it was set, and stays", describeTarget(olds), line, run);
    }
    const wanted = holder?.value ?? (olds.onDelete === "restore" ? (olds.previouslyEnabled ?? live) : false);
    if (wanted === live) return holder ? undefined : notifyThatItStays(olds, run, subject, live);
    const outcome = await switchTo(connection, wanted, run, { isDelete: true });
    if (outcome.outcome !== "applied") throw outcome.error;
    if (outcome.live !== wanted) {
      throw new ResponseError(
        `${subject} should be switched ${onOrOff(wanted)}, but the service answers ${onOrOff(outcome.live)}. Try again.`,
      );
    }
  });
}

function notifyThatItStays(
  { onDelete, previouslyEnabled }: DefaultEncryptionState,
  run: Call,
  subject: string,
  live: boolean,
): void {
  if (onDelete !== "restore") return;
  const why =
    previouslyEnabled === undefined ? "what was found before it was created was not noted" : "as it was found";
  run.notify(`${subject} stays ${onOrOff(live)}: ${why}.`);
}

/** What create will give, as far as a preview can tell: the rest is unknown. */
function planned(inputs: DefaultEncryptionInputs): { id: string; outs: DefaultEncryptionState } {
  const { enabled, onDelete, projectId } = inputs;
  const target = { ...scopeOf<TargetInputs>(inputs), projectId: projectId ?? (unknownValue as ProjectId) };
  const outs = stateOf({ target, onDelete, live: enabled, applied: enabled, previouslyEnabled: undefined });
  // The marker is text, whatever the type of what it stands for.
  const noted = onDelete === "restore" ? { previouslyEnabled: unknownValue as never } : {};
  return { id: hasUnknown(target) ? "" : resourceId(target), outs: { ...outs, ...noted } };
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
  const outcome = await switchTo(connection, enabled, run);
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
  throw new InitializationFailed(
    id,
    outs,
    reasonOf(outcome, target, enabled),
    outcome.outcome === "unknown" ? outcome.error : undefined,
  );
}

function reasonOf(outcome: Exclude<WriteOutcome<boolean>, { outcome: "refused" }>, target: Target, enabled: boolean) {
  const again = "Run up again to repair it.";
  if (outcome.outcome === "unknown") return `${outcome.error.message} ${again}`;
  return `Default encryption of ${describeTarget(target)} should be ${onOrOff(enabled)}, but the service answers ${onOrOff(outcome.live)}. ${again}`;
}

/** For `restore`: what holds before this resource switches. */
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

/** A change that the service has no part in: it is written to state, and nothing is sent. */
function isOnlyInState(olds: DefaultEncryptionState, news: DefaultEncryptionInputs): boolean {
  const otherChange =
    olds.onDelete !== news.onDelete || olds.appliedEnabled !== undefined || compareTargets(olds, news).changes;
  return olds.enabled === news.enabled && otherChange;
}

/** The outputs. `live` is left out if it is not known, and `applied` while it is the live one. */
function stateOf(now: {
  target: Target;
  onDelete: "reset" | "restore";
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
