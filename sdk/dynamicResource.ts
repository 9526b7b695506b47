// What both resources have in common on the program's side: how Pulumi's host finds the provider, and that a project
// has only one resource of a kind.
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { deployingProperty, providerProperty } from "../provider/engine";
import { front } from "../provider/front";
import { readSettings, type Settings } from "../provider/huaweicloud/settings";
import { ConfigurationError } from "../provider/huaweicloud/transport/errors";
import { resolveTarget, type TargetInputs } from "../provider/target";
import { runError } from "./runError";
import type { OnDelete, TargetArgs } from "./target";

/** The package's subpaths that serve the lifecycles. They stand in every state ever written: none may ever go away. */
const lifecycles = {
  DefaultEncryptionKey: "pulumi-huaweicloud-evs/provider/defaultEncryptionKey",
  DefaultEncryption: "pulumi-huaweicloud-evs/provider/defaultEncryption",
} as const;

export type ResourceKind = keyof typeof lifecycles;

export function typeToken(kind: ResourceKind): string {
  return `pulumi-nodejs:dynamic/huaweicloud/evs:${kind}`;
}

/**
 * The text that the host evaluates to get the provider, the same for all resources of a kind and in all versions.
 * Pulumi's own serializer would write the provider's code into each resource's state instead.
 */
export function providerText(kind: ResourceKind): string {
  return `exports.handler = () => require("${lifecycles[kind]}");`;
}

/** A resource that Pulumi's dynamic-provider host serves through a constant text. */
export abstract class DynamicResource extends pulumi.CustomResource {
  abstract readonly region: pulumi.Output<string>;
  abstract readonly projectId: pulumi.Output<string>;

  protected constructor(
    kind: ResourceKind,
    name: string,
    args: TargetArgs & { onDelete?: pulumi.Input<OnDelete> | undefined },
    opts: pulumi.CustomResourceOptions,
    outputs: OutputNames,
  ) {
    requireResolvable(kind);
    const manages = opts.id === undefined; // else it only reads
    if (manages) claimTarget(kind, name, args);
    const known = manages ? outputsKnownInAdvance(args, outputs) : {};
    // Every other output is named, so that it can be used at once; the engine fills in those that the arguments leave out.
    const awaited = Object.fromEntries(
      outputs.names.filter((output) => !(output in known)).map((output) => [output, undefined]),
    );
    const deploying = manages && isDeployment() ? { [deployingProperty]: true } : {};
    const properties = { ...awaited, ...args, ...deploying, [providerProperty]: providerText(kind) };
    // For each promise of a resource Pulumi keeps a stack trace, which nothing but this variable makes it show: half of
    // what a resource costs the program. For the resource's own position in the program it sets a limit itself.
    const { stackTraceLimit } = Error;
    if (!process.env.PULUMI_DEBUG_PROMISE_LEAKS) Error.stackTraceLimit = 0;
    try {
      super(typeToken(kind), name, properties, opts);
    } catch (error) {
      Error.stackTraceLimit = stackTraceLimit;
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    for (const [output, value] of Object.entries(known)) defineLazily(this, output, value);
  }

  /** Once the service has told the project's ID, two names of one project are seen as such. Called by the constructors. */
  protected claimProject(kind: ResourceKind, name: string, { region, projectId }: TargetArgs): void {
    if (region !== undefined && projectId !== undefined && isPlain([region, projectId])) return; // claimed as it is
    pulumi
      .all([this.region, this.projectId])
      .apply(([ofRegion, id]) => claim(kind, name, { region: ofRegion, projectId: id }));
  }
}

export interface OutputNames {
  /** All that the resource has, but for its ID. */
  names: readonly string[];
  /** What destroying does unless the arguments say. */
  onDelete: OnDelete;
  /** The one that keeps what was found at creation, for `onDelete` `restore`. */
  found: string;
}

/** Outputs that the arguments alone decide. Waiting for each costs as much as the rest of a resource in a large program. */
function outputsKnownInAdvance(
  { projectId, projectName, assumeRole, onDelete }: TargetArgs & { onDelete?: pulumi.Input<OnDelete> | undefined },
  outputs: OutputNames,
): Record<string, unknown> {
  return {
    ...(typeof projectId === "string" && projectName === undefined ? { projectName: undefined } : {}),
    ...(assumeRole === undefined ? { assumeRole: undefined } : {}),
    ...(onDelete === undefined ? { onDelete: outputs.onDelete } : {}),
    ...((onDelete ?? outputs.onDelete) === "reset" ? { [outputs.found]: undefined } : {}),
  };
}

/** Makes the output when it is asked for. */
function defineLazily(resource: object, name: string, value: unknown): void {
  let made: pulumi.Output<unknown> | undefined;
  Object.defineProperty(resource, name, {
    enumerable: true,
    configurable: true,
    get: () => (made ??= pulumi.output(value)),
  });
}

/** Not a preview, and not the unit test of a program. */
function isDeployment(): boolean {
  return !pulumi.runtime.isDryRun() && !isMocked();
}

function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor();
  return monitor !== undefined && "mocks" in monitor;
}

