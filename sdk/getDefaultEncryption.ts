// The function getDefaultEncryption: reads a project's switch.
import * as pulumi from "@pulumi/pulumi";
import { askCloud } from "./functionConnection";
import type { TargetArgs, TargetFunctionArgs } from "./target";

/** Whether a project encrypts new disks by default. */
export interface GetDefaultEncryptionResult {
  /** Whether new disks are encrypted by default. */
  enabled: boolean;
  /** Region of the project. */
  region: string;
  /** ID of the project. */
  projectId: string;
}

/**
 * Reads whether new disks of a project are encrypted by default: one GET, in previews too.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * export const isOn = evs.getDefaultEncryption({ region: "cn-north-4" }).then((found) => found.enabled);
 * ```
 *
 * @param args The project. Default: the configured one.
 * @throws An error that says what happened, where, and what to do: no credentials, no permission, no such project.
 * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/ShowEncryptionByDefault.html
 */
export async function getDefaultEncryption(args: TargetFunctionArgs = {}): Promise<GetDefaultEncryptionResult> {
  return askCloud("getDefaultEncryption", args, '{ region: "cn-north-4" }', async (given, session) => {
    const provider = await import("../provider/functions/getDefaultEncryption");
    return provider.getDefaultEncryption(given, session);
  });
}

/** As `getDefaultEncryption`, for arguments that may be outputs of other resources. */
export function getDefaultEncryptionOutput(args: TargetArgs = {}): pulumi.Output<GetDefaultEncryptionResult> {
  return pulumi.output(args).apply((known) => getDefaultEncryption(known));
}
