// The function getKmsKey: finds a KMS key by its alias or ID, so that programs need not name UUIDs.
import * as pulumi from "@pulumi/pulumi";
import { askCloud } from "./functionConnection";
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
  /** ID of the key: its UUID. */
  keyId: string;
  /** Alias of the key; empty if KMS does not say. */
  alias: string;
  /** State of the key; `unknown` for one that the API reference does not name. */
  state: KmsKeyState;
  /** Whether EVS can encrypt disks with it: enabled, symmetric, and for encryption. */
  usable: boolean;
  /** Kind of the key, such as `AES_256`; empty if the region does not say. */
  keySpec: string;
  /** Whether it is a service's own key, such as `evs/default`. */
  isServiceKey: boolean;
  /** Region of the project. */
  region: string;
  /** ID of the project. */
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
 * @throws If no usable key has the alias, or several have it: an error that lists what was found.
 * API reference: https://support.huaweicloud.com/intl/en-us/api-dew/ListKeyDetail.html
 */
export async function getKmsKey(args: GetKmsKeyArgs): Promise<GetKmsKeyResult> {
  return askCloud("getKmsKey", args, '{ alias: "app-disks" }', async (given, session) => {
    const provider = await import("../provider/functions/getKmsKey");
    return provider.getKmsKey(given, session);
  });
}

/** As `getKmsKey`, for arguments that may be outputs of other resources. */
export function getKmsKeyOutput(args: GetKmsKeyOutputArgs): pulumi.Output<GetKmsKeyResult> {
  return pulumi.output(args).apply((known) => getKmsKey(known));
}
