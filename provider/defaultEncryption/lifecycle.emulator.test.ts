// The lifecycle of DefaultEncryption as the host calls it, against the emulator: what is decided, sent, shown and kept.
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../../tests/fixtures/emulatedCloud";
import { failureOf } from "../../tests/fixtures/failureOf";
import { startRun } from "../../tests/fixtures/run";
import * as lifecycle from "../dynamic/defaultEncryption";
import { urnProperty } from "../dynamic/hiddenProperties";
import type { ProjectId } from "../huaweicloud/services/identifiers";
import { type Bag, InitializationFailed, unknownValue } from "../protocol";
import type { DefaultEncryptionInputs, DefaultEncryptionState } from "./schema";

/** What the service answers to a switch in the place of what is so. */
let mockAnswer: boolean | undefined;
jest.mock("../huaweicloud/services/evs", () => {
  const actual = jest.requireActual("../huaweicloud/services/evs");
  const setEnabled: typeof actual.setEnabled = async (...args: unknown[]) => mockAnswer ?? actual.setEnabled(...args);
  return { ...actual, setEnabled };
});

let cloud: EmulatedCloud;
let lines: string[];

beforeEach(async () => {
  cloud = await startCloud();
  // Been on before, for the first time puts the key aside.
  cloud.change({ enabled: true });
  cloud.change({ enabled: false, keyId: cloud.key("app-disks") });
  await run();
});
afterEach(async () => {
  mockAnswer = undefined;
  jest.restoreAllMocks();
  await cloud.close();
});

async function run(): Promise<void> {
  const { endpoint } = cloud.emulator;
  lines = await startRun({ ...cloud.credentials(), HW_ENDPOINT_URL: endpoint, HW_MAX_RETRIES: "0" });
  cloud.requests();
}

/** As check resolves them for a project that is looked up by its name. */
const inputs = (given: Partial<DefaultEncryptionInputs> = {}): DefaultEncryptionInputs => ({
  enabled: true,
  region,
  projectName: region,
  onDelete: "restore",
  ...given,
});
/** As create leaves them, where encryption was off before. */
const outputs = (given: Partial<DefaultEncryptionState> = {}): DefaultEncryptionState => ({
  ...inputs(),
  projectId: cloud.project(),
  previouslyEnabled: false,
  ...given,
});
/** As the engine does for each resource of the program. */
const declare = (name: string, news: Bag) =>
  lifecycle.check({}, { ...news, [urnProperty]: `urn:pulumi:stack::project::type::${name}` });
const id = () => `${region}/${cloud.project()}`;
const where = () => `project ${cloud.project()} in ${region}`;
const fail = (operation: string) => cloud.emulator.faults.add({ match: { operation }, action: { type: "garbage" } });

