// The lifecycle of DefaultEncryption: whether new EVS disks of a project are encrypted unless they say otherwise.
// Pulumi's dynamic-provider host calls these functions; check and diff decide, the others call the service.
import { confirmedWrite } from "./confirmedWrite";
import {
  type DefaultEncryptionInputs,
  type DefaultEncryptionOutputs,
  defaultEncryptionSchema,
} from "./defaultEncryptionInputs";
import { type Bag, type CheckResult, type DiffResult, hasUnknown, InitializationFailed, tell } from "./engine";
import type { Connection } from "./huaweicloud/services/context";
import { HuaweiCloudError, ResponseError } from "./huaweicloud/transport/errors";
import { resolveInputs } from "./inputs";
import { sameKey } from "./keys";
import { session } from "./session";
import {
  claimTarget,
  compareTargets,
  describeTarget,
  parseResourceId,
  resourceId,
  scopeOf,
  type Target,
  targetInputs,
} from "./target";

export { configure } from "./session";

/** Called before each diff: validates what the user wrote and resolves defaults. Sends nothing. */
export async function check(_olds: Bag, news: Bag): Promise<CheckResult<Bag>> {
  return resolveInputs(defaultEncryptionSchema, news, { enabled: true, onDelete: "restore" }, session());
}

/** Called with the state's outputs and the checked inputs: what has to change? */
export async function diff(
  _id: string,
  olds: DefaultEncryptionOutputs,
  news: DefaultEncryptionInputs,
): Promise<DiffResult> {
  const target = compareTargets(olds, news);
  const changes =
    target.changes || olds.enabled !== news.enabled || olds.onDelete !== news.onDelete || hasUnknown(news.enabled);
  return { changes, replaces: target.replaces, deleteBeforeReplace: false };
}

/** Declaring is adopting: where it is on already, it stays on. */
export async function create(inputs: DefaultEncryptionInputs) {
  const connection = await session().connect(scopeOf(inputs));
  claimTarget(session().created, "DefaultEncryption", connection);
  const previous = inputs.onDelete === "restore" ? { previouslyEnabled: await getStatus(connection) } : {};
  const outs = await applySwitch(connection, inputs, previous);
  return { id: resourceId(outs), outs };
}

/** Called by refresh and by `get`, which knows only the ID. Gives back inputs too, so that drift shows in the next preview. */
export async function read(id: string, props: Partial<DefaultEncryptionOutputs>) {
  const target = { ...props, ...parseResourceId(id) };
  const enabled = await getStatus(await session().connect(scopeOf(target)));
  const outs = { ...target, enabled, onDelete: props.onDelete ?? "restore" };
  return { id, props: outs, inputs: { enabled, ...targetInputs(outs), onDelete: outs.onDelete } };
}

export async function update(_id: string, olds: DefaultEncryptionOutputs, news: DefaultEncryptionInputs) {
  const target: Target = { ...scopeOf(news), projectId: news.projectId ?? olds.projectId };
  const kept = olds.previouslyEnabled === undefined ? {} : { previouslyEnabled: olds.previouslyEnabled };
  const onlyInState =
    olds.enabled === news.enabled && (olds.onDelete !== news.onDelete || compareTargets(olds, news).changes);
  if (onlyInState) return { outs: outputs(news, target, kept) };
  return { outs: await applySwitch(await session().connect(scopeOf(target)), news, kept) };
}

/** Puts the project back, but never undoes what somebody else, or this very run, has set. */
async function delete_(_id: string, olds: DefaultEncryptionOutputs): Promise<void> {
  const subject = `Default encryption of ${describeTarget(olds)}`;
  if (session().written.has(writtenKey(olds))) {
    return tell(`${subject} stays: this run has just set it for another resource.`);
  }
  const connection = await session().connect(scopeOf(olds));
  const live = await getStatus(connection);
  if (live !== olds.enabled) return tell(`${subject} stays ${onOrOff(live)}: somebody else has switched it since.`);
  const wanted = olds.onDelete === "restore" ? (olds.previouslyEnabled ?? live) : false;
  if (wanted !== live) await switchTo(connection, wanted);
  else if (olds.onDelete === "restore") tell(`${subject} stays ${onOrOff(live)}, as it was found.`);
}

export { delete_ as delete };

/** Switches, and gives back the outputs; the service must answer what was asked for. */
async function applySwitch(
  connection: Connection,
  inputs: DefaultEncryptionInputs,
  kept: Pick<DefaultEncryptionOutputs, "previouslyEnabled">,
): Promise<DefaultEncryptionOutputs> {
  const outs = outputs(inputs, { ...scopeOf(inputs), projectId: connection.projectId }, kept);
  const unconfirmed = (reason: string) => new InitializationFailed(resourceId(outs), outs, inputs, reason);
  const live = await switchTo(connection, inputs.enabled, unconfirmed);
  session().written.add(writtenKey(outs));
  if (live === inputs.enabled) return outs;
  const reason = `Default encryption of ${describeTarget(outs)} should be ${onOrOff(inputs.enabled)}, but the service answers ${onOrOff(live)}. Run up again to repair it.`;
  throw new InitializationFailed(resourceId(outs), { ...outs, enabled: live }, inputs, reason);
}

/**
 * Switches default encryption and answers whether it is on now. Switching it on can change the default key: the first
 * time to `evs/default`, later where the key set before has become unusable. A key that was lost is said in one line.
 */
async function switchTo(
  connection: Connection,
  enabled: boolean,
  unconfirmed: (reason: string) => Error = (reason) => new ResponseError(reason),
): Promise<boolean> {
  const { getDefaultKey, setEnabled } = await import("./huaweicloud/services/evs");
  const before = enabled ? await getDefaultKey(connection) : "";
  const live = await confirmedWrite({
    write: () => setEnabled(connection, enabled),
    readBack: () => getStatus(connection),
    isWanted: (found) => found === enabled,
    unconfirmed,
  });
  if (before !== "") await tellIfKeyChanged(connection, before);
  return live;
}

async function tellIfKeyChanged(connection: Connection, before: string): Promise<void> {
  const { getDefaultKey } = await import("./huaweicloud/services/evs");
  const where = describeTarget(connection);
  try {
    const after = await getDefaultKey(connection);
    if (sameKey(before, after)) return;
    tell(
      `Switching default encryption on has changed the default key of ${where} from ${before} to ${after || "none"}: ` +
        "the service falls back to evs/default the first time, and where the key set before cannot be used. A DefaultEncryptionKey sets it again.",
    );
  } catch (error) {
    // The switch is done: that its side effect could not be looked at must not lose it.
    if (!(error instanceof HuaweiCloudError)) throw error;
    tell(
      `Default encryption of ${where} is on; whether that has changed the default key could not be read: ${error.message}`,
    );
  }
}

async function getStatus(connection: Connection): Promise<boolean> {
  const { getEnabled } = await import("./huaweicloud/services/evs");
  return getEnabled(connection);
}

function outputs(
  inputs: DefaultEncryptionInputs,
  target: Target,
  kept: Pick<DefaultEncryptionOutputs, "previouslyEnabled">,
): DefaultEncryptionOutputs {
  return { enabled: inputs.enabled, ...target, onDelete: inputs.onDelete, ...kept };
}

function writtenKey(target: Target): string {
  return `switch ${resourceId(target)}`;
}

function onOrOff(enabled: boolean): string {
  return enabled ? "on" : "off";
}
