// The lifecycle of DefaultEncryptionKey as the host calls it, against the emulator: what is decided, sent, shown and kept.
import type { FaultAction } from "../../emulator/faults";
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../../tests/fixtures/emulatedCloud";
import { failureOf } from "../../tests/fixtures/failureOf";
import { toKeyId, toProjectId } from "../../tests/fixtures/identifiers";
import { startRun } from "../../tests/fixtures/run";
import * as lifecycle from "../dynamic/defaultEncryptionKey";
import { urnProperty } from "../dynamic/hiddenProperties";
import type { ProjectId } from "../huaweicloud/services/identifiers";
import { HuaweiCloudError } from "../huaweicloud/transport/errors";
import { type Bag, InitializationFailed, unknownValue } from "../protocol";
import type { DefaultEncryptionKeyInputs, DefaultEncryptionKeyState } from "./schema";

/** What the look at the status throws in the place of what is so. */
let mockError: Error | undefined;
jest.mock("../huaweicloud/services/evs", () => {
  const actual = jest.requireActual("../huaweicloud/services/evs");
  const getEnabled: typeof actual.getEnabled = async (...args: unknown[]) => {
    if (mockError) throw mockError;
    return actual.getEnabled(...args);
  };
  return { ...actual, getEnabled };
});

let cloud: EmulatedCloud;
let lines: string[];

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  await run();
});
afterEach(async () => {
  mockError = undefined;
  jest.restoreAllMocks();
  await cloud.close();
});

async function run(configuration: Record<string, string> = {}, credentials = cloud.credentials()): Promise<void> {
  const { endpoint } = cloud.emulator;
  lines = await startRun({ ...credentials, HW_ENDPOINT_URL: endpoint, HW_MAX_RETRIES: "0" }, configuration);
  cloud.requests();
}

/** As check resolves them for a project that is looked up by its name. */
const inputs = (given: Partial<DefaultEncryptionKeyInputs> = {}): DefaultEncryptionKeyInputs => ({
  kmsKeyId: cloud.key("app-disks"),
  region,
  projectName: region,
  onDelete: "reset",
  ...given,
});
/** As create leaves them. */
const outputs = (given: Partial<DefaultEncryptionKeyState> = {}): DefaultEncryptionKeyState => ({
  ...inputs(),
  projectId: cloud.project(),
  ...given,
});
/** As the engine does for each resource of the program. */
const declare = (name: string, news: Bag) =>
  lifecycle.check({}, { ...news, [urnProperty]: `urn:pulumi:stack::project::type::${name}` });
const id = () => `${region}/${cloud.project()}`;
const remove = (olds: DefaultEncryptionKeyState) => lifecycle.delete(id(), olds);