describe("check and diff, in pairs", () => {
  const decide = async (olds: DefaultEncryptionState, news: Bag) => {
    // The host hands over the old inputs to check, and the old outputs to diff.
    const { inputs: checked, failures } = await lifecycle.check(inputs(), news);
    expect(failures).toEqual([]);
    return lifecycle.diff(id(), olds, checked as unknown as DefaultEncryptionInputs);
  };

  it("is on, and restored on deletion, unless said otherwise", async () => {
    expect(await lifecycle.check({}, { region })).toEqual({ inputs: inputs(), failures: [] });
  });

  it("finds no change in what was created", async () => {
    expect(await decide(outputs(), { region })).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
    expect(cloud.requests()).toEqual([]);
  });

  it("finds no change in another spelling of the project", async () => {
    const news = { region, projectId: cloud.project() };
    expect(await decide(outputs(), news)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: false });
    expect(cloud.requests()).toEqual([]);
  });

  it.each<[string, Bag, string[]]>([
    ["the switch", { region, enabled: false }, []],
    ["onDelete", { region, onDelete: "reset" }, []],
    ["the region", { region: otherRegion }, ["region"]],
    ["an unknown switch", { region, enabled: unknownValue }, []],
    ["an unknown onDelete", { region, onDelete: unknownValue }, []],
    ["an unknown region", { region: unknownValue }, ["region"]],
    ["an unknown project", { region, projectName: unknownValue }, ["projectName"]],
  ])("sees a change of %s, and sends nothing", async (_, news, replaces) => {
    expect(await decide(outputs(), news)).toEqual({ changes: true, replaces, deleteBeforeReplace: false });
    expect(cloud.requests()).toEqual([]);
  });

  it.each<[string, Bag, string[]]>([
    ["another project", { projectName: "cn-north-4_team" }, ["projectName"]],
    ["another account", { assumeRole: { agencyName: "evs-deployer", domainName: partner } }, ["assumeRole"]],
  ])("looks up what is spelled otherwise, and replaces where it is %s", async (_, news, replaces) => {
    const decision = await decide(outputs(), { region, ...news });
    expect(decision).toEqual({ changes: true, replaces, deleteBeforeReplace: false });
    expect(cloud.requests().filter((request) => !/login|list projects|CreateTemporary/.test(request))).toEqual([]);
  });

  it("leaves the project that a resource moves away from to another resource", async () => {
    await declare("next", { region, projectId: cloud.project() });
    expect(await decide(outputs(), { region, projectName: "cn-north-4_team" })).toEqual({
      changes: true,
      replaces: ["projectName"],
      deleteBeforeReplace: false,
    });
  });

  it.each<[Bag, RegExp]>([
    [{ region, enabled: "yes" }, /^enabled must be true or false$/],
    [{ region, onDelete: "keep" }, /^onDelete must be "restore" or "reset"$/],
    [{ region, enabeld: true }, /^enabeld .*Did you mean enabled\?$/],
  ])("refuses %j", async (news, reason) => {
    const { failures } = await lifecycle.check({}, news);
    // Of a named property the engine would print the value, so the reason names it.
    expect(failures).toEqual([{ property: "", reason: expect.stringMatching(reason) }]);
  });
});

