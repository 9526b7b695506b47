// The plugin's gRPC server: opens each call of the engine, hands it to the resource's lifecycle, and answers it. The connection
// identifies the caller, so several engines, or several providers of one, can share a process.
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Environment } from "../provider/huaweicloud/settings";
import { ConfigurationError, HuaweiCloudError } from "../provider/huaweicloud/transport/errors";
import { version } from "../provider/huaweicloud/transport/version";
import { type Call, callOf, type Phase } from "../provider/lifecycle";
import { type CheckFailure, hasUnknown, InitializationFailed, propertyOf } from "../provider/protocol";
import { mayBeOtherAccount, withProjectOfAccount } from "./account";
import { checkSettings } from "./configuration";
import { detailedDiff, type PropertyChange } from "./detailedDiff";
import { EngineLog } from "./engineLog";
import { HalfMade, Refused, toServiceError } from "./failures";
import { createInstance, type Instance } from "./instance";
import type { Lifetime } from "./lifetime";
import { packageName, tokens } from "./names";
import { functions, type ResourceType, resources } from "./resources";
import { type OpenedBag, openBag, type Secrets } from "./values";

export interface ServerOptions {
  /** Where the engine takes lines for the user, if it has said so at the start. */
  engineAddress: string | undefined;
  environment: Environment;
  lifetime: Lifetime;
  /** The text of schema.json. */
  schema: () => string;
}

/** The engine or the language host at the other end of a connection. */
interface Client {
  log: EngineLog;
  instance: Instance | undefined;
  /** Whether what is in state may be of another account than that of the instance. */
  mayBeOtherAccount: boolean;
}

type Handlers = Pick<
  IResourceProviderServer,
  | "handshake"
  | "attach"
  | "getPluginInfo"
  | "getSchema"
  | "checkConfig"
  | "diffConfig"
  | "configure"
  | "check"
  | "diff"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "invoke"
  | "construct"
  | "cancel"
>;

export interface Serving {
  /** Called when a connection has ended, with its address and port. */
  forget(peer: string): void;
}

/** Makes the server, which may listen already, answer the engine. */
export function serve(server: grpc.Server, options: ServerOptions): Serving {
  const { handlers, forget } = createHandlers(options);
  server.addService(ResourceProviderService, { ...handlers });
  return { forget };
}