describe("check and diff, in pairs", () => {
  const decide = async (olds: DefaultEncryptionKeyState, news: Bag) => {
    // The host hands over the old inputs to check, and the old outputs to diff.
    const { projectId: _, ...oldInputs } = olds;
    const { inputs: checked, failures } = await lifecycle.check(oldInputs, news);
    expect(failures).toEqual([]);
    return lifecycle.diff(id(), olds, checked as unknown as DefaultEncryptionKeyInputs);
  };
  const target = { region, projectName: region };
  const role = { agencyName: "evs-deployer", domainName: partner };

  it("finds no change in what was created", async () => {
    expect(await decide(outputs(), { kmsKeyId: cloud.key("app-disks"), region })).toEqual({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    expect(cloud.requests()).toEqual([]);
  });

  it("finds no change in another spelling of the key", async () => {
    const kmsKeyId = cloud.key("app-disks").toUpperCase();
    expect(await decide(outputs(), { kmsKeyId, region })).toMatchObject({ changes: false, replaces: [] });
    expect(cloud.requests()).toEqual([]);
  });

  it.each<[string, () => Bag, string[]]>([
    ["another key", () => ({ ...target, kmsKeyId: cloud.key("app-disks-next") }), []],
    ["another onDelete", () => ({ ...target, kmsKeyId: cloud.key("app-disks"), onDelete: "restore" }), []],
    ["another region", () => ({ region: otherRegion, kmsKeyId: cloud.key("app-disks", otherRegion) }), ["region"]],
    [
      "another project",
      () => ({ region, projectName: "cn-north-4_team", kmsKeyId: cloud.key("app-disks", "cn-north-4_team") }),
      ["projectName"],
    ],
  ])("sees %s, known", async (_, news, replaces) => {
    expect(await decide(outputs(), news())).toEqual({ changes: true, replaces, deleteBeforeReplace: false });
  });

  it.each<[string, () => Bag]>([
    ["the project's ID", () => ({ region, projectId: cloud.project() })],
    ["the project's ID in capitals", () => ({ region, projectId: cloud.project().toUpperCase() })],
  ])("finds no change in another spelling of the project, in either direction: %s", async (_, spelling) => {
    const kmsKeyId = cloud.key("app-disks");
    const none = { changes: false, replaces: [], deleteBeforeReplace: false };
    expect(await decide(outputs(), { kmsKeyId, ...spelling() })).toEqual(none);
    await run();
    const { projectName: _n, ...pinned } = outputs({ projectId: toProjectId(String(spelling().projectId)) });
    const { inputs: checked } = await lifecycle.check(pinned, { kmsKeyId, region });
    expect(await lifecycle.diff(id(), pinned, checked as unknown as DefaultEncryptionKeyInputs)).toEqual(none);
    expect(cloud.requests()).toEqual(["login"]);
  });

  it("does not replace what could not be looked up without credentials: a line says so", async () => {
    await run({ "huaweicloud:preflight": "off" }, {});
    const { projectName: _, ...pinned } = outputs();
    const { inputs: checked } = await lifecycle.check(pinned, { kmsKeyId: cloud.key("app-disks"), region });
    const decision = await lifecycle.diff(id(), pinned, checked as unknown as DefaultEncryptionKeyInputs);
    expect(decision).toMatchObject({ replaces: [] });
    expect(lines).toEqual([
      expect.stringMatching(
        /^Could not check whether project cn-north-4 in cn-north-4 is the one in state: No credentials/,
      ),
    ]);
  });

  // An unknown role is taken for the same account until it is known: the deployment looks again, and check then says more.
  it.each<[string, Bag, string[]]>([
    ["key", { ...target, kmsKeyId: unknownValue }, []],
    ["onDelete", { ...target, onDelete: unknownValue }, []],
    ["region", { region: unknownValue }, ["region"]],
    ["project", { region, projectId: unknownValue }, ["projectId"]],
    ["name", { region, projectName: unknownValue }, ["projectName"]],
    ["role", { ...target, assumeRole: unknownValue }, []],
    ["part of the role", { ...target, assumeRole: { ...role, domainName: unknownValue } }, []],
  ])("sees a change in an unknown %s, and never sends it", async (_, news, replaces) => {
    const decision = await decide(outputs(), { kmsKeyId: cloud.key("app-disks"), ...news });
    expect(decision).toEqual({ changes: true, replaces, deleteBeforeReplace: false });
    expect(cloud.requests()).toEqual([]);
  });

  it("leaves the project that a resource moves away from to another resource", async () => {
    const kmsKeyId = cloud.key("app-disks");
    await declare("next", { region, projectId: cloud.project(), kmsKeyId });
    const moved = { region, projectName: "cn-north-4_team", kmsKeyId: cloud.key("app-disks", "cn-north-4_team") };
    expect(await decide(outputs(), moved)).toEqual({
      changes: true,
      replaces: ["projectName"],
      deleteBeforeReplace: false,
    });
  });

  it("takes a change of configuration for what it is: another region", async () => {
    await run({ "huaweicloud:region": otherRegion, "huaweicloud:preflight": "off" });
    expect(await decide(outputs(), { kmsKeyId: cloud.key("app-disks") })).toMatchObject({
      replaces: ["region"],
    });
  });

  it("asks KMS about a new key, and refuses it by its property", async () => {
    const { failures } = await lifecycle.check({}, { kmsKeyId: cloud.key("retired-disks"), region });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^kmsKeyId \(alias retired-disks\)/) }]);
    expect(cloud.requests()).toEqual(["login", "describe key"]);
  });

  it("asks KMS about a key in capitals as KMS writes it", async () => {
    const news = { kmsKeyId: cloud.key("app-disks").toUpperCase(), region };
    expect(await lifecycle.check({}, news)).toMatchObject({ inputs: news, failures: [] });
    expect(cloud.requests()).toEqual(["login", "describe key"]);
  });

  it("does not ask KMS about inputs that are wrong anyway", async () => {
    const { failures } = await lifecycle.check({}, { kmsKeyId: cloud.key("retired-disks"), region: "North" });
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(/^region must be/) }]);
    expect(cloud.requests()).toEqual([]);
  });
});

