// The plugin as the engine calls it, over gRPC, against the emulator: every call with unknowns, secrets and outputs, with and
// without an engine that takes marks of secrets, two engines at once, and garbage.
import type net from "node:net";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { type RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { defaultEncryptionKey } from "../provider/defaultEncryptionKey/lifecycle";
import { InitializationFailed, unknownValue } from "../provider/protocol";
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../tests/fixtures/emulatedCloud";
import { failureOf } from "../tests/fixtures/failureOf";
import { channelOptions } from "./channel";
import { createLifetime, type Lifetime } from "./lifetime";
import { createListener } from "./listener";
import { tokens } from "./names";
import { functions } from "./resources";
import { type ServerOptions, serve } from "./server";
import { signature, signatures } from "./values";

type Wire = Record<string, unknown>;
/** The last of the forms that a generated client offers. */
type Unary<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: Partial<grpc.CallOptions>,
  answer: (error: grpc.ServiceError | null, response: Response) => void,
) => unknown;

const secret = (value: unknown): Wire => ({ [signature]: signatures.secret, value });
const output = (value: unknown, more: Wire = {}): Wire => ({
  [signature]: signatures.output,
  value,
  dependencies: [],
  ...more,
});
const struct = (wire: Wire) => Struct.fromJavaScript(JSON.parse(JSON.stringify(wire)));
const urnOf = (kind: "DefaultEncryptionKey" | "DefaultEncryption", name = "disks") =>
  `urn:pulumi:stack::project::${tokens[kind]}::${name}`;
const keyUrn = urnOf("DefaultEncryptionKey");

let cloud: EmulatedCloud;
let lifetime: Lifetime;
let server: grpc.Server;
let listener: net.Server;
let port: number;
let options: ServerOptions;
const clients: ResourceProviderClient[] = [];

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  lifetime = createLifetime();
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  server = new grpc.Server(channelOptions);
  options = {
    engineAddress: undefined,
    environment: { ...cloud.credentials(), HW_ENDPOINT_URL: cloud.emulator.endpoint, HW_MAX_RETRIES: "0" },
    lifetime,
    schema: () => "{}",
  };
  const { forget } = serve(server, options);
  listener = createListener(server, forget);
  port = await listening(listener);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const client of clients.splice(0)) client.close();
  server.forceShutdown();
  listener.close();
  await cloud.close();
});

/** Resolves to the port. */
function listening(one: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    one.once("error", reject);
    one.listen(0, "127.0.0.1", () => resolve((one.address() as net.AddressInfo).port));
  });
}

/** An engine: its calls, with what goes over the wire as plain objects. */
class Engine {
  readonly client: ResourceProviderClient;

  constructor(of = port) {
    // Channels to one address are shared unless they differ: each engine has a connection of its own.
    this.client = new ResourceProviderClient(`127.0.0.1:${of}`, grpc.credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
    clients.push(this.client);
  }

  ask<Request, Response>(method: Unary<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) =>
      method.call(this.client, request, new grpc.Metadata(), {}, (error, response) =>
        error ? reject(error) : resolve(response),
      ),
    );
  }

  async configure(inputs: Wire = {}, acceptsSecrets = true): Promise<this> {
    const request = new messages.ConfigureRequest().setArgs(struct(inputs)).setAcceptsecrets(acceptsSecrets);
    const response = await this.ask(this.client.configure, request);
    expect(response.toObject()).toMatchObject({ acceptsecrets: true, supportspreview: true, acceptoutputs: true });
    cloud.requests();
    return this;
  }

  async check(news: Wire, { olds = {}, urn = keyUrn }: { olds?: Wire; urn?: string } = {}) {
    const request = new messages.CheckRequest().setUrn(urn).setNews(struct(news)).setOlds(struct(olds));
    const response = await this.ask(this.client.check, request);
    return {
      inputs: response.getInputs()?.toJavaScript() as Wire,
      failures: response.getFailuresList().map((failure) => failure.toObject()),
    };
  }

  async diff(oldInputs: Wire, olds: Wire, news: Wire, { urn = keyUrn, ignored = [] as string[] } = {}) {
    const request = new messages.DiffRequest()
      .setUrn(urn)
      .setId("id")
      .setOldInputs(struct(oldInputs))
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setIgnorechangesList(ignored);
    const response = await this.ask(this.client.diff, request);
    expect(response.getHasdetaileddiff()).toBe(true);
    const details = response.getDetaileddiffMap().toObject(false, messages.PropertyDiff.toObject);
    return {
      changes: response.getChanges(),
      replaces: response.getReplacesList(),
      details: Object.fromEntries(details),
    };
  }

  async create(inputs: Wire, { preview = false, urn = keyUrn } = {}) {
    const request = new messages.CreateRequest().setUrn(urn).setProperties(struct(inputs)).setPreview(preview);
    const response = await this.ask(this.client.create, request);
    return {
      id: response.getId(),
      outs: response.getProperties()?.toJavaScript() as Wire,
      refreshes: response.getRefreshBeforeUpdate(),
    };
  }

  async update(olds: Wire, news: Wire, { preview = false, urn = keyUrn } = {}) {
    const request = new messages.UpdateRequest()
      .setUrn(urn)
      .setId("id")
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setPreview(preview);
    return (await this.ask(this.client.update, request)).getProperties()?.toJavaScript() as Wire;
  }

  async read(id: string, { urn = keyUrn, properties = {} as Wire, inputs = {} as Wire } = {}) {
    const request = new messages.ReadRequest()
      .setUrn(urn)
      .setId(id)
      .setProperties(struct(properties))
      .setInputs(struct(inputs));
    const response = await this.ask(this.client.read, request);
    return {
      id: response.getId(),
      props: response.getProperties()?.toJavaScript(),
      inputs: response.getInputs()?.toJavaScript(),
      refreshes: response.getRefreshBeforeUpdate(),
    };
  }

  remove(properties: Wire, urn = keyUrn) {
    const request = new messages.DeleteRequest().setUrn(urn).setId("id").setProperties(struct(properties));
    return this.ask(this.client.delete, request);
  }

  async invoke(token: string, args: Wire) {
    const request = new messages.InvokeRequest().setTok(token).setArgs(struct(args));
    return (await this.ask(this.client.invoke, request)).getReturn()?.toJavaScript();
  }
}

const id = () => `${region}/${cloud.project()}`;
const given = (more: Wire = {}): Wire => ({ kmsKeyId: cloud.key("app-disks"), region, ...more });
const inputs = (more: Wire = {}): Wire => ({ ...given(), projectName: region, onDelete: "reset", ...more });
const outputs = (more: Wire = {}): Wire => ({ ...inputs(), projectId: cloud.project(), ...more });

describe("before it is configured", () => {
  it("says what it can, its version and its schema", async () => {
    const engine = new Engine();
    const handshake = await engine.ask(engine.client.handshake, new messages.ProviderHandshakeRequest());
    expect(handshake.toObject()).toMatchObject({ acceptSecrets: true, acceptOutputs: true, acceptResources: false });
    expect((await engine.ask(engine.client.getPluginInfo, new Empty())).getVersion()).toBe("0.1.0");
    for (const version of [0, 1]) {
      const schema = await engine.ask(engine.client.getSchema, new messages.GetSchemaRequest().setVersion(version));
      expect(schema.getSchema()).toBe("{}");
    }
    const later = engine.ask(engine.client.getSchema, new messages.GetSchemaRequest().setVersion(2));
    expect(await failureOf(later)).toMatchObject({
      code: grpc.status.UNIMPLEMENTED,
      details: "there is no schema of version 2",
    });
  });

  it("refuses what needs a configuration", async () => {
    const engine = new Engine();
    expect(await failureOf(engine.check(given()))).toMatchObject({ code: grpc.status.FAILED_PRECONDITION });
    const asked = engine.invoke(tokens.getDefaultEncryption, { region });
    expect(await failureOf(asked)).toMatchObject({ code: grpc.status.FAILED_PRECONDITION });
  });
});

