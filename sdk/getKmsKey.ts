// The function getKmsKey: finds a KMS key by its alias or ID, so that programs need not name UUIDs.
import * as pulumi from "@pulumi/pulumi";
import type { Connection } from "../provider/huaweicloud/services/context";
import type { KeyDetails } from "../provider/huaweicloud/services/kms";
import { requireObject } from "./arguments";
import { askCloud } from "./functionConnection";
import { runError } from "./runError";
import type { TargetArgs, TargetFunctionArgs } from "./target";

/** State of a KMS key. Only an enabled one encrypts. API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html */
export type KmsKeyState =
  | "pendingActivation"
  | "enabled"
  | "disabled"
  | "pendingDeletion"
  | "pendingImport"
  | "frozen"
  | "unknown";

/** A KMS key. */
export interface GetKmsKeyResult {
  keyId: string;
  /** Alias of the key; empty where KMS tells none. */
  alias: string;
  /** State of the key; `unknown` for one that the API reference does not name. */
  state: KmsKeyState;
  /** Whether EVS can encrypt disks with it: enabled, symmetric, and for encryption. */
  usable: boolean;
  /** Kind of the key, such as `AES_256`; empty where the region tells none. */
  keySpec: string;
  /** Whether it is a service's own key, such as `evs/default`. */
  isServiceKey: boolean;
  region: string;
  projectId: string;
}

/** Arguments of `getKmsKey`: give exactly one of `alias` and `keyId`. */
export interface GetKmsKeyArgs extends TargetFunctionArgs {
  /** Alias of the key, such as `app-disks`. */
  alias?: string | undefined;
  /** ID of the key: its UUID. */
  keyId?: string | undefined;
}

/** Arguments of `getKmsKeyOutput`. */
export interface GetKmsKeyOutputArgs extends TargetArgs {
  /** Alias of the key, such as `app-disks`. */
  alias?: pulumi.Input<string> | undefined;
  /** ID of the key: its UUID. */
  keyId?: pulumi.Input<string> | undefined;
}

/**
 * Finds a KMS key of a project, in previews too. By alias it pages through the project's keys and gives the only usable
 * one of that alias; by ID it gives the key in whatever state it is.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * const key = evs.getKmsKeyOutput({ alias: "app-disks", region: "cn-north-4" });
 * new evs.DefaultEncryptionKey("default-key", { region: "cn-north-4", kmsKeyId: key.keyId });
 * ```
 *
 * @param args Which key, in which project. Default: the configured project.
 * @throws Where no usable key or several have the alias: an error that lists what was found.
 * API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html
 */
export async function getKmsKey(args: GetKmsKeyArgs): Promise<GetKmsKeyResult> {
  requireObject("getKmsKey", "the arguments", args, '{ alias: "app-disks" }');
  const { alias, keyId, ...target } = args;
  const [given, ...more] = [alias, keyId].filter((value) => value !== undefined && value !== null);
  if (typeof given !== "string" || more.length > 0) {
    throw runError('getKmsKey: give either alias or keyId, such as { alias: "app-disks" }');
  }
  return askCloud("getKmsKey", target, async (connection) => {
    const { stateOf: keyStateOf, whyUnusable } = await import("../provider/defaultEncryptionKey/usableKey");
    const key = await (given === keyId ? findById : findByAlias)(connection, given);
    return {
      keyId: key.key_id,
      alias: key.key_alias ?? "",
      state: keyStateOf(key),
      usable: whyUnusable(key) === undefined,
      keySpec: key.key_spec ?? "",
      isServiceKey: key.default_key_flag === "1",
      region: connection.region,
      projectId: connection.projectId,
    };
  });
}

/** As `getKmsKey`, for arguments that may be outputs of other resources. */
export function getKmsKeyOutput(args: GetKmsKeyOutputArgs): pulumi.Output<GetKmsKeyResult> {
  return pulumi.output(args).apply((known) => getKmsKey(known));
}

async function findById(connection: Connection, keyId: string): Promise<KeyDetails> {
  const { describeKey } = await import("../provider/huaweicloud/services/kms");
  return describeKey(connection, keyId);
}

/** The only usable key of this alias. More than one can have it, for an alias is free again once its key is deleted. */
async function findByAlias(connection: Connection, alias: string): Promise<KeyDetails> {
  const { listKeys } = await import("../provider/huaweicloud/services/kms");
  const { whyUnusable } = await import("../provider/defaultEncryptionKey/usableKey");
  const keys = await listKeys(connection);
  const named = keys.filter((key) => key.key_alias === alias);
  const [found, ...others] = named.filter((key) => whyUnusable(key) === undefined);
  if (found && others.length === 0) return found;
  const happened = found
    ? `${others.length + 1} usable keys have the alias "${alias}"`
    : `no usable key has the alias "${alias}"`;
  const shown = named.length > 0 ? named : keys;
  const list = shown.map((key) => `${key.key_alias} ${key.key_id}${stateOf(whyUnusable(key))}`).join("; ") || "none";
  throw runError(
    `getKmsKey: ${happened} in project ${connection.projectId}, region ${connection.region}. Found: ${list}. Give keyId, or another alias.`,
  );
}

function stateOf(reason: string | undefined): string {
  return reason === undefined ? "" : ` (${reason.replace(/^\(alias [^)]*\) /, "").replace(/:.*$/, "")})`;
}
