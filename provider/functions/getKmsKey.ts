// The function getKmsKey: finds a KMS key by its alias or ID.
import type { Connection } from "../huaweicloud/services/context";
import { kmsKeyId } from "../huaweicloud/services/identifiers";
import { describeKey, isServiceKey, type KeyDetails, listKeys } from "../huaweicloud/services/kms";
import { ConfigurationError } from "../huaweicloud/transport/errors";
import type { Bag } from "../protocol";
import type { Session } from "../session";
import { stateOf as keyStateOf, whyUnusable } from "../usableKey";
import { connectTo } from "./ask";

/** By ID the key in whatever state it is, by alias the only usable one. Throws an error of the family. */
export async function getKmsKey({ alias, keyId, ...target }: Bag, session: Session) {
  const [given, ...more] = [alias, keyId].filter((value) => value !== undefined && value !== null);
  if (typeof given !== "string" || more.length > 0) {
    throw new ConfigurationError('give either alias or keyId, such as { alias: "app-disks" }');
  }
  const refused = given === keyId ? kmsKeyId.safeParse(given).error?.issues[0]?.message : undefined;
  if (refused !== undefined) throw new ConfigurationError(`keyId ${refused}`);
  const connection = await connectTo(target, session);
  const key = await (given === keyId ? describeKey : findByAlias)(connection, given);
  return {
    keyId: key.key_id,
    alias: key.key_alias ?? "",
    state: keyStateOf(key),
    usable: whyUnusable(key) === undefined,
    keySpec: key.key_spec ?? "",
    isServiceKey: isServiceKey(key),
    region: connection.region,
    projectId: connection.projectId,
  };
}

/** The only usable key of this alias. More than one can have it, because an alias is free again once its key is deleted. */
async function findByAlias(connection: Connection, alias: string): Promise<KeyDetails> {
  const keys = await listKeys(connection);
  const named = keys.filter((key) => key.key_alias === alias);
  const [found, ...others] = named.filter((key) => whyUnusable(key) === undefined);
  if (found && others.length === 0) return found;
  const happened = found
    ? `${others.length + 1} usable keys have the alias "${alias}"`
    : `no usable key has the alias "${alias}"`;
  const shown = named.length > 0 ? named : keys;
  const list = shown.map((key) => `${key.key_alias} ${key.key_id}${stateOf(whyUnusable(key))}`).join("; ") || "none";
  throw new ConfigurationError(
    `${happened} in project ${connection.projectId}, region ${connection.region}. Found: ${list}. Give keyId, or another alias.`,
  );
}

function stateOf(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason.replace(/^\(alias [^)]*\) /, "").replace(/:.*$/, "")})`;
}