describe("create", () => {
  it("switches encryption on, and keeps how it was found", async () => {
    expect(await lifecycle.create(inputs())).toEqual({ id: id(), outs: outputs() });
    expect(cloud.live()).toMatchObject({ enabled: true, keyId: cloud.key("app-disks") });
    expect(cloud.requests()).toEqual(["login", "get status", "get key", "enable", "get key"]);
    expect(lines).toEqual([]);
  });

  it("says once for all projects that it is on already", async () => {
    cloud.change({ enabled: true });
    cloud.change({ enabled: true }, otherRegion);
    await lifecycle.create(inputs());
    await lifecycle.create(inputs({ region: otherRegion, projectName: otherRegion }));
    expect(lines).toEqual([
      `Default encryption of ${where()} is on already: with onDelete "restore", destroying leaves it so.`,
      `The same (default encryption is on already) for 1 more: project ${cloud.project(otherRegion)} in ${otherRegion}.`,
    ]);
  });

  it("switches it off, with no look at the key", async () => {
    cloud.change({ enabled: true });
    const created = await lifecycle.create(inputs({ enabled: false }));
    expect(created.outs).toEqual(outputs({ enabled: false, previouslyEnabled: true }));
    expect(cloud.live().enabled).toBe(false);
    expect(cloud.requests()).toEqual(["login", "get status", "disable"]);
  });

  it("keeps nothing where deletion is not to restore", async () => {
    const { outs } = await lifecycle.create(inputs({ onDelete: "reset" }));
    const { previouslyEnabled: _, ...kept } = outputs({ onDelete: "reset" });
    expect(outs).toEqual(kept);
    expect(cloud.requests()).toEqual(["login", "get key", "enable", "get key"]);
  });

  it("does not look at the key again where none was set: there is none to lose", async () => {
    cloud.change({ keyId: "" });
    await lifecycle.create(inputs({ onDelete: "reset" }));
    expect(cloud.requests()).toEqual(["login", "get key", "enable"]);
    expect(lines).toEqual([]);
  });

  it("puts back the key that the first switching on has put aside, and says so in one line", async () => {
    cloud.emulator.cloud.forgetDefaultEncryption(cloud.project());
    cloud.change({ keyId: cloud.key("app-disks") });
    await lifecycle.create(inputs());
    expect(cloud.live()).toMatchObject({ enabled: true, keyId: cloud.key("app-disks") });
    expect(cloud.requests()).toEqual([
      ...["login", "get status", "get key", "enable"],
      ...["get key", "describe key", "put key"],
    ]);
    expect(lines).toEqual([
      `Switching default encryption on has changed the default key of ${where()}, as happens on first use; the previous key was restored.`,
    ]);
  });

  it("says in one line which key took the place of one that cannot be used", async () => {
    cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), "disabled");
    await lifecycle.create(inputs());
    expect(lines).toEqual([
      `Switching default encryption on has changed the default key of ${where()} to another: ` +
        "the previous key (alias app-disks) is disabled: enable it in DEW, or choose another. A DefaultEncryptionKey sets another.",
    ]);
  });

  it("is half made where only the key cannot be read afterwards: the next up switches again", async () => {
    cloud.emulator.faults.add({
      match: { operation: "ShowDefaultKmsKeyId" },
      skip: 1,
      action: { type: "status", status: 503 },
    });
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).toBeInstanceOf(InitializationFailed);
    const { enabled: appliedEnabled, ...unknown } = outputs();
    expect(error).toMatchObject({ id: id(), properties: { ...unknown, appliedEnabled } });
    expect(error.message).toMatch(
      /^Default encryption of project \w+ in cn-north-4 is on, but the default key may have changed and could not be read or restored: .*HTTP 503.* Run up again to repair it\.$/,
    );
    expect(lines).toEqual([]);
  });

  it("refuses a second resource for the project before anything is sent for it", async () => {
    await declare("first", { region });
    const second = { region, projectId: cloud.project(), enabled: false };
    const reason =
      `"second" is for the same target as "first" (${where()}), and a target has only one DefaultEncryption: ` +
      "the two would overwrite each other. Remove one, or give it another region, projectId or projectName";
    expect((await declare("second", second)).failures).toEqual([{ property: "", reason }]);
    cloud.requests();
    // Also if the check could not tell, or was passed over.
    const { projectName: _, ...pinned } = inputs({ projectId: cloud.project(), enabled: false });
    expect((await failureOf(lifecycle.create(pinned))).message).toBe(`${reason}.`);
    expect(cloud.requests()).toEqual([]);
    expect(cloud.live().enabled).toBe(false);
  });

  it("reads back what the service could not tell", async () => {
    fail("EnableEncryptionByDefault");
    expect((await lifecycle.create(inputs())).outs).toEqual(outputs());
    expect(cloud.requests()).toEqual(["login", "get status", "get key", "enable", "get status", "get key"]);
  });

  it.each([true, false])(
    "asks what holds where the answer was an error that says nothing of it, applied: %s",
    async (applied) => {
      cloud.emulator.faults.add({
        match: { operation: "EnableEncryptionByDefault" },
        action: { type: "status", status: 500, applied },
      });
      const outcome = lifecycle.create(inputs());
      if (applied) expect((await outcome).outs).toEqual(outputs());
      else {
        // It may be carried out later: state says that what holds is not known, and what was set.
        const error = await failureOf(outcome);
        expect(error).toBeInstanceOf(InitializationFailed);
        const { enabled: appliedEnabled, ...unknown } = outputs();
        expect(error).toMatchObject({ id: id(), properties: { ...unknown, appliedEnabled } });
        expect(error).not.toHaveProperty("properties.enabled");
        expect(error.message).toMatch(/HTTP 500.* Run up again to repair it\.$/);
      }
    },
  );

  it("is half done where it could not be read back either", async () => {
    fail("EnableEncryptionByDefault");
    cloud.emulator.faults.add({
      match: { operation: "ShowEncryptionByDefault" },
      skip: 1,
      action: { type: "status", status: 500 },
    });
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).toBeInstanceOf(InitializationFailed);
    const { enabled: _, ...unknown } = outputs({ appliedEnabled: true });
    expect(error).toMatchObject({ id: id(), properties: unknown });
    expect(error).not.toHaveProperty("properties.enabled");
    expect(error.message).toMatch(
      /the answer is not JSON .* Reading it back failed too: .*HTTP 500.* Run up again to repair it\.$/,
    );
  });

  it("is half done where the opposite is read back: it may yet be carried out", async () => {
    cloud.emulator.faults.add({
      match: { operation: "EnableEncryptionByDefault" },
      action: { type: "garbage", applied: false },
    });
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error).not.toHaveProperty("properties.enabled");
    expect(error).toMatchObject({
      id: id(),
      properties: { appliedEnabled: true },
      reasons: [expect.stringMatching(/^switching default encryption on .*not JSON.* Run up again to repair it\.$/)],
    });
  });

  it("is half done where the opposite is answered: the state says which", async () => {
    mockAnswer = false;
    expect(await failureOf(lifecycle.create(inputs()))).toMatchObject({
      id: id(),
      properties: outputs({ enabled: false, appliedEnabled: true }),
      reasons: [
        `Default encryption of ${where()} should be on, but the service answers off. Run up again to repair it.`,
      ],
    });
  });

  it("quotes once what hinders several, each of which is half done", async () => {
    for (const project of [region, otherRegion]) cloud.change({ enabled: false, keyId: "" }, project);
    cloud.emulator.faults.add({
      match: { operation: "EnableEncryptionByDefault" },
      times: 2,
      action: { type: "status", status: 500, applied: false },
    });
    await failureOf(lifecycle.create(inputs()));
    const error = await failureOf(lifecycle.create(inputs({ region: otherRegion, projectName: otherRegion })));
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error.message).toMatch(
      new RegExp(
        `^switching default encryption on \\(project ${cloud.project(otherRegion)} in ${otherRegion}\\): ` +
          `same error as for project ${cloud.project()} in ${region}, details there.* Run up again to repair it\\.$`,
      ),
    );
  });

  it("fails, with no resource made, where the service refuses", async () => {
    cloud.emulator.faults.add({
      match: { operation: "EnableEncryptionByDefault" },
      action: { type: "status", status: 403 },
    });
    const error = await failureOf(lifecycle.create(inputs()));
    expect(error).not.toBeInstanceOf(InitializationFailed);
    expect(error.message).toMatch(/^switching default encryption on \(project \w+ in cn-north-4\): .*HTTP 403/);
    expect(cloud.live().enabled).toBe(false);
  });
});