function createHandlers({ engineAddress, environment, lifetime, schema }: ServerOptions): Serving & {
  handlers: Handlers;
} {
  const clients = new Map<string, Client>();
  let configurations = 0;
  /** Who has configured, if it was once only. */
  let single: Client | undefined;

  function forget(peer: string): void {
    const client = clients.get(peer);
    clients.delete(peer);
    release(client);
  }

  /**
   * Closes the logs and the session that no connection uses any more.
   */
  function release(client: Client | undefined): void {
    const inUse = [single, ...clients.values()];
    const logsOf = (one: Client | undefined) => [one?.log, one?.instance?.log];
    const logs = new Set(inUse.flatMap(logsOf));
    for (const log of logsOf(client)) if (!logs.has(log)) log?.close();
    if (inUse.some((one) => one?.instance === client?.instance)) return;
    client?.instance?.session.closeIdle();
    client?.instance?.calls.forget();
  }

  /**
   * After a long silence the engine may open a new connection: it uses the configuration, if there was only one. Of several it
   * may be any, and another account's.
   */
  function clientOf(peer: string): Client {
    const known = clients.get(peer);
    if (known) return known;
    const log = new EngineLog();
    if (engineAddress !== undefined) log.connect(engineAddress);
    const client = { log, instance: single?.instance, mayBeOtherAccount: single?.mayBeOtherAccount ?? false };
    clients.set(peer, client);
    return client;
  }

  /** One call: counted as running, its lines shown before its answer is given. */
  function unary<Request, Response>(
    work: (request: Request, client: Client) => Promise<Response> | Response,
  ): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
      void lifetime.during(async () => {
        const client = clientOf(call.getPeer());
        client.instance?.previewFailures.noteCall();
        const flush = () => Promise.all([client.log.flush(), client.instance?.log.flush()]);
        try {
          const response = await work(call.request, client);
          await flush();
          callback(null, response);
        } catch (error) {
          await flush();
          callback(toServiceError(error));
        }
      });
    };
  }

  const handlers: Handlers = {
    handshake: unary((request, client) => {
      const address = request.getEngineAddress();
      if (address) client.log.connect(address);
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true).setAcceptOutputs(true);
    }),
    attach: unary((request, client) => {
      client.log.connect(request.getAddress());
      return new Empty();
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
    getSchema: unary((request) => {
      if (request.getVersion() > 1) {
        throw new Refused(grpc.status.UNIMPLEMENTED, `there is no schema of version ${request.getVersion()}`);
      }
      return new messages.GetSchemaResponse().setSchema(schema());
    }),

    checkConfig: unary((request) => {
      const failures = checkSettings(openBag(request.getNews()).bag, environment);
      return new messages.CheckResponse().setInputs(request.getNews()).setFailuresList(failures.map(toFailure));
    }),
    // Whatever changes, resources stay where they are: what the change means for each, its own check and diff say. A
    // replacement for all would set a project that stays the same, and then reset it as the old one.
    diffConfig: unary((request, client) => {
      const { bag: olds } = openBag(request.getOldInputs() ?? request.getOlds());
      const { bag: news } = openBag(request.getNews());
      client.mayBeOtherAccount ||= mayBeOtherAccount(olds, news);
      const compared = { oldInputs: olds, oldOutputs: {}, news, setting: "", ignored: [""] };
      return toDiff(detailedDiff({ changes: true, replaces: [] }, compared), false);
    }),
    configure: unary((request, client) => {
      const [urn, id] = [request.getUrn(), request.getId()];
      const before = [single, { ...client }];
      client.instance = createInstance({
        inputs: openBag(request.getArgs() ?? variables(request)),
        acceptsSecrets: request.getAcceptsecrets(),
        reference: urn && id ? `${urn}::${id}` : undefined,
        log: client.log,
        environment,
        calls: lifetime.startCalls(),
      });
      configurations += 1;
      single = configurations === 1 ? client : undefined;
      before.forEach(release);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true).setAcceptoutputs(true);
    }),

    check: unary(async (request, client) => {
      const { type, instance, call } = serving(request.getUrn(), client, undefined);
      const { bag, secrets } = openBag(request.getNews());
      const { inputs, failures } = await type.lifecycle.check(call, openBag(request.getOlds()).bag, bag);
      return new messages.CheckResponse()
        .setInputs(instance.close(inputs, secrets))
        .setFailuresList(failures.map((failure) => toFailure(withoutSecretName(failure, secrets))));
    }),
    diff: unary(async (request, client) => {
      const { type, call } = serving(request.getUrn(), client, undefined);
      const { bag: oldOutputs } = openBag(request.getOlds());
      const { bag: news } = openBag(request.getNews());
      const desired = client.mayBeOtherAccount ? await withProjectOfAccount(call, news) : news;
      const decided = await type.lifecycle.diff(call, request.getId(), oldOutputs, desired);
      const changes = detailedDiff(decided, {
        oldInputs: openBag(request.getOldInputs()).bag,
        oldOutputs,
        news,
        setting: type.setting,
        ignored: request.getIgnorechangesList(),
      });
      return toDiff(changes, decided.deleteBeforeReplace);
    }),
    create: unary(async (request, client) => {
      const phase = request.getPreview() ? "preview" : "deployment";
      const { type, instance, call } = serving(request.getUrn(), client, phase);
      const { bag, secrets } = openBag(request.getProperties());
      const { id = "", outs } = await reported(
        call,
        instance,
        { inputs: bag, secrets: withDerived(secrets, type) },
        () => type.lifecycle.create(call, bag),
      );
      return new messages.CreateResponse()
        .setId(id)
        .setProperties(instance.close(outs, withDerived(secrets, type)))
        .setRefreshBeforeUpdate(instance.refreshesBeforeUpdate);
    }),
    read: unary(async (request, client) => {
      const { type, instance, call } = serving(request.getUrn(), client, undefined);
      const { bag, secrets: ofOutputs } = openBag(request.getProperties());
      const secrets = { ...openBag(request.getInputs()).secrets, ...ofOutputs };
      const { id, props, inputs } = await type.lifecycle.read(call, request.getId(), bag);
      const response = new messages.ReadResponse().setId(id);
      if (id === "") return response;
      if (Object.keys(bag).length === 0) requireSet(type, request.getId(), props);
      return response
        .setProperties(instance.close(props, withDerived(secrets, type)))
        .setInputs(instance.close(inputs, secrets))
        .setRefreshBeforeUpdate(instance.refreshesBeforeUpdate);
    }),
    update: unary(async (request, client) => {
      const phase = request.getPreview() ? "preview" : "deployment";
      const { type, instance, call } = serving(request.getUrn(), client, phase);
      const { bag: olds, secrets: ofOlds } = openBag(request.getOlds());
      const { bag: news, secrets: ofNews } = openBag(request.getNews());
      // After an unfinished update the old value may be the live one.
      const either = withDerived({ ...ofOlds, ...ofNews }, type);
      const secrets = { ...without(either, Object.keys(news)), ...ofNews };
      const { outs } = await reported(call, instance, { inputs: news, secrets: either }, () =>
        type.lifecycle.update(call, request.getId(), olds, news),
      );
      return new messages.UpdateResponse()
        .setProperties(instance.close(outs, secrets))
        .setRefreshBeforeUpdate(instance.refreshesBeforeUpdate);
    }),
    delete: unary(async (request, client) => {
      const { type, call } = serving(request.getUrn(), client, "deployment");
      await type.lifecycle.delete(call, request.getId(), openBag(request.getProperties()).bag);
      return new Empty();
    }),

    invoke: unary(async (request, client) => {
      const token = request.getTok();
      const ask = functions.get(token);
      if (ask === undefined) throw new Refused(grpc.status.UNIMPLEMENTED, `there is no function ${token}`);
      const instance = configured(client);
      const { bag, secrets } = openBag(request.getArgs());
      if (hasUnknown(bag)) return new messages.InvokeResponse().setReturn(new Struct());
      try {
        return new messages.InvokeResponse().setReturn(instance.close(await ask(bag, instance.session), secrets));
      } catch (error) {
        if (!(error instanceof HuaweiCloudError)) throw error;
        throw new ConfigurationError(`${token.slice(token.lastIndexOf(":") + 1)}: ${error.message}`);
      }
    }),
    construct: unary(async (request, client) => {
      if (request.getType() !== tokens.DefaultEncryptionBaseline) {
        throw new Refused(grpc.status.UNIMPLEMENTED, `there is no component ${request.getType()}`);
      }
      const { reference, previewFailures } = configured(client);
      // Loaded with the messages of the engine's monitor, which nothing else needs.
      const { constructBaseline } = await import("./component");
      return previewFailures.make((failing) => constructBaseline(request, reference, failing));
    }),
    cancel: unary((_, client) => {
      client.instance?.calls.cancel();
      return new Empty();
    }),
  };
  return { handlers, forget };
}