describe("create", () => {
  it("sets the key, and keeps what the service answered", async () => {
    expect(await lifecycle.create(inputs())).toStrictEqual({ id: id(), outs: outputs() });
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(cloud.requests()).toEqual(["login", "put key", "get status"]);
    expect(lines).toEqual([]);
  });

  it("needs no look-up of a project that is given, nor more than one login for many calls", async () => {
    const { projectName: _, ...pinned } = inputs({ projectId: cloud.project() });
    await Promise.all([lifecycle.create(pinned), lifecycle.read(id(), outputs()), lifecycle.read(id(), outputs())]);
    expect(cloud.requests().filter((request) => request === "login")).toHaveLength(1);
  });

  it("refuses a second resource for the project, by its name or its ID, before anything is written", async () => {
    const { projectName: _, ...pinned } = inputs({ projectId: cloud.project(), kmsKeyId: cloud.key("app-disks-next") });
    await declare("first", { region, kmsKeyId: cloud.key("app-disks") });
    const reason =
      `"second" is for the same target as "first" (project ${cloud.project()} in ${region}), and a target has only one DefaultEncryptionKey: ` +
      "the two would overwrite each other. Remove one, or give it another region, projectId or projectName";
    expect((await declare("second", pinned)).failures).toEqual([{ property: "", reason }]);
    // Also if the check could not tell, or was passed over.
    expect((await failureOf(lifecycle.create(pinned))).message).toBe(`${reason}.`);
    expect(cloud.requests()).not.toContain("put key");
    expect(cloud.liveAlias()).toBe("");
  });

  it("says in one line that the key is set but unused where encryption is off", async () => {
    cloud.change({ enabled: false });
    await lifecycle.create(inputs());
    expect(lines).toEqual([
      expect.stringMatching(/is set, but default encryption is off: .*resource DefaultEncryption/),
    ]);
    expect(cloud.live().enabled).toBe(false);
  });

  it("succeeds where only the status cannot be read, and says so", async () => {
    cloud.emulator.faults.add({
      match: { operation: "ShowEncryptionByDefault" },
      action: { type: "status", status: 500 },
    });
    expect(await lifecycle.create(inputs())).toEqual({ id: id(), outs: outputs() });
    expect(lines).toEqual([expect.stringContaining("whether default encryption is on could not be read")]);
  });

  it("says once for all projects that the status cannot be read", async () => {
    cloud.emulator.faults.add({
      match: { operation: "ShowEncryptionByDefault" },
      times: 2,
      action: { type: "error", status: 403, code: "EVS.2014", message: "No." },
    });
    await lifecycle.create(inputs());
    const kmsKeyId = cloud.key("app-disks", otherRegion);
    await lifecycle.create(inputs({ region: otherRegion, projectName: otherRegion, kmsKeyId }));
    expect(lines).toEqual([
      expect.stringMatching(/ is set; whether default encryption is on could not be read: .*EVS\.2014/),
      "The same (whether default encryption is on could not be read, EVS.2014 No.) for 1 more: " +
        `project ${cloud.project(otherRegion)} in ${otherRegion}.`,
    ]);
  });

  it("does not pass over a fault of its own when it looks at the status", async () => {
    mockError = new TypeError("not a function");
    expect(await failureOf(lifecycle.create(inputs()))).toBe(mockError);
    expect(lines).toEqual([]);
  });

  it.each([
    ["the key that was there", "app-disks-next"],
    ["that there was none", undefined],
  ])("keeps for a later restore %s", async (_, alias) => {
    const previousKmsKeyId = alias === undefined ? "" : cloud.key(alias);
    cloud.change({ keyId: previousKmsKeyId });
    const { outs } = await lifecycle.create(inputs({ onDelete: "restore" }));
    expect(outs).toEqual(outputs({ onDelete: "restore", previousKmsKeyId }));
    expect(cloud.requests()).toEqual(["login", "get key", "put key", "get status"]);
  });

  it("fails in one line with all that is known of the service's refusal", async () => {
    const error = await failureOf(lifecycle.create(inputs({ kmsKeyId: cloud.key("retired-disks") })));
    expect(error.message).toMatch(
      /^setting the default encryption key \(project [0-9a-f]{32} in cn-north-4\): .*EVS\.2040, HTTP 400, request ID [0-9a-f]+\)\. Check the key in DEW/,
    );
    expect(error.message).not.toContain("\n");
    expect(error.stack).toBe(error.message);
    expect(error).not.toBeInstanceOf(InitializationFailed);
    expect(error).not.toHaveProperty("id");
    expect(cloud.liveAlias()).toBe("");
  });

  it("is half done where the service answers another key: the state says which", async () => {
    const keyId = cloud.key("app-disks-next");
    cloud.emulator.faults.add({ match: { operation: "UpdateDefaultKmsKeyId" }, action: { type: "wrongKey", keyId } });
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error).toMatchObject({
      id: id(),
      properties: outputs({ kmsKeyId: keyId, appliedKmsKeyId: cloud.key("app-disks") }),
      reasons: [
        `The default encryption key of project ${cloud.project()} in ${region} should be the declared one, but the service answers another. Run up again to repair it.`,
      ],
    });
  });

  it("is half done where the service answers that none is set", async () => {
    cloud.emulator.faults.add({
      match: { operation: "UpdateDefaultKmsKeyId" },
      action: { type: "wrongKey", keyId: "" },
    });
    expect(await failureOf(lifecycle.create(inputs()))).toMatchObject({
      name: "InitializationFailed",
      properties: outputs({ kmsKeyId: "", appliedKmsKeyId: cloud.key("app-disks") }),
      reasons: [
        `The default encryption key of project ${cloud.project()} in ${region} should be the declared one, but the service answers none. Run up again to repair it.`,
      ],
    });
  });

  it("quotes once what hinders several, each of which is half done", async () => {
    cloud.emulator.faults.add({
      match: { operation: "UpdateDefaultKmsKeyId" },
      times: 2,
      action: { type: "status", status: 500, applied: false },
    });
    await failureOf(lifecycle.create(inputs()));
    const kmsKeyId = cloud.key("app-disks", otherRegion);
    const there = inputs({ region: otherRegion, projectName: otherRegion, kmsKeyId });
    const error = await failureOf(lifecycle.create(there));
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error.message).toMatch(
      new RegExp(
        `^setting the default encryption key \\(project ${cloud.project(otherRegion)} in ${otherRegion}\\): ` +
          `same error as for project ${cloud.project()} in ${region}, details there.* Run up again to repair it\\.$`,
      ),
    );
  });

  it.each(["garbage", "empty"] as const)("reads back what the service could not tell: %s", async (type) => {
    cloud.emulator.faults.add({ match: { operation: "UpdateDefaultKmsKeyId" }, action: { type } });
    expect(await lifecycle.create(inputs())).toEqual({ id: id(), outs: outputs() });
    expect(cloud.requests()).toEqual(["login", "put key", "get key", "get status"]);
  });

  it.each([true, false])(
    "asks what holds where the answer was an error that says nothing of it, applied: %s",
    async (applied) => {
      const action = { type: "status", status: 500, applied } as const;
      cloud.emulator.faults.add({ match: { operation: "UpdateDefaultKmsKeyId" }, action });
      const outcome = lifecycle.create(inputs());
      if (applied) expect(await outcome).toEqual({ id: id(), outs: outputs() });
      else {
        // It may be carried out later: state says that what is live is not known, and what was set.
        const error = await failureOf(outcome);
        expect(error).toBeInstanceOf(InitializationFailed);
        const { kmsKeyId: appliedKmsKeyId, ...unknown } = outputs();
        expect(error).toMatchObject({ id: id(), properties: { ...unknown, appliedKmsKeyId } });
        expect(error).not.toHaveProperty("properties.kmsKeyId");
        expect(error.message).toMatch(/HTTP 500.* Run up again to repair it\.$/);
      }
    },
  );

  it("is half done where it could not be read back either", async () => {
    for (const operation of ["UpdateDefaultKmsKeyId", "ShowDefaultKmsKeyId"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "garbage" } });
    }
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).toBeInstanceOf(InitializationFailed);
    const { kmsKeyId: appliedKmsKeyId, ...unknown } = outputs();
    expect(error).toMatchObject({ id: id(), properties: { ...unknown, appliedKmsKeyId } });
    expect(error).not.toHaveProperty("properties.kmsKeyId");
    expect(error.message).toMatch(
      /the answer is not JSON .* Reading it back failed too: .* Run up again to repair it\.$/,
    );
  });
});