describe("read", () => {
  it("finds the live switch, in inputs too, and keeps apart what this resource has set", async () => {
    expect(await lifecycle.read(id(), outputs())).toEqual({
      id: id(),
      props: outputs({ enabled: false, appliedEnabled: true }),
      inputs: inputs({ enabled: false }),
    });
    expect(cloud.requests()).toEqual(["login", "get status"]);
  });

  it("gives back the inputs that check resolved, so that a refresh is no change", async () => {
    const { outs } = await lifecycle.create(inputs({ onDelete: "reset" }));
    const { inputs: checked } = await lifecycle.check({}, { region, onDelete: "reset" });
    expect((await lifecycle.read(id(), outs)).inputs).toEqual(checked);
  });

  it("knows only the ID when it serves `get`", async () => {
    const found = { enabled: false, region, projectId: cloud.project(), onDelete: "restore" };
    expect(await lifecycle.read(id(), {})).toStrictEqual({ id: id(), props: found, inputs: found });
  });
});

describe("update", () => {
  it("switches, and keeps how it was found at creation", async () => {
    cloud.change({ enabled: true });
    const { outs } = await lifecycle.update(id(), outputs(), inputs({ enabled: false }));
    expect(outs).toEqual(outputs({ enabled: false }));
    expect(cloud.live().enabled).toBe(false);
    expect(cloud.requests()).toEqual(["login", "disable"]);
  });

  it("notes nothing afresh: what it would find is its own", async () => {
    const { previouslyEnabled: _, ...olds } = outputs({ onDelete: "reset" });
    const { outs } = await lifecycle.update(id(), olds, inputs({ enabled: false, onDelete: "restore" }));
    expect(outs).not.toHaveProperty("previouslyEnabled");
  });

  it.each<[string, (projectId: ProjectId) => Partial<DefaultEncryptionInputs>]>([
    ["onDelete", () => ({ onDelete: "reset" })],
    ["onDelete and the spelling of the project", (projectId) => ({ projectId, onDelete: "reset" })],
    [
      "the role, with the project pinned",
      (projectId) => ({ projectId, assumeRole: { agencyName: "a", domainId: "d" } }),
    ],
  ])("sends nothing where only %s changes", async (_, change) => {
    const news = inputs(change(cloud.project()));
    expect(await lifecycle.update(id(), outputs(), news)).toEqual({
      outs: outputs({ ...news, projectId: cloud.project() }),
    });
    expect(cloud.requests()).toEqual([]);
  });

  it("switches again where nothing changed: an earlier run was only half done", async () => {
    await lifecycle.update(id(), outputs(), inputs());
    expect(cloud.live().enabled).toBe(true);
    expect(cloud.requests()).toEqual(["login", "get key", "enable", "get key"]);
  });

  it("switches where onDelete changes too", async () => {
    cloud.change({ enabled: true });
    await lifecycle.update(id(), outputs(), inputs({ enabled: false, onDelete: "reset" }));
    expect(cloud.live().enabled).toBe(false);
  });
});