describe("the configuration", () => {
  const checkConfig = async (news: Wire) => {
    const engine = new Engine();
    const response = await engine.ask(engine.client.checkConfig, new messages.CheckRequest().setNews(struct(news)));
    expect(response.getInputs()?.toJavaScript()).toEqual(news);
    return response.getFailuresList().map((failure) => failure.toObject());
  };

  it("names every invalid property, in the reasons only: of others the engine prints the values", async () => {
    expect(
      await checkConfig({
        region: "north",
        maxRetries: "many",
        key: "no such file",
        cert: "x",
        regoin: "x",
        refreshBeforeUpdate: "often",
      }),
    ).toEqual([
      { property: "", reason: "huaweicloud-evs:refreshBeforeUpdate must be true or false." },
      { property: "", reason: expect.stringContaining("huaweicloud-evs:regoin. Did you mean region?") },
      { property: "", reason: expect.stringContaining("huaweicloud-evs:region must be a region ID") },
      { property: "", reason: expect.stringContaining("huaweicloud-evs:maxRetries must be a number") },
      { property: "", reason: expect.stringContaining("huaweicloud-evs:cert") },
      { property: "", reason: expect.stringContaining("huaweicloud-evs:key") },
    ]);
  });

  it.each<[string, Wire]>([
    ["nothing", {}],
    ["values as they are", { region, maxRetries: 3, insecure: true, endpoints: { evs: "https://evs.example.com" } }],
    [
      "values as JSON",
      {
        maxRetries: "3",
        insecure: "true",
        endpoints: '{"evs":"https://evs.example.com"}',
        refreshBeforeUpdate: "true",
      },
    ],
    ["what is not known yet", { region: unknownValue, password: unknownValue, userName: "u" }],
    ["what is Pulumi's own", { version: "0.1.0", pluginDownloadURL: "https://example.com" }],
  ])("takes %s", async (_, news) => {
    expect(await checkConfig(news)).toEqual([]);
  });

  it("refuses an address of a service that there is none of", async () => {
    for (const endpoints of [{ evss: "https://evs.example.com" }, '{"evss":"https://evs.example.com"}']) {
      expect(await checkConfig({ endpoints })).toEqual([
        {
          property: "",
          reason: expect.stringMatching(/huaweicloud-evs:endpoints .*"evss".* Did you mean evs\?/),
        },
      ]);
    }
  });

  it("refuses half of a login", async () => {
    const [failure, ...others] = await checkConfig({ accessKey: "AK" });
    const reason = expect.stringContaining("Incomplete credentials: huaweicloud-evs:accessKey");
    expect(failure).toEqual({ property: "", reason });
    expect(others).toEqual([]);
  });

  it("never replaces anything by a change", async () => {
    const engine = new Engine();
    const request = new messages.DiffRequest()
      .setOldInputs(struct({ region, cloud: "a.b" }))
      .setNews(struct({ region: otherRegion, cloud: "a.b" }));
    const response = await engine.ask(engine.client.diffConfig, request);
    expect(response.toObject()).toMatchObject({
      changes: 2,
      replacesList: [],
      diffsList: ["region"],
      deletebeforereplace: false,
    });
    const same = new messages.DiffRequest().setOldInputs(struct({ region })).setNews(struct({ region }));
    expect((await engine.ask(engine.client.diffConfig, same)).getChanges()).toBe(1);
  });

  it("that may be another account's has the project of a name looked up: what is in another one is replaced", async () => {
    const { UPDATE_REPLACE } = messages.PropertyDiff.Kind;
    const news = { assumeRole: JSON.stringify({ agencyName: "evs-deployer", domainName: partner }) };
    const engine = await new Engine().configure(news);
    const askConfig = (olds: Wire) =>
      engine.ask(engine.client.diffConfig, new messages.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news)));
    await askConfig(news);
    expect(await engine.diff(inputs(), outputs(), inputs())).toMatchObject({ changes: 1 });
    expect(cloud.requests()).toEqual([]);
    expect((await askConfig({})).getReplacesList()).toEqual([]);
    await askConfig(news); // is asked again for the next resource, or the provider
    expect(await engine.diff(inputs(), outputs(), inputs())).toEqual({
      changes: 2,
      replaces: ["projectName"],
      details: { projectName: { kind: UPDATE_REPLACE, inputdiff: false } },
    });
    const theirs = { projectId: cloud.project(region, partner) };
    expect(await engine.diff(inputs(), outputs(theirs), inputs())).toMatchObject({ changes: 1 });
    // Also by a connection that takes the place of this one.
    expect(await new Engine().diff(inputs(), outputs(), inputs())).toMatchObject({ replaces: ["projectName"] });
    cloud.emulator.faults.add({ match: { service: "iam" }, times: -1, action: { type: "status", status: 503 } });
    const elsewhere = inputs({ region: otherRegion, projectName: otherRegion });
    const failed = engine.diff(elsewhere, outputs({ ...elsewhere, projectId: cloud.project(otherRegion) }), elsewhere);
    expect(await failureOf(failed)).toMatchObject({
      details: expect.stringMatching(/^The provider may be another account than before\..*could not be looked up: /),
    });
  });

  it("forgets the calls of what another one has taken the place of, and not before", async () => {
    const start = jest.spyOn(lifetime, "startCalls");
    const engine = await new Engine().configure({ region });
    const forget = jest.spyOn(start.mock.results[0]?.value, "forget");
    const again = new Engine();
    await again.invoke(tokens.getDefaultEncryption, {});
    await engine.configure({ region });
    expect(forget).not.toHaveBeenCalled();
    again.client.close();
    for (let tries = 0; forget.mock.calls.length === 0 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(forget).toHaveBeenCalledTimes(1);
  });

  it("is not taken from another engine by a connection that nobody has configured", async () => {
    const first = await new Engine().configure({ region });
    expect(await new Engine().invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region });
    const second = await new Engine().configure({ region: otherRegion });
    expect(await failureOf(new Engine().invoke(tokens.getDefaultEncryption, {}))).toMatchObject({
      code: grpc.status.FAILED_PRECONDITION,
    });
    expect(await first.invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region });
    expect(await second.invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region: otherRegion });
  });

  it("is each engine's own, in one process", async () => {
    const [here, there] = await Promise.all([
      new Engine().configure({ region }),
      new Engine().configure({ region: secret(otherRegion) }),
    ]);
    const [one, other] = await Promise.all(
      [here, there].map((engine) => engine.invoke(tokens.getDefaultEncryption, {})),
    );
    expect(one).toEqual({ enabled: true, region, projectId: cloud.project() });
    expect(other).toEqual({ enabled: false, region: otherRegion, projectId: cloud.project(otherRegion) });
    // And each has its own claims: two providers may be two accounts.
    expect((await here.check(given())).failures).toEqual([]);
    expect((await there.check(given({ region }), { urn: urnOf("DefaultEncryptionKey", "other") })).failures).toEqual(
      [],
    );
  });

  it("leaves no connection to the cloud open of one that another has taken the place of", async () => {
    const open = () => process.getActiveResourcesInfo().filter((resource) => resource === "TCPSocketWrap").length;
    const engine = await new Engine().configure({ region });
    const gone = await new Engine().configure({ region });
    await gone.invoke(tokens.getDefaultEncryption, {});
    await engine.configure({ region });
    gone.client.close();
    const before = open();
    for (let run = 0; run < 10; run++) {
      await (await engine.configure({ region })).invoke(tokens.getDefaultEncryption, {});
    }
    // That of the last is left, by its ends here and in the emulator; the other engine's are gone by both.
    for (let tries = 0; open() > before && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(open()).toBeLessThanOrEqual(before);
  });

  it("goes on after a reconnection, and takes the texts of an old engine", async () => {
    const engine = new Engine();
    const request = new messages.ConfigureRequest().setAcceptsecrets(true);
    request.getVariablesMap().set("huaweicloud-evs:config:region", otherRegion);
    request.getVariablesMap().set("another-evs-provider-:config:cloud", "no.part.of.it");
    await engine.ask(engine.client.configure, request);
    expect(await new Engine().invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region: otherRegion });
  });
});

