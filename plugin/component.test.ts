// The component against a monitor that records what is registered: what each child is given, what is secret or unknown, what
// the children inherit, and what becomes of the others when one fails.
import * as grpc from "@grpc/grpc-js";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import {
  type IResourceMonitorServer,
  ResourceMonitorClient,
  ResourceMonitorService,
} from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  Result,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { unknownValue } from "../provider/protocol";
import { failureOf } from "../tests/fixtures/failureOf";
import { constructBaseline } from "./component";
import { dynamicTypes, tokens } from "./names";
import { signature, signatures, toStruct } from "./values";

type Wire = Record<string, unknown>;
type Handlers = Pick<IResourceMonitorServer, "registerResource" | "registerResourceOutputs">;

const keyId = "5ebcb3a8-4a0c-4fcb-8bd4-0123456789ab";
const projectId = "0123456789abcdef0123456789abcdef";
const provider = "urn:pulumi:stack::project::pulumi:providers:huaweicloud-evs::default::id";
const component = `urn:pulumi:stack::project::${tokens.DefaultEncryptionBaseline}::all`;
const secret = (value: unknown): Wire => ({ [signature]: signatures.secret, value });

let monitor: grpc.Server;
let port: number;
let registered: RegisterResourceRequest[];
let outputs: RegisterResourceOutputsRequest[];
/** Children of which the engine says nothing, by kind and name. */
let unanswered: Set<string>;
let failing: AbortController;
/** What the engine answers for a child, by kind and name; it answers with the inputs and a project's ID. */
let answers: Record<string, RegisterResourceResponse>;
/** What the children are served by, unless the program gives another. */
let instance: string | undefined;