/** What was found to be resolvable, by folder and kind: a program may have hundreds of resources. */
const resolvable = new Set<string>();

/** The host looks for the package from the program's folder. Where it is not found there, the host's own error is a riddle. */
function requireResolvable(kind: ResourceKind): void {
  const folder = process.cwd();
  const question = `${kind} from ${folder}`;
  if (resolvable.has(question) || isMocked()) return; // a unit test of a program has no host
  try {
    createRequire(path.join(folder, "program.js")).resolve(lifecycles[kind]);
    resolvable.add(question);
  } catch {
    throw runError(
      `Pulumi's provider host cannot find the package pulumi-huaweicloud-evs from ${folder}. Add it to the dependencies in ` +
        "that folder's package.json and install it; a package that brings it along, or a bundle, is not enough.",
    );
  }
}

/** Names of the resources that hold a target, by run: one process can run several programs. */
const claims = new WeakMap<object, Map<string, string>>();

/**
 * Two resources for one project would fight for ever, and the provider is not told which resource it serves: so the
 * program refuses the second. At once, before it is registered, where the target is known; else as soon as it is.
 */
function claimTarget(kind: ResourceKind, name: string, args: TargetArgs): void {
  const settings = settingsIfReadable();
  const defaults = {
    region: settings.region?.value,
    projectId: settings.projectId?.value,
    projectName: settings.projectName?.value,
  };
  const given = {
    region: args.region,
    projectId: args.projectId,
    projectName: args.projectName,
    assumeRole: args.assumeRole,
  };
  const claimGiven = (known: Partial<TargetInputs>) => claim(kind, name, resolveTarget(known, defaults).target);
  if (isPlain(given)) claimGiven(given as Partial<TargetInputs>);
  else pulumi.output(given).apply((known) => claimGiven(known as Partial<TargetInputs>));
}

/** Settings by run: they do not change in one. */
const settingsOfRuns = new WeakMap<object, Settings>();

/** A setting that cannot be right is reported by the provider, as a failed check of the resource. */
function settingsIfReadable(): Settings {
  const run = pulumi.runtime.getMonitor();
  const known = run && settingsOfRuns.get(run);
  if (known) return known;
  try {
    const settings = readSettings(pulumi.runtime.allConfig(), process.env, front);
    if (run) settingsOfRuns.set(run, settings);
    return settings;
  } catch (error) {
    if (error instanceof ConfigurationError) return {};
    throw error;
  }
}

function claim(kind: ResourceKind, name: string, { region, projectId, projectName, assumeRole }: TargetInputs): void {
  const run = pulumi.runtime.getMonitor();
  if (!run || !region) return;
  const held = claims.get(run) ?? new Map<string, string>();
  claims.set(run, held);
  const target = JSON.stringify([kind, region, projectId?.toLowerCase() ?? [projectName, assumeRole]]);
  const holder = held.get(target);
  if (holder !== undefined && holder !== name) {
    throw runError(
      `${kind} "${name}" is for the same project as "${holder}" (${projectId ?? projectName} in ${region}), and a project has ` +
        "only one: the two would overwrite each other. Remove one, or give it another region, projectId or projectName.",
    );
  }
  held.set(target, name);
}

function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}
