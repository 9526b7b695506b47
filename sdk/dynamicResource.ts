// What both resources have in common on the program's side: how Pulumi's host finds the provider, and its hidden inputs.
import { createRequire } from "node:module";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { conflictOf } from "../provider/conflict";
import { deployingProperty, providerProperty, urnProperty } from "../provider/dynamic/hiddenProperties";
import { requireObject } from "./arguments";
import { runError } from "./runError";
import type { TargetArgs } from "./target";

/** The package's subpaths that serve the lifecycles. They stand in every state ever written: none may ever go away. */
const lifecycles = {
  DefaultEncryptionKey: "pulumi-huaweicloud-evs/provider/defaultEncryptionKey",
  DefaultEncryption: "pulumi-huaweicloud-evs/provider/defaultEncryption",
} as const;

export type ResourceKind = keyof typeof lifecycles;

/** Arguments as a program may write them, for an error message. */
const examples: Record<ResourceKind, string> = {
  DefaultEncryptionKey: '{ kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954" }',
  DefaultEncryption: "{ enabled: true }",
};

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

/** All outputs of a resource's class, by name. */
export type OutputsOf<Resource extends pulumi.CustomResource> = {
  readonly [Name in Exclude<keyof Resource, keyof pulumi.CustomResource>]: undefined;
};

/** A resource that Pulumi's dynamic-provider host serves through a constant text. */
export abstract class DynamicResource extends pulumi.CustomResource {
  protected constructor(
    kind: ResourceKind,
    name: string,
    args: TargetArgs,
    opts: pulumi.CustomResourceOptions,
    outputs: Readonly<Record<string, undefined>>,
  ) {
    requireObject(`${kind} "${name}"`, "the arguments", args, examples[kind]);
    requireObject(`${kind} "${name}"`, "the options", opts, "{ protect: true }");
    requireResolvable(kind);
    const manages = opts.id === undefined; // else it only reads
    if (manages) requireSingleResource(kind, name, args);
    const hidden = manages && !isMocked() ? hiddenInputs(kind, name, opts) : {};
    // Every output is named, so that it can be used at once; the engine fills in those that the arguments leave out.
    const properties = { ...outputs, ...args, ...hidden, [providerProperty]: providerText(kind) };
    // For each promise of a resource Pulumi keeps a stack trace, which nothing but this variable makes it show. Kept, they
    // cost 22 % of a preview of 200 resources and 11 % of an `up`, in processor time. For the resource's own position in the
    // program Pulumi sets a limit itself.
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
  }
}

/** Names of the resources that have a target, by run and spelling: all copies of this package in a program share them. */
type ResourcesByRun = WeakMap<object, Map<string, string>>;
const global: { [key: symbol]: ResourcesByRun | undefined } = globalThis as object as {
  [key: symbol]: ResourcesByRun;
};
const targetsSymbol = Symbol.for("pulumi-huaweicloud-evs:claims");

/**
 * Refuses a second resource for one target before anything is registered, if both spell it the same. The engine checks
 * resources in the order in which they arrive: without this, the second could be made before the first is looked at. Every
 * other spelling of one target is seen by the provider's check.
 */
function requireSingleResource(kind: ResourceKind, name: string, args: TargetArgs): void {
  const run = pulumi.runtime.getMonitor();
  const { region, projectId, projectName, assumeRole } = args;
  if (!run || !isPlain([region, projectId, projectName, assumeRole])) return;
  const byRun = global[targetsSymbol] ?? new WeakMap();
  global[targetsSymbol] = byRun;
  const byTarget = byRun.get(run) ?? new Map<string, string>();
  byRun.set(run, byTarget);
  const target = JSON.stringify([kind, region, String(projectId).toLowerCase(), projectName, assumeRole]);
  const holder = byTarget.get(target);
  if (holder !== undefined) {
    throw runError(`${conflictOf(kind, `${kind} "${name}"`, `"${holder}"`)}.`);
  }
  byTarget.set(target, name);
}

function isPlain(value: unknown): boolean {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return false;
  return typeof value !== "object" || value === null || Object.values(value).every(isPlain);
}

/** Hidden properties: the resource's URN, and whether the run is a deployment. */
function hiddenInputs(kind: ResourceKind, name: string, { parent }: pulumi.CustomResourceOptions): object {
  const urn = pulumi.createUrn(name, typeToken(kind), parent);
  // A promise, because an output of a component depends on all its children: each of them would wait for itself.
  const bare = new Promise<string>((resolve) => urn.apply(resolve));
  // With the deployment flag an `up` of 200 new keys takes 0.79 of the time that it takes without: see requireUsable.
  return { [urnProperty]: bare, ...(pulumi.runtime.isDryRun() ? {} : { [deployingProperty]: true }) };
}

function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor();
  return monitor !== undefined && "mocks" in monitor;
}

/** The host looks for the package from the program's folder. If it is not there, the host's own error does not say what to do. */
function requireResolvable(kind: ResourceKind): void {
  const folder = process.cwd();
  if (isMocked()) return; // a unit test of a program has no host
  try {
    createRequire(path.join(folder, "program.js")).resolve(lifecycles[kind]);
  } catch {
    throw runError(
      `Pulumi's provider host cannot find the package pulumi-huaweicloud-evs from ${folder}. Add it to the dependencies in ` +
        "that folder's package.json and install it; a package that brings it along, or a bundle, is not enough.",
    );
  }
}