beforeEach(async () => {
  [registered, outputs, answers, instance] = [[], [], {}, provider];
  [unanswered, failing] = [new Set(), new AbortController()];
  const handlers: Handlers = {
    registerResource: ({ request }, callback) => {
      registered.push(request);
      const type = request.getType().split(":").at(-1) ?? "";
      const inputs = request.getObject()?.toJavaScript() ?? {};
      const response = new RegisterResourceResponse()
        .setUrn(request.getCustom() ? `urn:${type}:${request.getName()}` : component)
        .setObject(toStruct(request.getCustom() ? { enabled: true, projectId, ...inputs } : {}));
      const name = `${type} ${request.getName()}`;
      if (!unanswered.has(name)) callback(null, answers[name] ?? response);
    },
    registerResourceOutputs: ({ request }, callback) => {
      outputs.push(request);
      callback(null, new Empty());
    },
  };
  monitor = new grpc.Server();
  monitor.addService(ResourceMonitorService, { ...handlers });
  port = await new Promise((resolve, reject) => {
    monitor.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  monitor.forceShutdown();
});

function requestOf(inputs: Wire): messages.ConstructRequest {
  return new messages.ConstructRequest()
    .setType(tokens.DefaultEncryptionBaseline)
    .setName("all")
    .setMonitorendpoint(`127.0.0.1:${port}`)
    .setInputs(toStruct(inputs));
}

async function construct(inputs: Wire, request = requestOf(inputs)) {
  const response = await constructBaseline(request, instance, failing.signal);
  expect(outputs.map((one) => [one.getUrn(), one.getOutputs()?.toJavaScript()])).toEqual([
    [component, response.getState()?.toJavaScript()],
  ]);
  return { urn: response.getUrn(), state: response.getState()?.toJavaScript() };
}

/** What was registered under the component, in order. */
const children = () => registered.filter((request) => request.getCustom());
const child = (kind: "DefaultEncryption" | "DefaultEncryptionKey", name: string): RegisterResourceRequest => {
  const found = children().find((request) => request.getType() === tokens[kind] && request.getName() === name);
  if (found === undefined) throw new Error(`${kind} ${name} was not registered`);
  return found;
};
const objectOf = (request: RegisterResourceRequest) => request.getObject()?.toJavaScript();

it("registers the switch and then the key of each entry, in the region that the entry is called by", async () => {
  const projects = {
    "cn-north-4": keyId,
    team: { region: "cn-south-1", projectName: "cn-south-1_team", kmsKeyId: keyId },
  };
  const { urn, state } = await construct({ projects, onDelete: "restore" });
  expect(urn).toBe(component);
  expect(
    children()
      .map((request) => request.getName())
      .sort(),
  ).toEqual(["all-cn-north-4", "all-cn-north-4", "all-team", "all-team"]);
  expect(objectOf(child("DefaultEncryption", "all-cn-north-4"))).toEqual({ region: "cn-north-4", onDelete: "restore" });
  expect(objectOf(child("DefaultEncryptionKey", "all-team"))).toEqual({
    region: "cn-south-1",
    projectName: "cn-south-1_team",
    onDelete: "restore",
    kmsKeyId: keyId,
  });
  for (const name of ["all-cn-north-4", "all-team"]) {
    expect(child("DefaultEncryptionKey", name).getDependenciesList()).toEqual([`urn:DefaultEncryption:${name}`]);
  }
  expect(state).toEqual({
    projects: {
      "cn-north-4": { region: "cn-north-4", projectId, kmsKeyId: keyId, enabled: true },
      team: { region: "cn-south-1", projectId, kmsKeyId: keyId, enabled: true },
    },
  });
});

it("leaves an entry's own role in place of the one for all", async () => {
  const assumeRole = { agencyName: "evs-deployer", domainName: "example-partner" };
  const own = { ...assumeRole, domainName: "example-newcomer" };
  await construct({ projects: { a: { kmsKeyId: keyId, assumeRole: own }, b: keyId }, assumeRole });
  expect(objectOf(child("DefaultEncryption", "all-a"))).toMatchObject({ assumeRole: own });
  expect(objectOf(child("DefaultEncryption", "all-b"))).toMatchObject({ assumeRole });
});

it("takes what is null as if it were not there", async () => {
  const { state } = await construct({ projects: { a: keyId, b: null }, assumeRole: null, onDelete: secret(null) });
  expect(Object.keys(state?.projects as Wire)).toEqual(["a"]);
  expect(children().map(objectOf)).toEqual([{ region: "a" }, { region: "a", kmsKeyId: keyId }]);
});

it("closes its connection to the monitor, also after a failure", async () => {
  const close = jest.spyOn(ResourceMonitorClient.prototype, "close");
  await construct({ projects: { a: keyId } });
  expect(close).toHaveBeenCalledTimes(1);
  await failureOf(construct({}));
  expect(close).toHaveBeenCalledTimes(2);
});

describe("secrets", () => {
  it.each<[string, Wire, Wire]>([
    ["a key", { kmsKeyId: secret(keyId) }, { region: "a", kmsKeyId: secret(keyId) }],
    ["an entry that is text", secret(keyId), { region: "a", kmsKeyId: secret(keyId) }],
    [
      "an entry",
      secret({ region: "cn-north-4", kmsKeyId: keyId }),
      { region: secret("cn-north-4"), kmsKeyId: secret(keyId) },
    ],
  ])("stay so in the children and the outputs: %s", async (_, entry, expected) => {
    const { state } = await construct({ projects: { a: entry } });
    expect(objectOf(child("DefaultEncryptionKey", "all-a"))).toEqual(expected);
    expect(JSON.stringify(objectOf(child("DefaultEncryption", "all-a")))).not.toContain(keyId);
    expect(state).toMatchObject({ projects: { a: { kmsKeyId: secret(keyId) } } });
  });

  it("cover every child where the whole map is one", async () => {
    await construct({ projects: secret({ a: keyId, b: keyId }) });
    for (const name of ["all-a", "all-b"]) {
      expect(objectOf(child("DefaultEncryptionKey", name))).toMatchObject({ kmsKeyId: secret(keyId) });
    }
  });

  it("of a role are that role's only", async () => {
    const assumeRole = { agencyName: secret("evs-deployer"), domainName: "example-partner" };
    await construct({ projects: { a: keyId }, assumeRole });
    expect(objectOf(child("DefaultEncryptionKey", "all-a"))).toEqual({ region: "a", kmsKeyId: keyId, assumeRole });
  });
});

describe("what is not known yet", () => {
  it("is a key's value, with what it depends on", async () => {
    const later = { [signature]: signatures.output, dependencies: ["urn:of-the-key"] };
    await construct({ projects: { a: { kmsKeyId: later, region: "cn-north-4" } } });
    const key = child("DefaultEncryptionKey", "all-a");
    expect(objectOf(key)).toEqual({ region: "cn-north-4", kmsKeyId: unknownValue });
    expect(key.getPropertydependenciesMap().get("kmsKeyId")?.getUrnsList()).toEqual(["urn:of-the-key"]);
    expect(key.getDependenciesList()).toEqual(["urn:DefaultEncryption:all-a", "urn:of-the-key"]);
    // The switch does not wait for a key.
    expect(child("DefaultEncryption", "all-a").getDependenciesList()).toEqual([]);
  });

  it("holds up no other entry, and what the whole map depends on holds up all", async () => {
    const later = (urn: string) => ({ [signature]: signatures.output, dependencies: [urn] });
    const projects = { a: { kmsKeyId: later("urn:a") }, b: later("urn:b") };
    await construct({ projects: { [signature]: signatures.output, value: projects, dependencies: ["urn:both"] } });
    const dependencies = (name: string) => child("DefaultEncryptionKey", name).getDependenciesList();
    expect(dependencies("all-a").sort()).toEqual(["urn:DefaultEncryption:all-a", "urn:a", "urn:both"]);
    expect(dependencies("all-b").sort()).toEqual(["urn:DefaultEncryption:all-b", "urn:b", "urn:both"]);
  });

  it("is an entry that is text, and a key", async () => {
    await construct({ projects: { a: unknownValue } });
    expect(objectOf(child("DefaultEncryptionKey", "all-a"))).toEqual({ region: "a", kmsKeyId: unknownValue });
  });

  it("is the map itself, whose children are not known either", async () => {
    expect(await construct({ projects: unknownValue })).toMatchObject({ state: { projects: unknownValue } });
    expect(children()).toEqual([]);
  });

  it.each([
    ["an output", new RegisterResourceResponse().setUrn("urn:x").setObject(toStruct({}))],
    ["outputs", new RegisterResourceResponse().setUrn("urn:x")],
  ])("is %s that a preview does not have", async (_, empty) => {
    answers = { "DefaultEncryption all-a": empty, "DefaultEncryptionKey all-a": empty };
    const { state } = await construct({ projects: { a: keyId } });
    const unknown = { region: unknownValue, projectId: unknownValue, kmsKeyId: unknownValue, enabled: unknownValue };
    expect(state).toEqual({ projects: { a: unknown } });
  });
});

describe("options", () => {
  const constructed = (change: (request: messages.ConstructRequest) => void) => {
    const inputs = { projects: { a: keyId } };
    const request = requestOf(inputs);
    change(request);
    return construct(inputs, request);
  };
  const own = () => {
    const [first] = registered;
    if (first === undefined) throw new Error("nothing was registered");
    return first;
  };

  it("stand on the component, which the engine applies to what is below it", async () => {
    await constructed((request) => {
      const ofInputs = new messages.ConstructRequest.PropertyDependencies().setUrnsList(["urn:key"]);
      request.getInputdependenciesMap().set("projects", ofInputs);
      request.setParent("urn:parent").setDependenciesList(["urn:before", "urn:key"]).setDeletedwith("urn:with");
      request.setIgnorechangesList(["projects"]).setReplaceonchangesList(["projects"]).setRetainondelete(true);
    });
    expect(own().toObject()).toMatchObject({
      type: tokens.DefaultEncryptionBaseline,
      name: "all",
      custom: false,
      aliasspecs: true,
      acceptsecrets: true,
      acceptresources: true,
      supportsresultreporting: true,
      parent: "urn:parent",
      dependenciesList: ["urn:before"],
      deletedwith: "urn:with",
      ignorechangesList: ["projects"],
      replaceonchangesList: ["projects"],
      retainondelete: true,
    });
    const ofChild = {
      custom: true,
      parent: component,
      aliasspecs: true,
      acceptsecrets: true,
      acceptresources: true,
      supportspartialvalues: true,
      supportsresultreporting: true,
    };
    expect(children().map((request) => request.toObject())).toMatchObject([ofChild, ofChild]);
  });

  it.each([true, false, undefined])("retainOnDelete %s is the component's", async (retain) => {
    await constructed((request) => retain !== undefined && request.setRetainondelete(retain));
    expect(own().hasRetainondelete() ? own().getRetainondelete() : undefined).toBe(retain);
  });

  it.each([true, false, undefined])("protect %s is the children's too", async (protect) => {
    await constructed((request) => protect !== undefined && request.setProtect(protect));
    expect(registered.map((request) => (request.hasProtect() ? request.getProtect() : undefined))).toEqual([
      protect,
      protect,
      protect,
    ]);
  });

  it("name the types of the dynamic front as aliases, beside the program's own", async () => {
    await constructed((request) => {
      request.setAliasesList([new Alias().setUrn("urn:once")]);
    });
    const [once, dynamic] = own().getAliasesList();
    expect([once?.getUrn(), dynamic?.getSpec()?.getType()]).toEqual([
      "urn:once",
      dynamicTypes.DefaultEncryptionBaseline,
    ]);
    for (const kind of ["DefaultEncryption", "DefaultEncryptionKey"] as const) {
      const aliases = child(kind, "all-a").getAliasesList();
      expect(aliases.map((alias) => alias.getSpec()?.getType())).toEqual([dynamicTypes[kind]]);
    }
  });

  it("have the children served by the provider that is given, else by the instance itself", async () => {
    await constructed(() => {});
    expect(children().map((request) => request.getProvider())).toEqual([provider, provider]);
    [registered, outputs] = [[], []];
    const given = "urn:pulumi:stack::project::pulumi:providers:huaweicloud-evs::partner::id";
    await constructed((request) => request.getProvidersMap().set("huaweicloud-evs", given));
    expect(own().getProvidersMap().get("huaweicloud-evs")).toBe(given);
    expect(children().map((request) => request.getProvider())).toEqual([given, given]);
    [registered, outputs, instance] = [[], [], undefined];
    await constructed(() => {});
    expect(children().map((request) => request.getProvider())).toEqual(["", ""]);
  });

  it("have the engine transform each resource, because all of them are registered with it", async () => {
    // A transformation of the program runs in the engine at registration; what comes back is what holds.
    const transformed = new RegisterResourceResponse()
      .setUrn("urn:x")
      .setObject(toStruct({ region: "eu-west-101", projectId, kmsKeyId: keyId }));
    answers = { "DefaultEncryptionKey all-a": transformed };
    const { state } = await constructed(() => {});
    expect(state).toMatchObject({ projects: { a: { region: "eu-west-101" } } });
  });
});

describe("a failure", () => {
  const failed = () => new RegisterResourceResponse().setResult(Result.FAIL);

  it("of a switch keeps its key back and holds up no other entry: what it has not made is not known", async () => {
    answers = { "DefaultEncryption all-a": failed() };
    const { state } = await construct({ projects: { a: keyId, b: keyId } });
    const unknown = { region: unknownValue, projectId: unknownValue, kmsKeyId: unknownValue, enabled: unknownValue };
    expect(state).toEqual({ projects: { a: unknown, b: { region: "b", projectId, kmsKeyId: keyId, enabled: true } } });
    expect(
      children()
        .map((request) => `${request.getType().split(":").at(-1)} ${request.getName()}`)
        .sort(),
    ).toEqual(["DefaultEncryption all-a", "DefaultEncryption all-b", "DefaultEncryptionKey all-b"]);
  });

  it("of a key leaves what its switch has made", async () => {
    answers = { "DefaultEncryptionKey all-a": failed() };
    const { state } = await construct({ projects: { a: keyId } });
    expect(state).toMatchObject({ projects: { a: { enabled: true, kmsKeyId: unknownValue } } });
  });

  it("of what the component itself depends on is one of the component", async () => {
    answers = { "DefaultEncryptionBaseline all": failed() };
    expect((await failureOf(construct({ projects: { a: keyId } }))).message).toBe(
      "all depends on a resource that failed",
    );
    expect(children()).toEqual([]);
  });

  it.each<[string, Wire, string]>([
    ["no projects", {}, "projects is required"],
    ["projects that are null", { projects: null }, "projects is required"],
    [
      "projects that are a secret without a value",
      { projects: { [signature]: signatures.secret } },
      "projects is required",
    ],
    ["projects that are text", { projects: "cn-north-4" }, "projects must be a map"],
    ["projects that are a list", { projects: [keyId] }, "projects must be a map"],
    ["an entry that is a number", { projects: { a: 7 } }, 'the entry "a" of projects must be an object'],
    ["an entry that is a list", { projects: { a: [keyId] } }, 'the entry "a" of projects must be an object'],
    [
      "an entry without a key",
      { projects: { a: { region: "cn-north-4" } } },
      'the entry "a" of projects has no kmsKeyId',
    ],
  ])("in words: %s", async (_, inputs, expected) => {
    expect((await failureOf(construct(inputs))).message).toContain(expected);
    expect(children()).toEqual([]);
  });

  it("in words, of no inputs at all", async () => {
    const request = requestOf({});
    request.clearInputs();
    expect((await failureOf(construct({}, request))).message).toBe(
      "projects is required: a map of projects and their keys",
    );
  });

  it("of an entry is given back once the others are through", async () => {
    const error = await failureOf(construct({ projects: { a: keyId, b: 7, c: [] } }));
    expect(error.message).toContain('the entry "b" of projects must be an object');
    expect(children().map((request) => request.getName())).toEqual(["all-a", "all-a"]);
  });

  it("of the engine itself is passed on", async () => {
    monitor.forceShutdown();
    expect(await failureOf(construct({ projects: { a: keyId } }))).toMatchObject({ code: grpc.status.UNAVAILABLE });
  });
});

it("waits for no child any longer once the preview is failing, and does not know what becomes of it", async () => {
  unanswered.add("DefaultEncryptionKey all-cn-north-4").add("DefaultEncryption all-team");
  const made = construct({ projects: { "cn-north-4": keyId, team: { region: "cn-south-1", kmsKeyId: keyId } } });
  while (children().length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  failing.abort();
  const { state } = await made;
  const nothing = { region: unknownValue, projectId: unknownValue, kmsKeyId: unknownValue };
  expect(state).toEqual({
    projects: { "cn-north-4": { ...nothing, enabled: true }, team: { ...nothing, enabled: unknownValue } },
  });
  // The key of a project whose switch is not known is not made.
  expect(children()).toHaveLength(3);
});

it("waits for no child at all where the preview is failing already", async () => {
  unanswered.add("DefaultEncryption all-a");
  failing.abort();
  const { state } = await construct({ projects: { a: keyId } });
  expect(state).toMatchObject({ projects: { a: { enabled: unknownValue, kmsKeyId: unknownValue } } });
}, 10_000);
