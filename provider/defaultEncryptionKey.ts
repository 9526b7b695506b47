// The lifecycle of DefaultEncryptionKey: which KMS key encrypts new EVS disks of a project, unless they name another.
// Pulumi's dynamic-provider host calls these functions; check and diff decide, the others call the service.
import { confirmedWrite } from "./confirmedWrite";
import {
  type DefaultEncryptionKeyInputs,
  type DefaultEncryptionKeyOutputs,
  defaultEncryptionKeySchema,
} from "./defaultEncryptionKeyInputs";
import {
  type Bag,
  type CheckResult,
  type DiffResult,
  deployingProperty,
  hasUnknown,
  InitializationFailed,
  tell,
} from "./engine";
import type { Connection } from "./huaweicloud/services/context";
import { HuaweiCloudError } from "./huaweicloud/transport/errors";
import { resolveInputs } from "./inputs";
import { sameKey } from "./keys";
import { preflight, requireUsable } from "./preflight";
import { previousKeyIfUsable } from "./previousKey";
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

/** Called before each diff: validates what the user wrote, resolves defaults, and asks KMS about a new key. */
export async function check(olds: Bag, news: Bag): Promise<CheckResult<Bag>> {
  const { inputs, failures } = resolveInputs(defaultEncryptionKeySchema, news, { onDelete: "reset" }, session());
  if (failures.length === 0) {
    const lookUp = preflight(inputs as unknown as DefaultEncryptionKeyInputs, olds, session());
    const reason = news[deployingProperty] ? undefined : await lookUp; // else create or update waits for it
    if (reason) failures.push({ property: "kmsKeyId", reason });
  }
  return { inputs, failures };
}

/** Called with the state's outputs and the checked inputs: what has to change? */
export async function diff(
  _id: string,
  olds: DefaultEncryptionKeyOutputs,
  news: DefaultEncryptionKeyInputs,
): Promise<DiffResult> {
  const target = compareTargets(olds, news);
  const changes =
    target.changes ||
    !sameKey(olds.kmsKeyId, news.kmsKeyId) ||
    hasUnknown(news.kmsKeyId) ||
    olds.onDelete !== news.onDelete;
  return { changes, replaces: target.replaces, deleteBeforeReplace: false };
}

/** Declaring is adopting: a project that has a key already simply converges. */
export async function create(inputs: DefaultEncryptionKeyInputs) {
  await requireUsable(inputs, session());
  const connection = await session().connect(scopeOf(inputs));
  claimTarget(session().created, "DefaultEncryptionKey", connection);
  const previous = inputs.onDelete === "restore" ? { previousKmsKeyId: await getKey(connection) } : {};
  const outs = await setKey(connection, inputs, previous);
  return { id: resourceId(outs), outs };
}

/** Called by refresh and by `get`, which knows only the ID. Gives back inputs too, so that drift shows in the next preview. */
export async function read(id: string, props: Partial<DefaultEncryptionKeyOutputs>) {
  const target = { ...props, ...parseResourceId(id) };
  const live = await getKey(await session().connect(scopeOf(target)));
  // Another spelling of the same key is no drift.
  const kmsKeyId = props.kmsKeyId !== undefined && sameKey(props.kmsKeyId, live) ? props.kmsKeyId : live;
  const outs = { ...target, kmsKeyId, onDelete: props.onDelete ?? "reset" };
  return { id, props: outs, inputs: { kmsKeyId, ...targetInputs(outs), onDelete: outs.onDelete } };
}

export async function update(_id: string, olds: DefaultEncryptionKeyOutputs, news: DefaultEncryptionKeyInputs) {
  const target: Target = { ...scopeOf(news), projectId: news.projectId ?? olds.projectId };
  const kept = olds.previousKmsKeyId === undefined ? {} : { previousKmsKeyId: olds.previousKmsKeyId };
  if (isOnlyInState(olds, news)) return { outs: outputs(news, target, kept) };
  await requireUsable(news, session());
  const connection = await session().connect(scopeOf(target));
  return { outs: await setKey(connection, news, kept) };
}

