// The component DefaultEncryptionBaseline: switch and key for many regions or accounts at once.
import * as pulumi from "@pulumi/pulumi";
import { requireObject } from "./arguments";
import { DefaultEncryption } from "./defaultEncryption";
import { DefaultEncryptionKey } from "./defaultEncryptionKey";
import { runError } from "./runError";
import type { AssumeRoleArgs, OnDelete, TargetArgs } from "./target";

const example = '{ "cn-north-4": "7e1f6d5a-bfe7-4b7d-8125-c3017e661954" }';

/** One project of a baseline. */
export interface BaselineProjectArgs extends TargetArgs {
  /** ID of the KMS key, in that very region: keys are regional. */
  kmsKeyId: pulumi.Input<string>;

  /** Region of the project. Default: the entry's name. A change replaces the resources. */
  region?: pulumi.Input<string> | undefined;

  /** An agency of another account to act as. Default: the baseline's. A change replaces the resources, unless `projectId` stays. */
  assumeRole?: pulumi.Input<AssumeRoleArgs> | undefined;
}

/** Arguments of `DefaultEncryptionBaseline`. */
export interface DefaultEncryptionBaselineArgs {
  /**
   * The projects, by name. If an entry has no `region`, its name is the region; an entry that is only text is a key ID.
   * For several accounts give each entry a name of its own, a `region` and an `assumeRole`.
   */
  projects: Record<string, pulumi.Input<string> | BaselineProjectArgs>;
  /** An agency to act as in every entry that has none of its own. Default: none. */
  assumeRole?: pulumi.Input<AssumeRoleArgs> | undefined;
  /** What destroying does with keys and switches. Default: as the resources; keys are reset, switches restored. */
  onDelete?: pulumi.Input<OnDelete> | undefined;
}

/** What a baseline has set for one entry. */
export interface BaselineProject {
  /** Region of the project. */
  region: string;
  /** ID of the project. */
  projectId: string;
  /** ID of the default key. */
  kmsKeyId: string;
  /** Whether new disks are encrypted by default. */
  enabled: boolean;
}

/**
 * Default encryption with a key of your own, for many regions or accounts: for each entry a `DefaultEncryption` and, once
 * it is on, a `DefaultEncryptionKey`. Their names are the component's and the entry's, so an error names its region.
 *
 * Entries do not wait for each other. So that one that fails does not hold back the others, run
 * `pulumi up --continue-on-error` (or set `PULUMI_CONTINUE_ON_ERROR=true`): by itself the engine starts nothing new after
 * a failure.
 *
 * ```ts
 * import * as evs from "pulumi-huaweicloud-evs";
 *
 * const baseline = new evs.DefaultEncryptionBaseline("baseline", {
 *   projects: {
 *     "cn-north-4": "7e1f6d5a-bfe7-4b7d-8125-c3017e661954",
 *     "ap-southeast-3": { kmsKeyId: "1c3875db-97f3-4371-93de-b103b10a2189", projectName: "ap-southeast-3_team" },
 *   },
 * });
 * export const projects = baseline.projects;
 * ```
 */
export class DefaultEncryptionBaseline extends pulumi.ComponentResource {
  /** What was set, by the entry's name. */
  readonly projects: pulumi.Output<Record<string, BaselineProject>>;

  /**
   * @param name Name of the component in the program; its resources' names begin with it.
   * @param args The projects and their keys.
   * @param opts Options of the component.
   */
  constructor(name: string, args: DefaultEncryptionBaselineArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const component = `DefaultEncryptionBaseline "${name}"`;
    requireObject(component, "the arguments", args, `{ projects: ${example} }`);
    requireObject(component, "the options", opts, "{ protect: true }");
    // A Map has no own properties and would delete every resource.
    requireObject(component, "projects", args.projects, example);
    for (const [entry, value] of Object.entries(args.projects)) requireEntry(component, entry, value);
    super("huaweicloud:evs:DefaultEncryptionBaseline", name, {}, opts);
    const entries = Object.entries(args.projects).map(([entry, value]) => {
      const { kmsKeyId, ...target } = toProjectArgs(value);
      const { region: given = entry, assumeRole = args.assumeRole } = target;
      const shared = { ...target, region: given, assumeRole, onDelete: args.onDelete };
      const childName = `${name}-${entry}`;
      const encryption = new DefaultEncryption(childName, shared, { parent: this });
      // The first time it is switched on, the service's own key becomes the default: so the key comes after.
      const key = new DefaultEncryptionKey(
        childName,
        { ...shared, kmsKeyId },
        { parent: this, dependsOn: [encryption] },
      );
      const { region, projectId } = key;
      return [entry, { region, projectId, kmsKeyId: key.kmsKeyId, enabled: encryption.enabled }] as const;
    });
    this.projects = pulumi.output(Object.fromEntries(entries));
    this.registerOutputs({ projects: this.projects });
  }
}

function requireEntry(component: string, entry: string, value: unknown): void {
  if (isInputOfText(value)) return;
  const what = `the entry "${entry}" of projects`;
  requireObject(component, what, value, '{ kmsKeyId: "…" }, or the text of a key ID');
  if (!("kmsKeyId" in value)) throw runError(`${component}: ${what} has no kmsKeyId.`);
}

function toProjectArgs(value: pulumi.Input<string> | BaselineProjectArgs): BaselineProjectArgs {
  return isInputOfText(value) ? { kmsKeyId: value } : value;
}

function isInputOfText(value: unknown): value is pulumi.Input<string> {
  return typeof value === "string" || pulumi.Output.isInstance(value) || value instanceof Promise;
}