describe("check", () => {
  it("resolves the inputs, keeps marks of secrets, and takes outputs and references for what they hold", async () => {
    const engine = await new Engine().configure();
    const { inputs: checked, failures } = await engine.check({
      kmsKeyId: output(secret(cloud.key("app-disks")), { dependencies: ["urn"] }),
      region: output(region),
      assumeRole: { agencyName: secret("evs-deployer"), domainName: output("example-partner", { secret: true }) },
      projectName: null,
      __provider: "code",
    });
    expect(failures).toEqual([]);
    expect(checked).toEqual({
      kmsKeyId: secret(cloud.key("app-disks")),
      region,
      projectName: region,
      assumeRole: { agencyName: secret("evs-deployer"), domainName: secret("example-partner") },
      onDelete: "reset",
    });
  });

  it("marks nothing for an engine that does not take marks", async () => {
    const engine = await new Engine().configure({}, false);
    expect((await engine.check(given({ kmsKeyId: secret(cloud.key("app-disks")) }))).inputs).toEqual(inputs());
  });

  it("passes what is not known yet", async () => {
    const engine = await new Engine().configure();
    const unknownOutput = { [signature]: signatures.output, secret: true };
    const { inputs: checked, failures } = await engine.check(
      given({ kmsKeyId: unknownOutput, projectId: secret(unknownValue) }),
    );
    expect(failures).toEqual([]);
    expect(checked).toMatchObject({ kmsKeyId: secret(unknownValue), projectId: secret(unknownValue) });
    expect(cloud.requests()).toEqual([]);
  });

  it("names the property of a failure, but not of a secret one, of which the engine would print the value", async () => {
    const engine = await new Engine().configure();
    const news = {
      kmsKeyId: secret("not a key"),
      region: "north",
      assumeRole: { agencyName: "a", domainId: secret(5) },
    };
    expect((await engine.check(news)).failures).toEqual([
      { property: "", reason: expect.stringMatching(/^kmsKeyId must be the ID of a KMS key/) },
      { property: "region", reason: "must be a region ID, such as cn-north-4" },
      { property: "", reason: "assumeRole.domainId must be text" },
    ]);
  });

  it("refuses a second resource for one target, by URN, and not the same one again", async () => {
    const engine = await new Engine().configure();
    expect((await engine.check(given())).failures).toEqual([]);
    expect((await engine.check(given())).failures).toEqual([]);
    const { failures } = await engine.check(given({ projectId: cloud.project() }), {
      urn: urnOf("DefaultEncryptionKey", "more"),
    });
    expect(failures).toEqual([
      { property: "", reason: expect.stringMatching(/^"more" is for the same target as "disks"/) },
    ]);
  });

  it("does not wait for KMS: look-ups of a preview run side by side", async () => {
    const engine = await new Engine().configure();
    const hold = cloud.emulator.hold({ service: "kms" });
    await engine.check(given());
    await hold.reached;
    hold.release();
  });
});

describe("diff", () => {
  const [none, some] = [1, 2];
  const { UPDATE, UPDATE_REPLACE, ADD, DELETE } = messages.PropertyDiff.Kind;

  it.each<[string, () => [Wire, Wire, Wire], Awaited<ReturnType<Engine["diff"]>>]>([
    ["nothing", () => [inputs(), outputs(), inputs()], { changes: none, replaces: [], details: {} }],
    [
      "what migrated from the dynamic front",
      () => [inputs({ __provider: "code" }), outputs({ __provider: "code" }), inputs()],
      { changes: none, replaces: [], details: {} },
    ],
    [
      "another key",
      () => [inputs(), outputs(), inputs({ kmsKeyId: cloud.key("app-disks-next") })],
      { changes: some, replaces: [], details: { kmsKeyId: { kind: UPDATE, inputdiff: true } } },
    ],
    [
      "a key that is not known yet, and secret",
      () => [inputs(), outputs(), inputs({ kmsKeyId: secret(unknownValue) })],
      { changes: some, replaces: [], details: { kmsKeyId: { kind: UPDATE, inputdiff: true } } },
    ],
    [
      "another region",
      () => [inputs(), outputs(), inputs({ region: otherRegion })],
      { changes: some, replaces: ["region"], details: { region: { kind: UPDATE_REPLACE, inputdiff: true } } },
    ],
    [
      "what is no longer live, with equal inputs",
      () => [
        inputs(),
        outputs({ kmsKeyId: cloud.key("app-disks-next"), appliedKmsKeyId: cloud.key("app-disks") }),
        inputs(),
      ],
      { changes: some, replaces: [], details: { kmsKeyId: { kind: UPDATE, inputdiff: false } } },
    ],
    [
      "what is not known to be live",
      () => [inputs(), outputs({ kmsKeyId: undefined, appliedKmsKeyId: cloud.key("app-disks") }), inputs()],
      { changes: some, replaces: [], details: { kmsKeyId: { kind: ADD, inputdiff: false } } },
    ],
    [
      "another role to the same project",
      () => {
        const assumeRole = { agencyName: "a", domainName: "d" };
        const pinned = { projectName: undefined, projectId: cloud.project() };
        return [inputs({ ...pinned, assumeRole }), outputs({ projectName: undefined, assumeRole }), inputs(pinned)];
      },
      { changes: some, replaces: [], details: { assumeRole: { kind: DELETE, inputdiff: true } } },
    ],
  ])("says of %s no more than that", async (_, bags, expected) => {
    const engine = await new Engine().configure();
    expect(await engine.diff(...bags())).toEqual(expected);
  });

  it("leaves drift alone that the program ignores", async () => {
    const engine = await new Engine().configure();
    const drifted = outputs({ kmsKeyId: cloud.key("app-disks-next"), appliedKmsKeyId: cloud.key("app-disks") });
    expect(await engine.diff(inputs(), drifted, inputs(), { ignored: ["kmsKeyId"] })).toMatchObject({ changes: none });
    expect(await engine.diff(inputs(), drifted, inputs(), { ignored: ["onDelete"] })).toMatchObject({ changes: some });
  });
});

