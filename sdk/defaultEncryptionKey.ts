// The resource DefaultEncryptionKey as programs declare it.
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, type OutputsOf, typeToken } from "./dynamicResource";
import type { AssumeRole, OnDelete, TargetArgs } from "./target";

/**
 * The KMS key that encrypts new EVS disks of a project, unless a disk names another: one setting for each project.
 *
 * - **Declaring is adopting.** A project that already has a default key simply converges; nothing needs importing.
 * - **It does not switch encryption on.** That is `DefaultEncryption`. Setting a key while encryption is off is allowed; each
 *   run that sets the key says so in one line.
 * - **Existing disks do not change**; a disk's encryption is fixed when it is created.
 * - **Destroying resets** the project to the service's own key, `evs/default`, or restores the key found at creation: see
 *   `onDelete`. It leaves the setting alone if somebody else has changed it since.
 * - **The key must stay enabled.** Disks whose key is disabled or deleted cannot be attached again.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * const key = new evs.DefaultEncryptionKey("default-key", {
 *   region: "cn-north-4",
 *   kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954",
 * });
 * export const project = key.projectId;
 * ```
 *
 * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/UpdateDefaultKmsKeyId.html
 */
export class DefaultEncryptionKey extends DynamicResource {
  /** @internal */
  static readonly __pulumiType = typeToken("DefaultEncryptionKey");

  /**
   * Reads a project's default key without managing it.
   *
   * @param name Name of the resource in the program.
   * @param id `{region}/{projectId}`, such as `cn-north-4/0123456789abcdef0123456789abcdef`.
   * @param opts Options of the resource.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): DefaultEncryptionKey {
    return new DefaultEncryptionKey(name, {} as DefaultEncryptionKeyArgs, { ...opts, id });
  }

  /** Whether a value is a `DefaultEncryptionKey`, also one of another copy of this package. */
  static override isInstance(value: unknown): value is DefaultEncryptionKey {
    const type = (value as { __pulumiType?: unknown } | null | undefined)?.__pulumiType;
    return type === DefaultEncryptionKey.__pulumiType;
  }

  /** ID of the default key, as the service answered. */
  declare readonly kmsKeyId: pulumi.Output<string>;
  /** Region of the project. */
  declare readonly region: pulumi.Output<string>;
  /** ID of the project. */
  declare readonly projectId: pulumi.Output<string>;
  /** Name by which the project was looked up; `undefined` if its ID was given. */
  declare readonly projectName: pulumi.Output<string | undefined>;
  /** The agency of another account that is acted as. */
  declare readonly assumeRole: pulumi.Output<AssumeRole | undefined>;
  /** What destroying does: `reset` or `restore`. */
  declare readonly onDelete: pulumi.Output<OnDelete>;
  /** The key found at creation, if `onDelete` was `restore` then; empty if there was none. */
  declare readonly previousKmsKeyId: pulumi.Output<string | undefined>;

  /**
   * The KMS key that encrypts new EVS disks of a project, unless a disk names another. Destroying resets it to the service's
   * own key, unless `onDelete` says otherwise. It does not switch encryption on: that is `DefaultEncryption`.
   *
   * API reference: https://support.huaweicloud.com/intl/en-us/api-evs/UpdateDefaultKmsKeyId.html
   *
   * @param name Name of the resource in the program.
   * @param args Which key, for which project.
   * @param opts Options of the resource.
   */
  constructor(name: string, args: DefaultEncryptionKeyArgs, opts: pulumi.CustomResourceOptions = {}) {
    super("DefaultEncryptionKey", name, args, opts, outputs);
  }
}

const outputs: OutputsOf<DefaultEncryptionKey> = {
  kmsKeyId: undefined,
  region: undefined,
  projectId: undefined,
  projectName: undefined,
  assumeRole: undefined,
  onDelete: undefined,
  previousKmsKeyId: undefined,
};

/** Arguments of `DefaultEncryptionKey`. */
export interface DefaultEncryptionKeyArgs extends TargetArgs {
  /**
   * ID of the KMS key: its UUID, not its alias or URN. Upper and lower case are the same.
   *
   * The key must be in the same project and region, enabled, symmetric (AES_256 or SM4) and for encryption. A preview
   * asks KMS and fails if it is not; `huaweicloud:preflight` (`auto`, `off`, `require`; default `auto`) changes that.
   */
  kmsKeyId: pulumi.Input<string>;
  /**
   * What destroying the resource does, if its key is still the project's default then:
   *
   * - `reset`: the service's own key, `evs/default`, becomes the default.
   * - `restore`: the key found when the resource was created becomes the default again, if KMS says that it is usable;
   *   else as `reset`.
   *
   * Default: `reset`. Changing only this property sends no request. The previous value is recorded at creation, so set `restore`
   * then.
   */
  onDelete?: pulumi.Input<OnDelete> | undefined;
}