describe("read", () => {
  it("finds the live key, in inputs too, and keeps apart what this resource has set", async () => {
    cloud.change({ keyId: cloud.key("app-disks-next") });
    const kmsKeyId = cloud.key("app-disks-next");
    expect(await lifecycle.read(id(), outputs())).toEqual({
      id: id(),
      props: outputs({ kmsKeyId, appliedKmsKeyId: cloud.key("app-disks") }),
      inputs: inputs({ kmsKeyId }),
    });
    expect(cloud.requests()).toEqual(["login", "get key"]);
  });

  it("gives back the inputs that check resolved, so that a refresh is no change", async () => {
    await lifecycle.create(inputs());
    const { inputs: checked } = await lifecycle.check({}, { kmsKeyId: cloud.key("app-disks"), region });
    expect((await lifecycle.read(id(), outputs())).inputs).toEqual(checked);
  });

  it("keeps the user's spelling of the key", async () => {
    const kmsKeyId = toKeyId(cloud.key("app-disks").toUpperCase());
    cloud.change({ keyId: cloud.key("app-disks") });
    expect((await lifecycle.read(id(), outputs({ kmsKeyId }))).props).toEqual(outputs({ kmsKeyId }));
  });

  it("knows only the ID when it serves `get`", async () => {
    cloud.change({ keyId: cloud.key("app-disks") });
    const found = { kmsKeyId: cloud.key("app-disks"), region, projectId: cloud.project(), onDelete: "reset" };
    expect(await lifecycle.read(id(), {})).toStrictEqual({ id: id(), props: found, inputs: found });
    expect(cloud.requests()).toEqual(["login", "get key"]);
  });

  it("finds an empty key where none was ever set", async () => {
    expect((await lifecycle.read(id(), outputs())).props).toMatchObject({ kmsKeyId: "" });
  });

  it("refuses what is no ID", async () => {
    expect((await failureOf(lifecycle.read("cn-north-4", {}))).message).toContain('"{region}/{projectId}"');
  });
});