describe("delete", () => {
  const created = async (given: Partial<DefaultEncryptionInputs> = {}) => {
    const { outs } = await lifecycle.create(inputs(given));
    await run();
    return outs;
  };
  const remove = (olds: DefaultEncryptionState) => lifecycle.delete(id(), olds);

  it("switches back off where it was off before", async () => {
    await remove(await created());
    expect(cloud.live().enabled).toBe(false);
    expect(cloud.requests()).toEqual(["login", "get status", "disable"]);
    expect(lines).toEqual([]);
  });

  it("switches back on where it was on before", async () => {
    cloud.change({ enabled: true });
    await remove(await created({ enabled: false }));
    expect(cloud.live().enabled).toBe(true);
    expect(cloud.requests()).toEqual(["login", "get status", "get key", "enable", "get key"]);
  });

  it("leaves it on where it was on before, and says so", async () => {
    cloud.change({ enabled: true });
    await remove(await created());
    expect(cloud.live().enabled).toBe(true);
    expect(cloud.requests()).toEqual(["login", "get status"]);
    expect(lines).toEqual([`Default encryption of ${where()} stays on: it was so at creation.`]);
  });

  it("leaves it where how it was found is not known", async () => {
    const { previouslyEnabled: _, ...olds } = await created();
    await remove(olds);
    expect(cloud.live().enabled).toBe(true);
    expect(lines).toEqual([`Default encryption of ${where()} stays on: the previous setting was not recorded.`]);
  });

  it("switches off on reset, whatever was found", async () => {
    cloud.change({ enabled: true });
    await remove({ ...(await created()), onDelete: "reset" });
    expect(cloud.live().enabled).toBe(false);
  });

  it("has nothing to do on reset where it is off", async () => {
    await remove(await created({ enabled: false, onDelete: "reset" }));
    expect(cloud.requests()).toEqual(["login", "get status"]);
    expect(lines).toEqual([]);
  });

  it("leaves alone what somebody else has switched, and says so", async () => {
    const outs = await created();
    cloud.change({ enabled: false });
    await remove(outs);
    expect(cloud.requests()).toEqual(["login", "get status"]);
    expect(lines).toEqual([`Default encryption of ${where()} stays off: it was changed outside this resource.`]);
  });

  it("leaves alone what another resource of the program declares, as in a rename", async () => {
    const { previouslyEnabled: _, ...outs } = await created();
    await declare("renamed", { region });
    await lifecycle.create(inputs());
    cloud.requests();
    lines.length = 0;
    await remove(outs);
    expect(cloud.live().enabled).toBe(true);
    expect(cloud.requests()).toEqual([]);
    expect(lines).toEqual([
      `Default encryption of ${where()} is unchanged: another resource of the program declares it.`,
    ]);
  });

  it("says once for all projects that another resource declares them", async () => {
    const elsewhere = { region: otherRegion, projectName: otherRegion };
    const [here, there] = [inputs({ onDelete: "reset" }), inputs({ ...elsewhere, onDelete: "reset" })];
    const states = [(await lifecycle.create(here)).outs, (await lifecycle.create(there)).outs];
    await run();
    await declare("renamed", { region });
    await declare("renamed too", { region: otherRegion });
    await lifecycle.create(here);
    await lifecycle.create(there);
    for (const state of states) await remove(state);
    expect(lines).toEqual([
      `Default encryption of ${where()} is unchanged: another resource of the program declares it.`,
      `The same (another resource declares the switch) for 1 more: project ${cloud.project(otherRegion)} in ${otherRegion}.`,
    ]);
  });

  it("says so if the resource that declares it now does not have the previous setting", async () => {
    const outs = await created();
    await declare("renamed", { region });
    await lifecycle.create(inputs());
    lines.length = 0;
    await remove(outs);
    expect(lines).toEqual([
      expect.stringMatching(
        /^Default encryption of .*: the resource that now declares it does not have the previous setting recorded by this one \(off\)\. .*`aliases: /,
      ),
      expect.stringContaining("another resource of the program declares it"),
    ]);
  });

  it("does not spare other projects because of that", async () => {
    const elsewhere = await lifecycle.create(inputs({ region: otherRegion, projectName: otherRegion }));
    await run();
    await declare("here", { region });
    await lifecycle.create(inputs());
    await lifecycle.delete(elsewhere.id, elsewhere.outs);
    expect(cloud.live(otherRegion).enabled).toBe(false);
    expect(cloud.live().enabled).toBe(true);
  });

  it.each([true, false])(
    "fails, to be tried again, where the service answers the opposite, found on: %s",
    async (found) => {
      cloud.change({ enabled: found });
      const outs = await created({ enabled: !found });
      mockAnswer = !found;
      const [asked, answered] = found ? ["on", "off"] : ["off", "on"];
      expect(await failureOf(remove(outs))).toMatchObject({
        name: "ResponseError",
        message: `Default encryption of ${where()} should be switched ${asked}, but the service answers ${answered}. Try again.`,
      });
    },
  );

  it("ends where it was switched back on and only the key could not be kept, and says so", async () => {
    cloud.change({ enabled: true });
    const outs = await created({ enabled: false });
    cloud.emulator.faults.add({
      match: { operation: "ShowDefaultKmsKeyId" },
      skip: 1,
      action: { type: "status", status: 503 },
    });
    await remove(outs);
    expect(cloud.live().enabled).toBe(true);
    expect(lines).toEqual([expect.stringMatching(/is on, but the default key may have changed and .*HTTP 503/)]);
  });

  it("fails, to be tried again, where neither the answer nor a look tells whether it is off", async () => {
    const outs = await created();
    fail("DisableEncryptionByDefault");
    cloud.emulator.faults.add({
      match: { operation: "ShowEncryptionByDefault" },
      skip: 1,
      action: { type: "status", status: 500 },
    });
    const error = await failureOf(remove(outs));
    expect(error).toMatchObject({
      name: "ResponseError",
      message: expect.stringContaining("Reading it back failed too"),
    });
  });
});
