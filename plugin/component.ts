// The component DefaultEncryptionBaseline, made on the engine's order: its children are registered with the engine's monitor
// directly, because the SDK's runtime keeps one program's settings in globals, and one plugin may serve several.
import * as grpc from "@grpc/grpc-js";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import { ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  type RegisterResourceResponse,
  Result,
} from "@pulumi/pulumi/proto/resource_pb";
import { ConfigurationError } from "../provider/huaweicloud/transport/errors";
import { type Bag, isBag, unknownValue } from "../provider/protocol";
import { channelOptions } from "./channel";
import { dynamicTypes, tokens } from "./names";
import { close, type Opened, open, partsOf, toStruct } from "./values";

/** A part of the inputs, and as it is on the wire. */
interface Part extends Opened {
  wire: unknown;
}

interface Child {
  kind: "DefaultEncryptionKey" | "DefaultEncryption";
  name: string;
  inputs: Record<string, Opened>;
  parent: string;
  dependsOn: string[];
}

interface Registered {
  urn: string;
  outputs: Bag;
}

/**
 * Registers the component and its children, and returns them. `provider` is the instance that serves them. After `failing` is
 * aborted, it does not wait for children.
 */
export async function constructBaseline(
  request: ConstructRequest,
  provider: string | undefined,
  failing: AbortSignal,
): Promise<ConstructResponse> {
  const monitor = new ResourceMonitorClient(
    request.getMonitorendpoint(),
    grpc.credentials.createInsecure(),
    channelOptions,
  );
  try {
    const own = await register(monitor, componentRequest(request));
    if (own === undefined) throw new ConfigurationError(`${request.getName()} depends on a resource that failed`);
    const { urn } = own;
    const inputs = openParts(request.getInputs()?.toJavaScript() ?? {});
    const projects = await registerProjects(monitor, request, { inputs, parent: urn, provider, failing });
    const state = toStruct({ projects });
    await registerOutputs(monitor, new RegisterResourceOutputsRequest().setUrn(urn).setOutputs(state));
    return new ConstructResponse().setUrn(urn).setState(state);
  } finally {
    monitor.close();
  }
}

interface Context {
  inputs: Record<string, Part>;
  parent: string;
  provider: string | undefined;
  failing: AbortSignal;
}

/** What was set, by the entry's name; not known if it is not known which entries there are. */
async function registerProjects(monitor: ResourceMonitorClient, request: ConstructRequest, context: Context) {
  const { projects, assumeRole, onDelete } = context.inputs;
  if (projects === undefined) throw new ConfigurationError("projects is required: a map of projects and their keys");
  if (projects.value === unknownValue) return unknownValue;
  if (!isMap(projects.value)) {
    throw new ConfigurationError('projects must be a map, such as { "cn-north-4": { kmsKeyId: "…" } }');
  }
  const shared = { ...(assumeRole && { assumeRole }), ...(onDelete && { onDelete }) };
  const made = Object.entries(openParts(projects.wire)).map(async ([entry, given]) => {
    const { kmsKeyId, ...target } = entryOf(entry, given);
    if (kmsKeyId === undefined) throw new ConfigurationError(`the entry "${entry}" of projects has no kmsKeyId`);
    const inputs = { region: plain(entry), ...shared, ...target };
    const child = { name: `${request.getName()}-${entry}`, parent: context.parent };
    const add = (own: Pick<Child, "kind" | "inputs" | "dependsOn">) =>
      unlessAborted(context.failing, register(monitor, childRequest({ ...child, ...own }, request, context.provider)));
    const encryption = await add({ kind: "DefaultEncryption", inputs, dependsOn: [] });
    // The first time it is switched on, the service's own key becomes the default: so the key comes after.
    const key =
      encryption &&
      (await add({ kind: "DefaultEncryptionKey", inputs: { ...inputs, kmsKeyId }, dependsOn: [encryption.urn] }));
    const known = (made: Registered | undefined, name: string) => made?.outputs[name] ?? unknownValue;
    return [
      entry,
      {
        region: known(key, "region"),
        projectId: known(key, "projectId"),
        kmsKeyId: known(key, "kmsKeyId"),
        enabled: known(encryption, "enabled"),
      },
    ] as const;
  });
  // Wait for all, even if some fail.
  await Promise.allSettled(made);
  return Object.fromEntries(await Promise.all(made));
}