describe("update", () => {
  it("sets the new key", async () => {
    const kmsKeyId = cloud.key("app-disks-next");
    const updated = await lifecycle.update(id(), outputs(), inputs({ kmsKeyId }));
    expect(updated).toEqual({ outs: outputs({ kmsKeyId }) });
    expect(cloud.liveAlias()).toBe("app-disks-next");
    expect(cloud.requests()).toEqual(["login", "put key", "get status"]);
  });

  it("keeps the key that was found at creation", async () => {
    const previousKmsKeyId = cloud.key("sm4-disks");
    const { outs } = await lifecycle.update(
      id(),
      outputs({ previousKmsKeyId }),
      inputs({ kmsKeyId: cloud.key("app-disks-next") }),
    );
    expect(outs.previousKmsKeyId).toBe(previousKmsKeyId);
  });

  it.each<[string, Partial<DefaultEncryptionKeyState>, (project: ProjectId) => Partial<DefaultEncryptionKeyInputs>]>([
    ["onDelete", {}, () => ({ onDelete: "restore" })],
    [
      "the role, with the project pinned",
      {},
      (projectId) => ({ projectId, assumeRole: { agencyName: "a", domainName: "d" } }),
    ],
    ["onDelete and the spelling of the project", {}, (projectId) => ({ projectId, onDelete: "restore" })],
  ])("sends nothing where only %s changes", async (_, olds, news) => {
    const { outs } = await lifecycle.update(id(), outputs(olds), inputs(news(cloud.project())));
    expect(outs).toMatchObject({ ...news(cloud.project()), projectId: cloud.project() });
    expect(cloud.requests()).toEqual([]);
  });

  it("notes what it sets where none was set before, and the write may yet be carried out", async () => {
    cloud.emulator.faults.add({
      match: { operation: "UpdateDefaultKmsKeyId" },
      action: { type: "status", status: 500, applied: false },
    });
    const error = await failureOf(lifecycle.update(id(), outputs({ kmsKeyId: "" }), inputs()));
    const { kmsKeyId: appliedKmsKeyId, ...unknown } = outputs();
    expect(error).toBeInstanceOf(InitializationFailed);
    expect((error as InitializationFailed).properties).toEqual({ ...unknown, appliedKmsKeyId });
  });

  it("notes what it sets, not what it had set before, where neither is read back", async () => {
    for (const operation of ["UpdateDefaultKmsKeyId", "ShowDefaultKmsKeyId"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500, applied: false } });
    }
    const olds = outputs({ kmsKeyId: cloud.key("app-disks-next") });
    const error = await failureOf(lifecycle.update(id(), olds, inputs()));
    expect(error).toMatchObject({ properties: { appliedKmsKeyId: cloud.key("app-disks") } });
  });

  it("sets the key again where nothing changed: an earlier run was only half done", async () => {
    await lifecycle.update(id(), outputs(), inputs());
    expect(cloud.requests()).toEqual(["login", "put key", "get status"]);
  });
});

