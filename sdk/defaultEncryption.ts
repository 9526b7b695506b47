// The resource DefaultEncryption as programs declare it.
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, type OutputsOf, typeToken } from "./dynamicResource";
import type { AssumeRole, OnDelete, TargetArgs } from "./target";

/**
 * Whether new EVS disks of a project are encrypted unless they say otherwise: one switch for each project.
 *
 * - **Declaring is adopting.** A project where it is on already simply converges; nothing needs importing.
 * - **It does not choose the key.** That is `DefaultEncryptionKey`. Switching on for the first time makes the service's own
 *   key, `evs/default`, the default, so let the key depend on the switch: `{ dependsOn: [encryption] }`.
 * - **Existing disks do not change**; a disk's encryption is fixed when it is created.
 * - **Destroying restores** what was found when the resource was created, unless `onDelete` says otherwise. It leaves the
 *   switch alone if somebody else has moved it since.
 * - **What the account needs:** default encryption is in open beta and is granted by service ticket; EVS needs the agency
 *   `EVSAccessKMS`. Errors say which is missing.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * const encryption = new evs.DefaultEncryption("encryption", { region: "cn-north-4" });
 * const key = new evs.DefaultEncryptionKey(
 *   "default-key",
 *   { region: "cn-north-4", kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954" },
 *   { dependsOn: [encryption] },
 * );
 * export const keyId = key.kmsKeyId;
 * ```
 *
 * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/EnableEncryptionByDefault.html
 */
export class DefaultEncryption extends DynamicResource {
  /** @internal */
  static readonly __pulumiType = typeToken("DefaultEncryption");

  /**
   * Reads a project's switch without managing it.
   *
   * @param name Name of the resource in the program.
   * @param id `{region}/{projectId}`, such as `cn-north-4/0123456789abcdef0123456789abcdef`.
   * @param opts Options of the resource.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): DefaultEncryption {
    return new DefaultEncryption(name, {}, { ...opts, id });
  }

  /** Whether a value is a `DefaultEncryption`, also one of another copy of this package. */
  static override isInstance(value: unknown): value is DefaultEncryption {
    const type = (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType;
    return type === DefaultEncryption.__pulumiType;
  }

  /** Whether new disks are encrypted by default, as the service answered. */
  declare readonly enabled: pulumi.Output<boolean>;
  /** Region of the project. */
  declare readonly region: pulumi.Output<string>;
  /** ID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** Name by which the project was looked up; `undefined` if its ID was given. */
  declare readonly projectName: pulumi.Output<string | undefined>;
  /** The agency of another account that is acted as. */
  declare readonly assumeRole: pulumi.Output<AssumeRole | undefined>;
  /** What destroying does: `restore` or `reset`. */
  declare readonly onDelete: pulumi.Output<OnDelete>;
  /** Whether it was on at creation, if `onDelete` was `restore` then. */
  declare readonly previouslyEnabled: pulumi.Output<boolean | undefined>;

  /**
   * Whether new EVS disks of a project are encrypted unless they say otherwise. Destroying restores what was found at
   * creation, unless `onDelete` says otherwise. It does not choose the key: that is `DefaultEncryptionKey`.
   *
   * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/EnableEncryptionByDefault.html
   *
   * @param name Name of the resource in the program.
   * @param args On or off, for which project.
   * @param opts Options of the resource.
   */
  constructor(name: string, args: DefaultEncryptionArgs = {}, opts: pulumi.CustomResourceOptions = {}) {
    super("DefaultEncryption", name, args, opts, outputs);
  }
}

const outputs: OutputsOf<DefaultEncryption> = {
  enabled: undefined,
  region: undefined,
  projectId: undefined,
  projectName: undefined,
  assumeRole: undefined,
  onDelete: undefined,
  previouslyEnabled: undefined,
};

/** Arguments of `DefaultEncryption`. */
export interface DefaultEncryptionArgs extends TargetArgs {
  /**
   * Whether new disks are encrypted unless they say otherwise.
   *
   * Default: `true`.
   */
  enabled?: pulumi.Input<boolean> | undefined;
  /**
   * What destroying the resource does, if the switch still is as the resource set it:
   *
   * - `restore`: on or off, as it was when the resource was created.
   * - `reset`: off, as in a new project.
   *
   * Default: `restore`. Changing only this property sends no request. The previous value is recorded at creation, so set `restore`
   * then.
   */
  onDelete?: pulumi.Input<OnDelete> | undefined;
}