/** An entry that is only text is a key ID. */
function entryOf(entry: string, given: Part): Record<string, Opened> {
  if (typeof given.value === "string") return { kmsKeyId: given };
  if (isMap(given.value)) return openParts(given.wire);
  throw new ConfigurationError(`the entry "${entry}" of projects must be an object such as { kmsKeyId: "…" }`);
}

function isMap(value: unknown): boolean {
  return isBag(value) && !Array.isArray(value);
}

function plain(value: unknown): Opened {
  return { value, secrets: undefined, dependencies: [] };
}

/** The parts of what is a map, without those that are not there. */
function openParts(map: unknown): Record<string, Part> {
  const parts = Object.entries(partsOf(map)).map(([name, wire]): [string, Part] => [name, { wire, ...open(wire) }]);
  return Object.fromEntries(parts.filter(([, { value }]) => value !== undefined && value !== null));
}

function componentRequest(request: ConstructRequest): RegisterResourceRequest {
  // Of the inputs, only the children depend on what they do: else a key that fails would keep back all projects.
  const ofInputs = new Set([...request.getInputdependenciesMap().entries()].flatMap(([, part]) => part.getUrnsList()));
  const registration = new RegisterResourceRequest()
    .setType(request.getType())
    .setName(request.getName())
    .setParent(request.getParent())
    .setCustom(false)
    .setObject(toStruct({}))
    .setDependenciesList(request.getDependenciesList().filter((urn) => !ofInputs.has(urn)))
    .setAliasesList([...request.getAliasesList(), aliasOf(dynamicTypes.DefaultEncryptionBaseline)])
    .setAliasspecs(true)
    .setIgnorechangesList(request.getIgnorechangesList())
    .setReplaceonchangesList(request.getReplaceonchangesList())
    .setDeletedwith(request.getDeletedwith())
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setSupportsresultreporting(true);
  if (request.hasProtect()) registration.setProtect(request.getProtect() === true);
  if (request.hasRetainondelete()) registration.setRetainondelete(request.getRetainondelete() === true);
  for (const [name, reference] of request.getProvidersMap().entries()) {
    registration.getProvidersMap().set(name, reference);
  }
  return registration;
}

function childRequest(
  { kind, name, inputs, parent, dependsOn }: Child,
  request: ConstructRequest,
  provider: string | undefined,
): RegisterResourceRequest {
  const dependencies = Object.entries(inputs).map(([property, input]) => [property, input.dependencies] as const);
  const wire = Object.entries(inputs).map(
    ([property, { value, secrets }]) => [property, close(value, secrets)] as const,
  );
  const registration = new RegisterResourceRequest()
    .setType(tokens[kind])
    .setName(name)
    .setParent(parent)
    .setCustom(true)
    .setObject(toStruct(Object.fromEntries(wire)))
    .setDependenciesList([...new Set([...dependsOn, ...dependencies.flatMap(([, urns]) => urns)])])
    .setAliasesList([aliasOf(dynamicTypes[kind])])
    .setAliasspecs(true)
    .setAcceptsecrets(true)
    .setAcceptresources(true)
    .setSupportspartialvalues(true)
    .setSupportsresultreporting(true);
  // The very instance that serves the component: it knows the configuration, and which targets are taken.
  registration.setProvider(request.getProvidersMap().get("huaweicloud-evs") ?? provider ?? "");
  if (request.hasProtect()) registration.setProtect(request.getProtect() === true);
  for (const [property, urns] of dependencies) {
    const list = new RegisterResourceRequest.PropertyDependencies().setUrnsList([...new Set(urns)]);
    registration.getPropertydependenciesMap().set(property, list);
  }
  return registration;
}

/** The same name and parent, under another type. */
function aliasOf(type: string): Alias {
  return new Alias().setSpec(new Alias.Spec().setType(type));
}

/** Returns `undefined` if it failed or was skipped. */
function register(monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<Registered | undefined> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error, response: RegisterResourceResponse) => {
      if (error) return reject(error);
      if (response.getResult() !== Result.SUCCESS) return resolve(undefined);
      resolve({ urn: response.getUrn(), outputs: response.getObject()?.toJavaScript() ?? {} });
    });
  });
}

/** Returns `undefined` if the signal comes first. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined));
  });
  return Promise.race([work, aborted]);
}

function registerOutputs(monitor: ResourceMonitorClient, request: RegisterResourceOutputsRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    monitor.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
  });
}