/** Puts the project back, but never undoes what somebody else, or this very run, has set. */
export async function delete_(_id: string, olds: DefaultEncryptionKeyOutputs): Promise<void> {
  const where = describeTarget(olds);
  if (session().written.has(writtenKey(olds))) {
    return tell(`The default encryption key of ${where} stays: this run has just set it for another resource.`);
  }
  const connection = await session().connect(scopeOf(olds));
  const live = await getKey(connection);
  if (!sameKey(live, olds.kmsKeyId)) {
    return tell(`The default encryption key of ${where} stays ${live || "unset"}: somebody else has changed it since.`);
  }
  const { resetDefaultKey, setDefaultKey } = await import("./huaweicloud/services/evs");
  const previous = olds.onDelete === "restore" ? await previousKeyIfUsable(connection, olds) : undefined;
  if (previous === undefined) await resetDefaultKey(connection);
  else if (!sameKey(previous, live)) await setDefaultKey(connection, previous);
}
export { delete_ as delete };

/** Sets the key, and gives back the outputs; the service must answer with the key asked for. */
async function setKey(
  connection: Connection,
  inputs: DefaultEncryptionKeyInputs,
  kept: Pick<DefaultEncryptionKeyOutputs, "previousKmsKeyId">,
): Promise<DefaultEncryptionKeyOutputs> {
  const { setDefaultKey } = await import("./huaweicloud/services/evs");
  const outs = outputs(inputs, { ...scopeOf(inputs), projectId: connection.projectId }, kept);
  const live = await confirmedWrite({
    write: () => setDefaultKey(connection, inputs.kmsKeyId),
    readBack: () => getKey(connection),
    isWanted: (found) => sameKey(found, inputs.kmsKeyId),
    unconfirmed: (reason) => new InitializationFailed(resourceId(outs), outs, inputs, reason),
  });
  session().written.add(writtenKey(outs));
  if (!sameKey(live, inputs.kmsKeyId)) {
    const reason = `The default encryption key of ${describeTarget(outs)} should be ${inputs.kmsKeyId}, but the service answers ${live || "none"}. Run up again to repair it.`;
    throw new InitializationFailed(resourceId(outs), { ...outs, kmsKeyId: live }, inputs, reason);
  }
  await tellIfOff(connection);
  return outs;
}

/** Setting a key does not switch encryption on: a user who believes so should hear it. */
async function tellIfOff(connection: Connection): Promise<void> {
  const { getEnabled } = await import("./huaweicloud/services/evs");
  const where = describeTarget(connection);
  try {
    if (await getEnabled(connection)) return;
    tell(
      `The default encryption key of ${where} is set, but default encryption is off: new disks are not encrypted until it is on (resource DefaultEncryption).`,
    );
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    tell(
      `The default encryption key of ${where} is set; whether default encryption is on could not be read: ${error.message}`,
    );
  }
}

/** A change that the service has no part in: it is written to state, and nothing is sent. */
function isOnlyInState(olds: DefaultEncryptionKeyOutputs, news: DefaultEncryptionKeyInputs): boolean {
  return (
    sameKey(olds.kmsKeyId, news.kmsKeyId) && (olds.onDelete !== news.onDelete || compareTargets(olds, news).changes)
  );
}

function outputs(
  inputs: DefaultEncryptionKeyInputs,
  target: Target,
  kept: Pick<DefaultEncryptionKeyOutputs, "previousKmsKeyId">,
): DefaultEncryptionKeyOutputs {
  return { kmsKeyId: inputs.kmsKeyId, ...target, onDelete: inputs.onDelete, ...kept };
}

async function getKey(connection: Connection): Promise<string> {
  const { getDefaultKey } = await import("./huaweicloud/services/evs");
  return getDefaultKey(connection);
}

function writtenKey(target: Target): string {
  return `key ${resourceId(target)}`;
}
