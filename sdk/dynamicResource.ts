// What both resources have in common on the program's side: how Pulumi's host finds the provider, and that a project
// has only one resource of a kind.
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError } from "../provider/huaweicloud/errors";
import { readSettings, type Settings } from "../provider/huaweicloud/settings";
import { resolveTarget, type TargetInputs } from "../provider/target";
import { runError } from "./runError";
import type { TargetArgs } from "./target";

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
    props: TargetArgs & pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
  ) {
    requireResolvable(kind);
    const manages = opts.id === undefined; // else it only reads
    if (manages) claimTarget(kind, name, props);
    super(typeToken(kind), name, { ...props, __provider: providerText(kind) }, opts);
  }

  /** Once the service has told the project's ID, two names of one project are seen as such. Called by the constructors. */
  protected claimProject(kind: ResourceKind, name: string): void {
    pulumi.all([this.region, this.projectId]).apply(([region, projectId]) => claim(kind, name, { region, projectId }));
  }
}

/** The host looks for the package from the program's folder. Where it is not found there, the host's own error is a riddle. */
function requireResolvable(kind: ResourceKind): void {
  const monitor = pulumi.runtime.getMonitor();
  if (monitor && "mocks" in monitor) return; // a unit test of a program has no host
  const folder = process.cwd();
  try {
    createRequire(path.join(folder, "program.js")).resolve(lifecycles[kind]);
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

/** A setting that cannot be right is reported by the provider, as a failed check of the resource. */
function settingsIfReadable(): Settings {
  try {
    return readSettings(pulumi.runtime.allConfig(), process.env);
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