describe("create and update", () => {
  it("tell in a preview what can be told, and write nothing", async () => {
    const engine = await new Engine().configure();
    const { inputs: checked } = await engine.check(given({ onDelete: "restore" }));
    const { id: planned, outs } = await engine.create(checked, { preview: true });
    expect(planned).toBe("");
    expect(outs).toEqual({
      ...inputs({ onDelete: "restore" }),
      projectId: unknownValue,
      previousKmsKeyId: unknownValue,
    });
    expect(cloud.requests()).toEqual(["login", "describe key"]);

    const next = secret(cloud.key("app-disks-next"));
    expect(await engine.update(outputs(), inputs({ kmsKeyId: next }), { preview: true })).toEqual(
      outputs({ kmsKeyId: next }),
    );
    const pinned = inputs({ projectName: undefined, projectId: cloud.project() });
    // Nothing is to be restored: nothing is kept for it either.
    expect(await engine.create(pinned, { preview: true })).toEqual({ id: id(), outs: pinned, refreshes: false });
    expect(
      await engine.create(
        { enabled: true, region, onDelete: "restore" },
        { preview: true, urn: urnOf("DefaultEncryption") },
      ),
    ).toEqual({
      id: "",
      outs: { enabled: true, region, onDelete: "restore", projectId: unknownValue, previouslyEnabled: unknownValue },
      refreshes: false,
    });
    const urn = urnOf("DefaultEncryption");
    const off = { enabled: false, region, projectName: region, onDelete: "reset" };
    expect(await engine.create(off, { preview: true, urn })).toEqual({
      id: "",
      outs: { ...off, projectId: unknownValue },
      refreshes: false,
    });
    const created = { ...off, enabled: true, projectId: cloud.project(), previouslyEnabled: false };
    expect(await engine.update(created, off, { preview: true, urn })).toEqual({ ...created, enabled: false });
    expect(cloud.requests()).toEqual([]);
  });

  it("apply, with as few requests as can be, and mark what is secret", async () => {
    const engine = await new Engine().configure({ refreshBeforeUpdate: true });
    const { inputs: checked } = await engine.check(given({ kmsKeyId: secret(cloud.key("app-disks")) }));
    const created = await engine.create(checked);
    expect(created).toEqual({ id: id(), outs: outputs({ kmsKeyId: secret(cloud.key("app-disks")) }), refreshes: true });
    expect(cloud.requests()).toEqual(["login", "describe key", "put key", "get status"]);

    const { inputs: news } = await engine.check(given({ kmsKeyId: cloud.key("app-disks-next") }), { olds: checked });
    expect(await engine.update(created.outs, news)).toEqual(outputs({ kmsKeyId: cloud.key("app-disks-next") }));
    expect(cloud.requests()).toEqual(["describe key", "put key", "get status"]);
    expect(cloud.liveAlias()).toBe("app-disks-next");

    await engine.remove(outputs({ kmsKeyId: cloud.key("app-disks-next"), __provider: "code" }));
    expect(cloud.liveAlias()).toBe("app-disks-next"); // check has declared it: another resource declares it
    await (await new Engine().configure()).remove(outputs({ kmsKeyId: cloud.key("app-disks-next") }));
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("record as half made what is not confirmed, with reasons and marks", async () => {
    const engine = await new Engine().configure({ refreshBeforeUpdate: "true", preflight: "off" });
    const { inputs: checked } = await engine.check(given({ kmsKeyId: secret(cloud.key("app-disks")) }));
    // The write is lost, and so is the look at what holds now.
    cloud.emulator.faults.add({ match: { service: "evs" }, action: { type: "status", status: 503 }, times: 2 });
    const error = await failureOf(engine.create(checked));
    const [bytes] = (error as grpc.ServiceError).metadata.get("grpc-status-details-bin");
    const detail = Status.deserializeBinary(bytes as Buffer).getDetailsList()[0];
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    expect(detail?.getTypeUrl()).toBe("type.googleapis.com/pulumirpc.ErrorResourceInitFailed");
    expect(failed.getId()).toBe(id());
    expect(failed.getReasonsList()).toEqual([expect.stringMatching(/HTTP 503.*Run up again to repair it\.$/)]);
    expect(failed.getRefreshBeforeUpdate()).toBe(true);
    expect(failed.getInputs()?.toJavaScript()).toEqual(checked);
    expect(failed.getProperties()?.toJavaScript()).toEqual(
      outputs({ kmsKeyId: undefined, appliedKmsKeyId: secret(cloud.key("app-disks")) }),
    );
  });

  it("keep what was marked before an update that is not confirmed, and after it what the program does not name", async () => {
    const engine = await new Engine().configure({ preflight: "off" });
    const previousKmsKeyId = cloud.key("app-disks-next");
    const olds = outputs({
      kmsKeyId: secret(cloud.key("app-disks")),
      onDelete: "restore",
      previousKmsKeyId: secret(previousKmsKeyId),
    });
    const news = inputs({ onDelete: secret("restore") });
    expect(await engine.update(olds, news, { preview: true })).toEqual(
      outputs({ onDelete: secret("restore"), previousKmsKeyId: secret(previousKmsKeyId) }),
    );
    const left = { kmsKeyId: cloud.key("app-disks"), appliedKmsKeyId: cloud.key("app-disks"), onDelete: "restore" };
    jest.spyOn(defaultEncryptionKey, "update").mockRejectedValue(new InitializationFailed("the ID", left, "so"));
    const error = (await failureOf(engine.update(olds, news))) as grpc.ServiceError;
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    const detail = Status.deserializeBinary(bytes as Buffer).getDetailsList()[0];
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    const marked = { kmsKeyId: secret(cloud.key("app-disks")), onDelete: secret("restore") };
    expect(failed.getProperties()?.toJavaScript()).toEqual({ ...left, ...marked, appliedKmsKeyId: marked.kmsKeyId });
    expect(failed.getInputs()?.toJavaScript()).toEqual({ ...news, ...marked });
  });

  it("say whether they are a preview's or a deployment's, as a deletion is", async () => {
    const engine = await new Engine().configure();
    const calls = {
      create: jest.spyOn(defaultEncryptionKey, "create").mockResolvedValue({ id: "the ID", outs: {} as never }),
      update: jest.spyOn(defaultEncryptionKey, "update").mockResolvedValue({ outs: {} as never }),
      delete: jest.spyOn(defaultEncryptionKey, "delete").mockResolvedValue(),
    };
    for (const preview of [true, false]) {
      await engine.create(inputs(), { preview });
      await engine.update(outputs(), inputs(), { preview });
    }
    await engine.remove(outputs());
    const phases = Object.entries(calls).map(([name, { mock }]) => [name, ...mock.calls.map(([call]) => call.phase)]);
    expect(phases).toEqual([
      ["create", "preview", "deployment"],
      ["update", "preview", "deployment"],
      ["delete", "deployment"],
    ]);
  });

  it("fail by what the lifecycle says, where nothing is half made", async () => {
    const engine = await new Engine().configure();
    jest.spyOn(defaultEncryptionKey, "create").mockRejectedValue(new TypeError("a fault"));
    for (const preview of [true, false]) {
      const error = await failureOf(engine.create(inputs(), { preview }));
      expect(error).toMatchObject({ code: grpc.status.UNKNOWN, details: "a fault" });
    }
  });

  it("refuse a wrong key in a preview, and all of them", async () => {
    const engine = await new Engine().configure();
    const shown = jest.spyOn(process.stderr, "write");
    const wrong = async (name: string, more: Wire) => {
      const urn = urnOf("DefaultEncryptionKey", name);
      const { inputs: checked, failures } = await engine.check(
        given({ kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", ...more }),
        { urn },
      );
      expect(failures).toEqual([]);
      return engine.create(checked, { preview: true, urn });
    };
    const [one, other] = await Promise.allSettled([wrong("one", {}), wrong("other", { region: otherRegion })]);
    const failed = [one, other].filter(({ status }) => status === "rejected");
    expect(failed).toEqual([
      {
        status: "rejected",
        reason: expect.objectContaining({ details: expect.stringMatching(/^kmsKeyId is not a key that KMS knows/) }),
      },
    ]);
    expect(shown).toHaveBeenCalledWith(expect.stringMatching(/^kmsKeyId is not a key that KMS knows/));
  });

  it("report a wrong key of which KMS says so late, too", async () => {
    const engine = await new Engine().configure();
    const shown = jest.spyOn(process.stderr, "write");
    const hold = cloud.emulator.hold({ service: "kms" });
    const check = async (name: string, more: Wire) => {
      const urn = urnOf("DefaultEncryptionKey", name);
      const news = given({ kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", ...more });
      return { urn, inputs: (await engine.check(news, { urn })).inputs };
    };
    const create = ({ urn, inputs }: { urn: string; inputs: Wire }) => engine.create(inputs, { preview: true, urn });
    const slow = await check("late", { region: otherRegion });
    await hold.reached;
    const late = create(slow);
    const first = failureOf(create(await check("first", {})));
    await new Promise((resolve) => setTimeout(resolve, 800));
    hold.release();
    expect(await late).toMatchObject({ id: "", outs: {} });
    expect(await first).toMatchObject({ details: expect.stringMatching(/^kmsKeyId is not a key that KMS knows/) });
    expect(shown).toHaveBeenCalledWith(expect.stringMatching(/^kmsKeyId is not a key that KMS knows.*\n$/));
  });
});

describe("read", () => {
  it("gives what an import needs: inputs and outputs, from the ID alone", async () => {
    cloud.change({ keyId: cloud.key("app-disks") });
    const engine = await new Engine().configure({ refreshBeforeUpdate: true });
    const found = await engine.read(id());
    const inputs = { kmsKeyId: cloud.key("app-disks"), region, projectId: cloud.project(), onDelete: "reset" };
    expect(found).toEqual({ id: id(), props: inputs, inputs, refreshes: true });
    expect(cloud.requests()).toEqual(["login", "get key"]);
    // A program that names the region alone means the same project, which is looked up once.
    const { inputs: checked } = await engine.check(given(), { olds: found.inputs as Wire });
    expect(await engine.diff(found.inputs as Wire, found.props as Wire, checked)).toMatchObject({ changes: 1 });
  });

  it("keeps marks, and sets aside what the dynamic front has left", async () => {
    cloud.change({ keyId: cloud.key("app-disks") });
    const engine = await new Engine().configure();
    const marked = { kmsKeyId: secret(cloud.key("app-disks")) };
    const found = await engine.read(id(), {
      properties: outputs({ ...marked, __provider: "code" }),
      inputs: inputs({ ...marked, __provider: "code" }),
    });
    expect(found).toMatchObject({ props: outputs(marked), inputs: inputs(marked) });
    expect(JSON.stringify(found)).not.toContain("__provider");
  });

  it("imports no key where none was ever set, and sees by a refresh that none is", async () => {
    const engine = await new Engine().configure();
    expect(await failureOf(engine.read(id()))).toMatchObject({
      details: `There is nothing to import: no default key was ever set in ${id()}. Declare the resource with the key it should have.`,
    });
    const known = { kmsKeyId: cloud.key("app-disks") };
    const found = await engine.read(id(), { properties: outputs(known), inputs: inputs(known) });
    expect(found).toMatchObject({ id: id(), props: { kmsKeyId: "" } });
  });

  it("keeps a mark of the applied key alone", async () => {
    cloud.change({ keyId: cloud.key("app-disks") });
    const engine = await new Engine().configure();
    const applied = { appliedKmsKeyId: secret(cloud.key("app-disks-next")) };
    expect(await engine.read(id(), { properties: outputs(applied), inputs: inputs() })).toMatchObject({
      props: outputs(applied),
    });
  });

  it("says of what is gone nothing but that", async () => {
    const engine = await new Engine().configure({ refreshBeforeUpdate: true });
    jest.spyOn(defaultEncryptionKey, "read").mockResolvedValue({ id: "", props: {}, inputs: {} });
    expect(await engine.read(id(), { properties: outputs(), inputs: inputs() })).toEqual({
      id: "",
      props: undefined,
      inputs: undefined,
      refreshes: false,
    });
  });

  it("says the form of an ID that is none", async () => {
    const engine = await new Engine().configure();
    expect(await failureOf(engine.read("cn-north-4"))).toMatchObject({
      details: expect.stringContaining('Expected "{region}/{projectId}", such as cn-north-4/'),
    });
  });
});

describe("functions", () => {
  it("ask the cloud, and say their name where they fail", async () => {
    const engine = await new Engine().configure({ region });
    cloud.change({ keyId: cloud.key("app-disks") });
    expect(await engine.invoke(tokens.getDefaultEncryptionKey, {})).toMatchObject({ kmsKeyId: cloud.key("app-disks") });
    expect(await engine.invoke(tokens.getKmsKey, { alias: secret("app-disks") })).toMatchObject({
      keyId: cloud.key("app-disks"),
      alias: secret("app-disks"),
      usable: true,
    });
    expect(await failureOf(engine.invoke(tokens.getKmsKey, {}))).toMatchObject({
      details: expect.stringMatching(/^getKmsKey: give either alias or keyId/),
    });
    expect(await engine.invoke(tokens.getKmsKey, { alias: unknownValue })).toEqual({});
    jest.spyOn(functions, "get").mockReturnValue(() => Promise.reject(new TypeError("a fault")));
    expect(await failureOf(engine.invoke(tokens.getKmsKey, {}))).toMatchObject({ details: "a fault" });
  });
});

describe("the component", () => {
  const request = () =>
    new messages.ConstructRequest()
      .setType(tokens.DefaultEncryptionBaseline)
      .setName("all")
      .setInputs(struct({ projects: { [region]: cloud.key("app-disks") } }));

  it("needs a configuration", async () => {
    const engine = new Engine();
    expect(await failureOf(engine.ask(engine.client.construct, request()))).toMatchObject({
      code: grpc.status.FAILED_PRECONDITION,
      details: "the provider is not configured yet",
    });
  });

  it.each([
    ["the instance that is asked", "urn:provider", "7", "urn:provider::7"],
    ["the default where the instance has no ID", "urn:provider", "", ""],
    ["the default where the instance has no URN", "", "7", ""],
  ])(
    "is registered with the monitor that is named, its children served by %s",
    async (_, urn, instanceId, reference) => {
      const asked: RegisterResourceRequest[] = [];
      const monitor = new grpc.Server();
      monitor.addService(ResourceMonitorService, {
        registerResource: (
          call: { request: RegisterResourceRequest },
          answer: grpc.sendUnaryData<RegisterResourceResponse>,
        ) => {
          asked.push(call.request);
          answer(null, new RegisterResourceResponse().setUrn(`urn:${call.request.getName()}`).setObject(struct({})));
        },
        registerResourceOutputs: (_: unknown, answer: grpc.sendUnaryData<Empty>) => answer(null, new Empty()),
      });
      const taken = createListener(monitor, () => {});
      const address = `127.0.0.1:${await listening(taken)}`;
      try {
        const engine = new Engine();
        const configuration = new messages.ConfigureRequest().setArgs(struct({})).setUrn(urn).setId(instanceId);
        await engine.ask(engine.client.configure, configuration);
        const response = await engine.ask(engine.client.construct, request().setMonitorendpoint(address));
        expect(response.getUrn()).toBe("urn:all");
        expect(asked.map((one) => [one.getName(), one.getProvider()])).toEqual([
          ["all", ""],
          [`all-${region}`, reference],
          [`all-${region}`, reference],
        ]);
      } finally {
        monitor.forceShutdown();
        taken.close();
      }
    },
  );
});

describe("every call", () => {
  const plainRole = { agencyName: "evs-deployer", domainName: partner };
  const role = () => ({ agencyName: secret("evs-deployer"), domainName: output(partner, { dependencies: ["urn"] }) });
  const theirs = (more: Wire = {}) =>
    inputs({ kmsKeyId: cloud.key("app-disks", region, partner), assumeRole: role(), ...more });
  const theirState = (more: Wire = {}) => ({ ...theirs(), projectId: cloud.project(region, partner), ...more });
  const theirAnswer = () => ({ enabled: false, region, projectId: cloud.project(region, partner) });
  const diffConfig = async (engine: Engine, olds: Wire, news: Wire) => {
    const request = new messages.DiffRequest().setOldInputs(struct(olds)).setNews(struct(news));
    const response = await engine.ask(engine.client.diffConfig, request);
    return { changes: response.getChanges(), names: response.getDiffsList(), replaces: response.getReplacesList() };
  };
  const checkConfig = async (engine: Engine, news: Wire) => {
    const request = new messages.CheckRequest().setNews(struct(news));
    const response = await engine.ask(engine.client.checkConfig, request);
    return response.getFailuresList().map((failure) => failure.toObject());
  };
  const [none, some] = [1, 2];

  it.each<[string, (engine: Engine) => Promise<Wire | undefined>]>([
    ["check", async (engine) => (await engine.check(theirs())).inputs],
    ["create in a preview", async (engine) => (await engine.create(theirs(), { preview: true })).outs],
    ["create", async (engine) => (await engine.create(theirs())).outs],
    ["update in a preview", (engine) => engine.update(theirState(), theirs(), { preview: true })],
    [
      "update",
      (engine) =>
        engine.update(
          theirState({ kmsKeyId: cloud.key("app-disks-next", region, partner) }),
          theirs({ onDelete: "restore" }),
        ),
    ],
    [
      "read, its outputs",
      async (engine) => (await engine.read(`${region}/${theirState().projectId}`, { properties: theirState() })).props,
    ],
    [
      "read, its inputs",
      async (engine) => {
        const id = `${region}/${theirState().projectId}`;
        const found = await engine.read(id, { properties: theirState({ assumeRole: plainRole }), inputs: theirs() });
        return found.inputs as Wire;
      },
    ],
  ])("takes marks in objects, and gives them back to an engine that takes marks: %s", async (_, work) => {
    cloud.change({ keyId: cloud.key("app-disks-next", region, partner) }, region, partner);
    const marked = { agencyName: secret("evs-deployer"), domainName: partner };
    expect((await work(await new Engine().configure({ preflight: "off" })))?.assumeRole).toEqual(marked);
    expect((await work(await new Engine().configure({ preflight: "off" }, false)))?.assumeRole).toEqual(plainRole);
  });

  it("takes marks in objects and lists for what they hold, where it gives none back", async () => {
    const engine = await new Engine().configure();
    expect(await engine.diff(theirs(), theirState(), theirs({ assumeRole: plainRole }))).toMatchObject({
      changes: none,
    });
    const args = { region: secret(region), assumeRole: role() };
    expect(await engine.invoke(tokens.getDefaultEncryption, args)).toEqual({
      ...theirAnswer(),
      region: secret(region),
    });
    const deaf = await new Engine().configure({}, false);
    expect(await deaf.invoke(tokens.getDefaultEncryption, args)).toEqual(theirAnswer());
    cloud.change({ keyId: cloud.key("app-disks", region, partner) }, region, partner);
    await engine.remove(theirState());
    expect(cloud.liveAlias(region, partner)).toBe("evs/default");

    const chain = { assumeRoles: [role()] };
    expect(await checkConfig(engine, chain)).toEqual([]);
    const unchanged = { changes: none, names: [], replaces: [] };
    expect(await diffConfig(engine, { assumeRoles: [plainRole] }, chain)).toEqual(unchanged);
    for (const settings of [chain, { assumeRole: role() }, { assumeRole: secret(JSON.stringify(plainRole)) }]) {
      const theirEngine = await new Engine().configure(settings);
      expect(await theirEngine.invoke(tokens.getDefaultEncryption, { region })).toEqual(theirAnswer());
    }
  });

  it("marks nothing half made for an engine that takes no marks", async () => {
    const engine = await new Engine().configure({ preflight: "off" }, false);
    const hold = cloud.emulator.hold({ service: "evs" });
    const created = failureOf(engine.create(theirs()));
    await hold.reached;
    await engine.ask(engine.client.cancel, new Empty());
    const [bytes] = ((await created) as grpc.ServiceError).metadata.get("grpc-status-details-bin");
    const detail = Status.deserializeBinary(bytes as Buffer).getDetailsList()[0];
    const failed = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
    expect(failed.getProperties()?.toJavaScript()).toMatchObject({ assumeRole: plainRole });
    expect(failed.getInputs()?.toJavaScript()).toMatchObject({ assumeRole: plainRole });
    hold.release();
  });

  it("takes what is not known yet in objects and lists, and asks nothing of it", async () => {
    const late = { agencyName: unknownValue, domainName: partner };
    const chain = { assumeRoles: [late] };
    const engine = await new Engine().configure(chain);
    const unknown = (more: Wire = {}) => inputs({ assumeRole: late, ...more });
    expect(await engine.check(unknown())).toMatchObject({ failures: [], inputs: { assumeRole: late } });
    expect((await engine.create(unknown(), { preview: true })).outs).toMatchObject({ assumeRole: late });
    expect(await engine.update(theirState(), unknown(), { preview: true })).toMatchObject({ assumeRole: late });
    expect(await engine.diff(theirs(), theirState(), unknown())).toMatchObject({ changes: some });
    expect(await engine.invoke(tokens.getDefaultEncryption, { region, assumeRole: late })).toEqual({});
    expect(await checkConfig(engine, chain)).toEqual([]);
    expect(await diffConfig(engine, chain, chain)).toEqual({ changes: some, names: ["assumeRoles"], replaces: [] });
    expect(cloud.requests()).toEqual([]);
  });

  it("is the caller's own, of two side by side", async () => {
    const settings = [{ region }, { region, assumeRole: plainRole }];
    const engines = await Promise.all(settings.map((one) => new Engine().configure(one)));
    const accounts = [undefined, partner];
    const both = <T>(work: (engine: Engine, account: string | undefined) => Promise<T>) =>
      Promise.all(engines.map((engine, index) => work(engine, accounts[index])));
    const keyOf = (alias: string, account?: string) => cloud.key(alias, region, account);
    const live = () => accounts.map((account) => cloud.liveAlias(region, account));
    const own = (alias: string, account?: string) => inputs({ kmsKeyId: keyOf(alias, account) });

    await both(async (engine, account) => {
      const { inputs: checked, failures } = await engine.check({ kmsKeyId: keyOf("app-disks", account) });
      expect([checked, failures]).toEqual([own("app-disks", account), []]);
    });
    const created = await both((engine, account) => engine.create(own("app-disks", account)));
    expect(created.map(({ id }) => id)).toEqual(
      accounts.map((account) => `${region}/${cloud.project(region, account)}`),
    );
    expect(live()).toEqual(["app-disks", "app-disks"]);
    const states = created.map(({ outs }) => outs);
    await both((engine, account) => {
      const next = own("app-disks-next", account);
      return engine.update(states[accounts.indexOf(account)] ?? {}, next);
    });
    expect(live()).toEqual(["app-disks-next", "app-disks-next"]);
    const read = await both((engine, account) => engine.read(`${region}/${cloud.project(region, account)}`));
    expect(read.map(({ props }) => (props as Wire).kmsKeyId)).toEqual(
      accounts.map((account) => keyOf("app-disks-next", account)),
    );
    const asked = await both((engine) => engine.invoke(tokens.getDefaultEncryption, {}));
    expect(asked.map((one) => one?.projectId)).toEqual(accounts.map((account) => cloud.project(region, account)));
    const diffs = await both((engine, account) => {
      const state = states[accounts.indexOf(account)] ?? {};
      return engine.diff(own("app-disks", account), state, own("app-disks-next", account));
    });
    expect(diffs.map(({ details }) => Object.keys(details))).toEqual([["kmsKeyId"], ["kmsKeyId"]]);
    // One moves to another account: the other's resources are not looked up again.
    const [first, second] = engines as [Engine, Engine];
    await diffConfig(second, {}, { assumeRole: plainRole });
    cloud.requests();
    await first.diff(own("app-disks"), states[0] ?? {}, own("app-disks"));
    expect(cloud.requests()).toEqual([]);
    const next = outputs({ kmsKeyId: keyOf("app-disks-next") });
    await (await new Engine().configure({ region })).remove(next);
    expect(live()).toEqual(["evs/default", "app-disks-next"]);
  });
});

describe("garbage", () => {
  const garbage = {
    region: 7,
    kmsKeyId: [null, { a: {} }],
    assumeRole: "x",
    projectId: { [signature]: "?" },
    onDelete: false,
    nonsense: { [signature]: signatures.output },
  };
  const ofState = "The state of this resource is invalid";

  it.each<[string, (engine: Engine) => Promise<unknown>, unknown]>([
    ["check", (engine) => engine.check(garbage), expect.anything()],
    [
      "check, of what was there",
      (engine) => engine.check(given(), { olds: garbage }),
      expect.objectContaining({ failures: [] }),
    ],
    ["diff", (engine) => engine.diff(garbage, outputs(), inputs()), expect.anything()],
    ["configure", (engine) => engine.configure({ region: [7], maxRetries: {} }), expect.anything()],
    [
      "diffConfig",
      (engine) =>
        engine.ask(
          engine.client.diffConfig,
          new messages.DiffRequest().setOldInputs(struct(garbage)).setNews(struct(garbage)),
        ),
      expect.anything(),
    ],
    [
      "checkConfig",
      (engine) => engine.ask(engine.client.checkConfig, new messages.CheckRequest().setNews(struct(garbage))),
      expect.anything(),
    ],
  ])("is answered: %s", async (_, work, expected) => {
    const engine = await new Engine().configure();
    expect(await work(engine)).toEqual(expected);
  });

  it.each<[string, (engine: Engine) => Promise<unknown>, string]>([
    ["diff, of the state", (engine) => engine.diff({}, garbage, inputs()), ofState],
    ["update, of the state", (engine) => engine.update(garbage, inputs()), ofState],
    ["read, of the ID", (engine) => engine.read("?"), 'Expected "{region}/{projectId}"'],
    ["read, of the state", (engine) => engine.read(id(), { properties: garbage }), ofState],
    ["delete", (engine) => engine.remove(garbage), ofState],
    ["invoke", (engine) => engine.invoke(tokens.getKmsKey, { region: 7 }), "getKmsKey: "],
    [
      "a call after a configuration of it",
      async (engine) => (await engine.configure({ region: [7] })).invoke(tokens.getDefaultEncryption, {}),
      "getDefaultEncryption: huaweicloud-evs:region must be",
    ],
  ])("is refused in words: %s", async (_, work, expected) => {
    const engine = await new Engine().configure();
    const { details } = (await failureOf(work(engine))) as grpc.ServiceError;
    expect(details).toContain(expected);
    expect(cloud.requests()).toEqual([]);
  });

  // What check has not seen, the engine does not send.
  it.each<[string, (engine: Engine) => Promise<unknown>]>([
    ["create", (engine) => engine.create(garbage)],
    ["create in a preview", (engine) => engine.create(garbage, { preview: true })],
    ["update", (engine) => engine.update(outputs(), garbage)],
  ])("is refused where no engine sends any, and the process goes on: %s", async (_, work) => {
    const engine = await new Engine().configure();
    expect(await failureOf(work(engine))).toMatchObject({ code: grpc.status.UNKNOWN });
    expect(cloud.requests()).toEqual([]);
    expect((await engine.check(given())).failures).toEqual([]);
  });

  const nothing = "huaweicloud-evs:index:Nothing";
  it.each<[string, (engine: Engine) => Promise<unknown>]>([
    [`there is no resource ${nothing}`, (engine) => engine.check({}, { urn: `urn:pulumi:s::p::${nothing}::n` })],
    ["there is no resource ", (engine) => engine.check({}, { urn: "" })],
    [`there is no function ${nothing}`, (engine) => engine.invoke(nothing, {})],
    [
      `there is no component ${nothing}`,
      (engine) => engine.ask(engine.client.construct, new messages.ConstructRequest().setType(nothing)),
    ],
  ])("is refused: %s", async (details, work) => {
    const engine = await new Engine().configure();
    expect(await failureOf(work(engine))).toMatchObject({ code: grpc.status.UNIMPLEMENTED, details });
  });

  it("of a state ends in words", async () => {
    const engine = await new Engine().configure();
    expect(await failureOf(engine.remove({ region: 7 }))).toMatchObject({
      details: expect.stringContaining("The state of this resource is invalid"),
    });
  });
});

describe("cancel", () => {
  it("ends what is on the wire, and records that it may have been applied", async () => {
    const engine = await new Engine().configure({ preflight: "off" });
    const { inputs: checked } = await engine.check(given());
    const hold = cloud.emulator.hold({ service: "evs" });
    const created = failureOf(engine.create(checked));
    await hold.reached;
    const cancelledAt = Date.now();
    await engine.ask(engine.client.cancel, new Empty());
    const error = (await created) as grpc.ServiceError;
    expect(Date.now() - cancelledAt).toBeLessThan(2000);
    expect(error.metadata.get("grpc-status-details-bin")).toHaveLength(1);
    expect(error.details).toMatch(/the run is being cancelled.*Run up again to repair it\.$/);
    hold.release();
  });

  it("is one engine's: what others have sent goes on, and so does what it sends once it has configured again", async () => {
    const [engine, other] = [await new Engine().configure({ region }), await new Engine().configure({ region })];
    const hold = cloud.emulator.hold({ service: "evs" });
    const asked = other.invoke(tokens.getDefaultEncryption, {});
    await hold.reached;
    await engine.ask(engine.client.cancel, new Empty());
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const ended = await failureOf(engine.invoke(tokens.getDefaultEncryption, {}));
    expect(ended).toMatchObject({ details: expect.stringContaining("the run is being cancelled") });
    hold.release();
    expect(await asked).toMatchObject({ enabled: true, region });
    await engine.configure({ region });
    expect(await engine.invoke(tokens.getDefaultEncryption, {})).toMatchObject({ enabled: true, region });
  });

  it("needs no configuration, and ends all calls with the process", async () => {
    const idle = new Engine();
    await idle.ask(idle.client.cancel, new Empty());
    const engine = await new Engine().configure({ region });
    const hold = cloud.emulator.hold({ service: "evs" });
    const asked = failureOf(engine.invoke(tokens.getDefaultEncryption, {}));
    await hold.reached;
    await lifetime.end();
    expect(await asked).toMatchObject({ details: expect.stringContaining("the run is being cancelled") });
    hold.release();
  });
});

describe("lines for the user", () => {
  /** What takes an engine's lines: the lines it got, those it has confirmed, and how many connections to it have ended. */
  async function startScreen(delayMs = 0) {
    const lines: string[] = [];
    const about: [string, LogSeverity][] = [];
    const ended: string[] = [];
    const taken: string[] = [];
    const screen = new grpc.Server();
    const log: grpc.handleUnaryCall<LogRequest, Empty> = ({ request }, answer) => {
      lines.push(request.getMessage());
      about.push([request.getUrn(), request.getSeverity()]);
      setTimeout(() => {
        taken.push(request.getMessage());
        answer(null, new Empty());
      }, delayMs);
    };
    screen.addService(EngineService, { log });
    const connections = createListener(screen, (peer) => ended.push(peer));
    const address = `127.0.0.1:${await listening(connections)}`;
    screens.push(() => {
      screen.forceShutdown();
      connections.close();
    });
    return { lines, about, taken, ended, address };
  }
  const screens: (() => void)[] = [];
  afterEach(() => {
    for (const close of screens.splice(0)) close();
  });

  /** Waits for what comes over a connection. */
  async function eventually(isTrue: () => boolean): Promise<void> {
    for (let tries = 0; !isTrue() && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isTrue()).toBe(true);
  }

  async function attached({ address }: { address: string }, inputs: Wire): Promise<Engine> {
    const engine = new Engine();
    await engine.ask(engine.client.attach, new PluginAttach().setAddress(address));
    return engine.configure({ insecure: true, ...inputs });
  }
  const warning = expect.stringContaining("Certificates of servers are not checked");

  it("go to the engine that has configured, before its answer; the connection ends with that engine's", async () => {
    const [here, there] = [await startScreen(), await startScreen()];
    const first = await attached(here, { region });
    await first.invoke(tokens.getDefaultEncryption, {});
    expect([here.lines, there.lines]).toEqual([[warning], []]);
    const second = await attached(there, { region });
    await second.invoke(tokens.getDefaultEncryption, {});
    expect([here.lines, there.lines]).toEqual([[warning], [warning]]);
    first.client.close();
    await eventually(() => here.ended.length === 1);
    expect(there.ended).toEqual([]);
    await second.invoke(tokens.getDefaultEncryption, { region: otherRegion });
  });

  it.each<[string, boolean]>([
    ["answer", true],
    ["failure", false],
  ])("are taken before the %s is given", async (_, isFound) => {
    const slow = await startScreen(300);
    const engine = await attached(slow, { region });
    if (!isFound) cloud.emulator.faults.add({ match: { service: "evs" }, action: { type: "status", status: 503 } });
    const [asked] = await Promise.allSettled([engine.invoke(tokens.getDefaultEncryption, {})]);
    expect([asked?.status, slow.taken]).toEqual([isFound ? "fulfilled" : "rejected", [warning]]);
  });

  it("go to the address that the process was started with, until another is said", async () => {
    const [here, there] = [await startScreen(), await startScreen()];
    const own = new grpc.Server(channelOptions);
    const { forget } = serve(own, { ...options, engineAddress: here.address });
    const connections = createListener(own, forget);
    screens.push(() => {
      own.forceShutdown();
      connections.close();
    });
    const engine = new Engine(await listening(connections));
    await (await engine.configure({ region, insecure: true })).invoke(tokens.getDefaultEncryption, {});
    expect([here.lines, there.lines]).toEqual([[warning], []]);
    await engine.ask(engine.client.attach, new PluginAttach().setAddress(there.address));
    await (await engine.configure({ region, insecure: true })).invoke(tokens.getDefaultEncryption, {});
    expect([here.lines, there.lines]).toEqual([[warning], [warning]]);
  });

  it("are about a resource where one is, and say how grave they are", async () => {
    const here = await startScreen();
    const engine = await attached(here, { region });
    const wrong = async (name: string, more: Wire) => {
      const urn = urnOf("DefaultEncryptionKey", name);
      const news = given({ kmsKeyId: "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", ...more });
      return engine.create((await engine.check(news, { urn })).inputs, { preview: true, urn });
    };
    await Promise.allSettled([wrong("one", {}), wrong("other", { region: otherRegion })]);
    expect(here.about).toEqual([
      ["", LogSeverity.WARNING],
      [expect.stringMatching(/::(one|other)$/), LogSeverity.ERROR],
    ]);
    expect(here.lines[1]).toMatch(/^kmsKeyId is not a key that KMS knows/);
  });

  it("go to standard error if no engine takes any", async () => {
    const shown = jest.spyOn(process.stderr, "write");
    const engine = await new Engine().configure({ region, insecure: true });
    await engine.invoke(tokens.getDefaultEncryption, {});
    expect(shown).toHaveBeenCalledWith(expect.stringMatching(/^Certificates of servers are not checked.*\n$/));
  });

  it("are not waited for if the engine is gone", async () => {
    const here = await startScreen();
    const engine = await attached(here, { region });
    for (const close of screens.splice(0)) close();
    expect(await engine.invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region });
    expect(here.lines).toEqual([]);
  });

  it("go where a handshake says, and to the last address that was said", async () => {
    const [here, there] = [await startScreen(), await startScreen()];
    const engine = new Engine();
    const handshake = new messages.ProviderHandshakeRequest().setEngineAddress(here.address);
    await engine.ask(engine.client.handshake, handshake);
    await engine.configure({ region, insecure: true });
    await engine.invoke(tokens.getDefaultEncryption, {});
    expect(here.lines).toEqual([warning]);
    await engine.ask(engine.client.attach, new PluginAttach().setAddress(there.address));
    await eventually(() => here.ended.length === 1);
    await engine.configure({ region, insecure: true });
    await engine.invoke(tokens.getDefaultEncryption, {});
    expect(there.lines).toEqual([warning]);
  });

  it("still go to an engine that has connected anew, until another has configured", async () => {
    const [here, there] = [await startScreen(), await startScreen()];
    const first = await attached(here, { region });
    first.client.close();
    const again = new Engine();
    await again.invoke(tokens.getDefaultEncryption, {});
    expect([here.lines, here.ended]).toEqual([[warning], []]);
    await attached(there, { region });
    // The first is still served.
    expect(await again.invoke(tokens.getDefaultEncryption, {})).toMatchObject({ region });
    expect(here.ended).toEqual([]);
    again.client.close();
    await eventually(() => here.ended.length === 1);
    expect(there.ended).toEqual([]);
  });
});