/** For an import or a `get`, which have only the ID: a setting that was never set is not a resource. */
function requireSet({ setting }: ResourceType, id: string, props: object): void {
  if (propertyOf(props, setting) !== "") return;
  throw new ConfigurationError(
    `There is nothing to import: no default key was ever set in ${id}. Declare the resource with the key it should have.`,
  );
}

function configured({ instance }: Client): Instance {
  if (instance === undefined) throw new Refused(grpc.status.FAILED_PRECONDITION, "the provider is not configured yet");
  return instance;
}

/** The type that a URN names, and the call as its lifecycle takes it. */
function serving(urn: string, client: Client, phase: Phase | undefined) {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const type = resources.get(token);
  if (type === undefined) throw new Refused(grpc.status.UNIMPLEMENTED, `there is no resource ${token}`);
  const instance = configured(client);
  return { type, instance, call: callOf(instance.session, { urn, phase }) };
}

/**
 * Runs create or update. A failure of a preview is reported with the others; an unfinished resource with its known
 * outputs.
 */
async function reported(
  call: Call,
  instance: Instance,
  { inputs, secrets }: { inputs: object; secrets: OpenedBag["secrets"] },
  work: () => Promise<{ id?: string; outs: object }>,
): Promise<{ id?: string; outs: object }> {
  if (call.phase === "preview") return (await instance.previewFailures.preview(call.urn, work)) ?? { outs: {} };
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InitializationFailed)) throw error;
    throw new HalfMade(error, {
      properties: instance.close(error.properties, secrets),
      inputs: instance.close(inputs, secrets),
      refreshesBeforeUpdate: instance.refreshesBeforeUpdate,
    });
  }
}

function withDerived(secrets: OpenedBag["secrets"], { derived }: ResourceType): OpenedBag["secrets"] {
  const more = Object.entries(derived).map(([output, input]): [string, Secrets | undefined] => [
    output,
    secrets[input],
  ]);
  const marked = more.filter((entry): entry is [string, Secrets] => entry[1] !== undefined);
  return { ...secrets, ...Object.fromEntries(marked) };
}

function without(secrets: OpenedBag["secrets"], names: string[]): OpenedBag["secrets"] {
  return Object.fromEntries(Object.entries(secrets).filter(([name]) => !names.includes(name)));
}

/** Of a failure that names a property the engine prints the value, a secret one too: so the reason names it instead. */
function withoutSecretName({ property, reason }: CheckFailure, secrets: OpenedBag["secrets"]): CheckFailure {
  const [top = ""] = property.split(".");
  return secrets[top] === undefined ? { property, reason } : { property: "", reason: `${property} ${reason}` };
}

function toFailure({ property, reason }: CheckFailure): messages.CheckFailure {
  return new messages.CheckFailure().setProperty(property).setReason(reason);
}

const { Kind } = messages.PropertyDiff;
const kinds = {
  add: [Kind.ADD, Kind.ADD_REPLACE],
  delete: [Kind.DELETE, Kind.DELETE_REPLACE],
  update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
} as const;

function toDiff(changes: Map<string, PropertyChange>, deleteBeforeReplace: boolean): messages.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse()
    .setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE)
    .setReplacesList([...changes].filter(([, { replaces }]) => replaces).map(([name]) => name))
    .setDiffsList([...changes.keys()])
    .setDeletebeforereplace(deleteBeforeReplace)
    .setHasdetaileddiff(true);
  for (const [name, { kind, replaces, isOfInputs }] of changes) {
    const detail = new messages.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]).setInputdiff(isOfInputs);
    response.getDetaileddiffMap().set(name, detail);
  }
  return response;
}

/** What an old engine sends in place of `args`: texts, under `{package}:config:{key}`. */
function variables(request: messages.ConfigureRequest): Struct {
  const prefix = `${packageName}:config:`;
  const given = [...request.getVariablesMap().entries()];
  return Struct.fromJavaScript(
    Object.fromEntries(
      given.filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]),
    ),
  );
}