describe("delete", () => {
  const created = async (given: Partial<DefaultEncryptionKeyInputs> = {}) => {
    const { outs } = await lifecycle.create(inputs(given));
    await run();
    return outs;
  };

  it("resets to the service's own key", async () => {
    await remove(await created());
    expect(cloud.liveAlias()).toBe("evs/default");
    expect(cloud.requests()).toEqual(["login", "get key", "reset key"]);
    expect(lines).toEqual([]);
  });

  it("needs nothing but state, configuration and environment", async () => {
    const outs = JSON.parse(JSON.stringify(await created()));
    await run({ "huaweicloud:region": otherRegion });
    await remove(outs);
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("leaves alone what somebody else has set, and says so", async () => {
    const outs = await created();
    cloud.change({ keyId: cloud.key("sm4-disks") });
    await remove(outs);
    expect(cloud.liveAlias()).toBe("sm4-disks");
    expect(cloud.requests()).toEqual(["login", "get key"]);
    expect(lines).toEqual([
      expect.stringMatching(
        /^The default encryption key of project \w+ in [\w-]+ stays: it was changed outside this resource\.$/,
      ),
    ]);
  });

  it("leaves alone what was reset already", async () => {
    const outs = await created();
    cloud.change({ keyId: "" });
    await remove(outs);
    expect(cloud.requests()).toEqual(["login", "get key"]);
    expect(lines).toEqual([
      `The default encryption key of project ${cloud.project()} in ${region} stays: it was changed outside this resource.`,
    ]);
  });

  it("knows its key in another spelling", async () => {
    const outs = await created({ kmsKeyId: toKeyId(cloud.key("app-disks").toUpperCase()) });
    await remove(outs);
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("leaves alone what another resource of the program declares, as in a rename", async () => {
    const outs = await created();
    await declare("renamed", { region, kmsKeyId: cloud.key("app-disks") });
    await lifecycle.create(inputs());
    cloud.requests();
    await remove(outs);
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(cloud.requests()).toEqual([]);
    expect(lines).toEqual([
      `The default encryption key of project ${cloud.project()} in ${region} is unchanged: another resource of the program declares it.`,
    ]);
  });

  it("says once for all projects that another resource declares them", async () => {
    const there = inputs({
      ...{ region: otherRegion, projectName: otherRegion },
      kmsKeyId: cloud.key("app-disks", otherRegion),
    });
    const states = [(await lifecycle.create(inputs())).outs, (await lifecycle.create(there)).outs];
    await run();
    await declare("renamed", { region, kmsKeyId: cloud.key("app-disks") });
    await declare("renamed too", { region: otherRegion, kmsKeyId: there.kmsKeyId });
    await lifecycle.create(inputs());
    await lifecycle.create(there);
    lines.length = 0;
    for (const state of states) await remove(state);
    expect(lines).toEqual([
      `The default encryption key of project ${cloud.project()} in ${region} is unchanged: another resource of the program declares it.`,
      `The same (another resource declares the key) for 1 more: project ${cloud.project(otherRegion)} in ${otherRegion}.`,
    ]);
  });

  it("does not spare other projects because of that", async () => {
    const elsewhere = await lifecycle.create(
      inputs({ region: otherRegion, projectName: otherRegion, kmsKeyId: cloud.key("app-disks", otherRegion) }),
    );
    await run();
    await declare("here", { region, kmsKeyId: cloud.key("app-disks") });
    await lifecycle.create(inputs());
    await lifecycle.delete(elsewhere.id, elsewhere.outs);
    expect(cloud.liveAlias(otherRegion)).toBe("evs/default");
    expect(cloud.liveAlias()).toBe("app-disks");
  });

  it("resets where the declared key is the service's own, which stays", async () => {
    const kmsKeyId = toKeyId(
      cloud.emulator.cloud.addKey(cloud.project(), { alias: "evs/default", isDefault: true }).id,
    );
    await remove(await created({ kmsKeyId }));
    expect(cloud.liveAlias()).toBe("evs/default");
    expect(cloud.requests()).toEqual(["login", "get key", "reset key"]);
  });

  it.each([
    ["reset", "ResetDefaultKmsKeyId", "evs/default"],
    ["restore", "UpdateDefaultKmsKeyId", "sm4-disks"],
  ] as const)("looks whether a lost answer to a %s was applied", async (onDelete, operation, alias) => {
    cloud.change({ keyId: cloud.key("sm4-disks") });
    const outs = await created({ onDelete });
    cloud.emulator.faults.add({ match: { operation }, action: { type: "garbage", applied: true } });
    await remove(outs);
    expect(cloud.liveAlias()).toBe(alias);
  });

  it.each([
    ["reset", "ResetDefaultKmsKeyId"],
    ["restore", "UpdateDefaultKmsKeyId"],
  ] as const)("fails, to be tried again, if a %s was not applied", async (onDelete, operation) => {
    cloud.change({ keyId: cloud.key("sm4-disks") });
    const outs = await created({ onDelete });
    cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500 } });
    await expect(remove(outs)).rejects.toBeInstanceOf(HuaweiCloudError);
    expect(cloud.liveAlias()).toBe("app-disks");
  });

  it("fails with what the service said to the restore where a third key is read back", async () => {
    cloud.change({ keyId: cloud.key("sm4-disks") });
    const outs = await created({ onDelete: "restore" });
    cloud.emulator.faults.add({
      match: { operation: "UpdateDefaultKmsKeyId" },
      action: { type: "status", status: 500, applied: false },
    });
    cloud.emulator.faults.add({
      match: { operation: "ShowDefaultKmsKeyId" },
      skip: 1,
      action: { type: "wrongKey", keyId: cloud.key("app-disks-next") },
    });
    expect((await failureOf(remove(outs))).message).toMatch(/^setting the default encryption key .*HTTP 500/);
  });

  it("says so if the resource that goes on does not know the key that was found", async () => {
    cloud.change({ keyId: cloud.key("sm4-disks") });
    const outs = await created({ onDelete: "restore" });
    await declare("renamed", { region, kmsKeyId: cloud.key("app-disks"), onDelete: "restore" });
    await lifecycle.create(inputs({ onDelete: "restore" }));
    lines.length = 0;
    await remove(outs);
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(lines[0]).toMatch(
      /the resource that now declares it does not have the previous key recorded by this one\. .*aliases/,
    );
  });

  describe("with onDelete restore", () => {
    const createdOver = async (alias: string | undefined) => {
      cloud.change({ keyId: alias === undefined ? "" : cloud.key(alias) });
      return created({ onDelete: "restore" });
    };

    it("puts back the key that was found, where KMS says that it is usable", async () => {
      const outs = await createdOver("sm4-disks");
      await remove(outs);
      expect(cloud.liveAlias()).toBe("sm4-disks");
      expect(cloud.requests()).toEqual(["login", "get key", "describe key", "put key"]);
      expect(lines).toEqual([
        `The default encryption key of project ${cloud.project()} in cn-north-4 is restored to the key found at creation.`,
      ]);
    });

    it("fails, to be tried again, where the service answers another key, and says nothing of it before", async () => {
      const outs = await createdOver("sm4-disks");
      const keyId = cloud.key("app-disks-next");
      cloud.emulator.faults.add({
        match: { operation: "UpdateDefaultKmsKeyId" },
        action: { type: "wrongKey", keyId },
      });
      expect(await failureOf(remove(outs))).toMatchObject({
        name: "ResponseError",
        message: `The default encryption key of project ${cloud.project()} in ${region} should be restored, but the service answers another one. Try again.`,
      });
      expect(lines).toEqual([]);
    });

    it("says nothing of what it could not do", async () => {
      const outs = await createdOver(undefined);
      cloud.emulator.faults.add({
        match: { operation: "ResetDefaultKmsKeyId" },
        action: { type: "status", status: 403 },
      });
      await failureOf(remove(outs));
      expect(lines).toEqual([]);
    });

    it.each<[string, (keyId: string) => void, RegExp]>([
      ["disabled", (keyId) => cloud.emulator.cloud.setKeyState(keyId, "disabled"), /\(alias sm4-disks\) is disabled/],
      ["doomed", (keyId) => cloud.emulator.cloud.setKeyState(keyId, "pendingDeletion"), /is scheduled for deletion/],
      ["gone", (keyId) => cloud.emulator.cloud.deleteKey(keyId), /the key found at creation could not be .*KMS\.0207/],
    ])("resets where that key is %s by now, and says why", async (_, spoil, reason) => {
      const outs = await createdOver("sm4-disks");
      spoil(cloud.key("sm4-disks"));
      await remove(outs);
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(lines).toEqual([expect.stringMatching(reason)]);
      expect(lines[0]).toContain("is reset to the service's own");
    });

    it("resets, without a word, where that key is the service's own: it has a call for that", async () => {
      cloud.emulator.cloud.addKey(cloud.project(), { alias: "evs/default", isDefault: true });
      const outs = await createdOver("evs/default");
      await remove(outs);
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(cloud.requests()).toEqual(["login", "get key", "describe key", "reset key"]);
      expect(lines).toEqual([]);
    });

    it.each([400, 403, 404])("resets where KMS answers %i about that key, and quotes it", async (status) => {
      const outs = await createdOver("sm4-disks");
      cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "status", status } });
      await remove(outs);
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(lines).toEqual([
        expect.stringMatching(
          new RegExp(
            "^The default encryption key of project \\w+ in cn-north-4 is reset to the service's own: the key found at creation " +
              `could not be looked up: looking up the KMS key .*HTTP ${status}`,
          ),
        ),
      ]);
    });

    it.each<[string, FaultAction]>([
      ["calls every token stale", { type: "staleToken" }],
      ["throttles", { type: "status", status: 429 }],
      ["breaks the connection", { type: "resetBefore" }],
    ])("fails, to be tried again, where KMS %s", async (_, action) => {
      const outs = await createdOver("sm4-disks");
      cloud.emulator.faults.add({ match: { service: "kms" }, times: 2, action });
      await failureOf(remove(outs));
      expect(cloud.liveAlias()).toBe("app-disks");
    });

    it("resets where there was none", async () => {
      await remove(await createdOver(undefined));
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(lines).toEqual([expect.stringContaining("none was set when this resource was created")]);
    });

    it("leaves the key where it was the same before", async () => {
      await remove(await createdOver("app-disks"));
      expect(cloud.liveAlias()).toBe("app-disks");
      expect(cloud.requests()).toEqual(["login", "get key", "describe key"]);
      expect(lines).toEqual([expect.stringContaining("the same key was set already when this resource was created")]);
    });

    it("resets where the key was the same before and has become unusable since", async () => {
      const outs = await createdOver("app-disks");
      cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), "disabled");
      await remove(outs);
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(lines).toEqual([
        expect.stringMatching(/is reset to the service's own: .*\(alias app-disks\) is disabled/),
      ]);
    });

    it("leaves alone what somebody else has set", async () => {
      const outs = await createdOver("sm4-disks");
      cloud.change({ keyId: cloud.key("app-disks-next") });
      await remove(outs);
      expect(cloud.liveAlias()).toBe("app-disks-next");
    });

    it("fails, to be tried again, where KMS cannot tell just now", async () => {
      const outs = await createdOver("sm4-disks");
      cloud.emulator.faults.add({ match: { service: "kms" }, action: { type: "status", status: 503 } });
      expect((await failureOf(remove(outs))).message).toContain("HTTP 503");
      expect(cloud.liveAlias()).toBe("app-disks");
      await remove(outs);
      expect(cloud.liveAlias()).toBe("sm4-disks");
    });

    it("resets where the key was set without restore at first: none was noted", async () => {
      cloud.change({ keyId: cloud.key("sm4-disks") });
      const outs = await created();
      await remove({ ...outs, onDelete: "restore" });
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(lines).toEqual([
        expect.stringContaining("the previous key was not recorded when this resource was created"),
      ]);
    });
  });
});

it("reports a problem of the configuration from every call that needs it, and never from configure", async () => {
  await run({ "huaweicloud:regoin": region });
  const { failures } = await lifecycle.check({}, { kmsKeyId: cloud.key("app-disks"), region });
  expect(failures).toEqual([{ property: "", reason: expect.stringContaining("huaweicloud:regoin") }]);
  for (const work of [lifecycle.create(inputs()), lifecycle.read(id(), outputs()), remove(outputs())]) {
    expect((await failureOf(work)).message).toContain("Did you mean region?");
  }
  expect(cloud.requests()).toEqual([]);
});

it("asks for one new login where the token has gone stale, and goes on", async () => {
  await lifecycle.read(id(), outputs());
  cloud.emulator.cloud.revokeTokens();
  cloud.requests();
  await lifecycle.read(id(), outputs());
  expect(cloud.requests()).toEqual(["get key", "login", "get key"]);
});
