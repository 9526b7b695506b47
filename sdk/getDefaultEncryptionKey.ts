// The function getDefaultEncryptionKey: reads a project's default key.
import * as pulumi from "@pulumi/pulumi";
import { askCloud } from "./functionConnection";
import type { TargetArgs, TargetFunctionArgs } from "./target";

/** A project's default key. */
export interface GetDefaultEncryptionKeyResult {
  /** ID of the default key; empty if none was ever set. */
  kmsKeyId: string;
  /** Region of the project. */
  region: string;
  /** ID of the project. */
  projectId: string;
}

/**
 * Reads a project's default encryption key: one GET, in previews too.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * export const keyId = evs.getDefaultEncryptionKey({ region: "cn-north-4" }).then((found) => found.kmsKeyId);
 * ```
 *
 * @param args The project. Default: the configured one.
 * @throws An error that says what happened, where, and what to do: no credentials, no permission, no such project.
 * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/ShowDefaultKmsKeyId.html
 */
export async function getDefaultEncryptionKey(args: TargetFunctionArgs = {}): Promise<GetDefaultEncryptionKeyResult> {
  return askCloud("getDefaultEncryptionKey", args, '{ region: "cn-north-4" }', async (given, session) => {
    const provider = await import("../provider/functions/getDefaultEncryptionKey");
    return provider.getDefaultEncryptionKey(given, session);
  });
}

/** As `getDefaultEncryptionKey`, for arguments that may be outputs of other resources. */
export function getDefaultEncryptionKeyOutput(args: TargetArgs = {}): pulumi.Output<GetDefaultEncryptionKeyResult> {
  return pulumi.output(args).apply((known) => getDefaultEncryptionKey(known));
}
