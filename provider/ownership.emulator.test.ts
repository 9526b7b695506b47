// The promises that span several calls and runs: a target that is declared is never undone, and nothing that somebody else
// has set is. Each test tells, call by call, what the engine makes of a program; a run is a host of its own.
import fc from "fast-check";
import { type EmulatedCloud, otherRegion, partner, region, startCloud } from "../tests/fixtures/emulatedCloud";
import type { Lifecycle } from "../tests/fixtures/engineModel";
import { failureOf } from "../tests/fixtures/failureOf";
import { startRun } from "../tests/fixtures/run";
import * as encryption from "./dynamic/defaultEncryption";
import * as key from "./dynamic/defaultEncryptionKey";
import { urnProperty } from "./dynamic/hiddenProperties";
import { type Bag, type DiffResult, InitializationFailed } from "./protocol";

jest.mock("./huaweicloud/transport/retry", () => ({
  ...jest.requireActual("./huaweicloud/transport/retry"),
  delayBefore: () => 1, // the waiting is tested beside the code
}));

let cloud: EmulatedCloud;
let lines: string[];

beforeEach(async () => {
  cloud = await startCloud();
  cloud.change({ enabled: true });
  await run();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cloud.close();
});

async function run(environment: Record<string, string> = {}, credentials = cloud.credentials()): Promise<void> {
  const { endpoint } = cloud.emulator;
  const defaults = { HW_ENDPOINT_URL: endpoint, HW_MAX_RETRIES: "0", HW_PREFLIGHT: "off" };
  lines = await startRun({ ...credentials, ...defaults, ...environment });
  cloud.requests();
}

interface State {
  id: string;
  inputs: object;
  outputs: object;
}

/** One resource of a program, and its state, as the engine would keep it. */
class Resource {
  state: State | undefined;
  #checked: Bag = {};

  constructor(
    private readonly lifecycle: Lifecycle,
    readonly name: string,
  ) {}

  /** Takes over another's state: by an alias, or because it was written by an earlier run. */
  with(state: State | undefined): this {
    this.state = state;
    return this;
  }

  async check(args: Bag, olds: object = this.state?.inputs ?? {}): Promise<this> {
    const urn = `urn:pulumi:stack::project::type::${this.name}`;
    const { inputs, failures } = await this.lifecycle.check({ ...olds }, { region, ...args, [urnProperty]: urn });
    expect(failures).toEqual([]);
    this.#checked = inputs;
    return this;
  }

  /** `up`: creates it, or updates it if there is a change. Returns the decision about it. */
  async up(args: Bag): Promise<DiffResult | undefined> {
    await this.check(args);
    if (!this.state) {
      await this.create();
      return undefined;
    }
    const { id, outputs } = this.state;
    const decision = await this.lifecycle.diff(id, outputs, this.#checked);
    expect(decision.replaces).toEqual([]);
    if (decision.changes) await this.update();
    else this.state = { id, inputs: this.#checked, outputs };
    return decision;
  }

  async create(): Promise<void> {
    const { id, outs } = await this.#half(() => this.lifecycle.create(this.#checked));
    this.state = { id, inputs: this.#checked, outputs: outs };
  }

  async update(): Promise<void> {
    const { id, outputs } = this.#known();
    const { outs } = await this.#half(() => this.lifecycle.update(id, outputs, this.#checked));
    this.state = { id, inputs: this.#checked, outputs: outs };
  }

  async refresh(): Promise<void> {
    const { id, outputs } = this.#known();
    const { id: found, props, inputs } = await this.lifecycle.read(id, outputs);
    this.state = found === "" ? undefined : { id, inputs, outputs: props };
  }

  async remove(): Promise<void> {
    const { id, outputs } = this.#known();
    await this.lifecycle.delete(id, outputs);
    this.state = undefined;
  }

  #known(): State {
    if (!this.state) throw new Error(`${this.name} has no state`);
    return this.state;
  }

  async #half<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof InitializationFailed) {
        this.state = { id: error.id, inputs: this.#checked, outputs: error.properties };
      }
      throw error;
    }
  }
}

const keyNamed = (name = "disks") => new Resource(key, name);
const switchNamed = (name = "switch") => new Resource(encryption, name);
const ours = () => ({ kmsKeyId: cloud.key("app-disks") });
const restoring = () => ({ ...ours(), onDelete: "restore" });
const writes = () => cloud.requests().filter((word) => /put|reset|enable|disable/.test(word));

describe("a rename that was interrupted before its delete", () => {
  it("keeps the key and the switch when a later run deletes the old ones", async () => {
    cloud.change({ enabled: false });
    const [oldSwitch, oldKey] = [switchNamed("old switch"), keyNamed("old key")];
    await oldSwitch.up({});
    await oldKey.up(ours());
    await run();
    const [newSwitch, newKey] = [switchNamed("new switch"), keyNamed("new key")];
    await newSwitch.up({});
    await newKey.up(ours());
    await run();
    expect(await newSwitch.up({})).toMatchObject({ changes: false });
    expect(await newKey.up(ours())).toMatchObject({ changes: false });
    await oldKey.remove();
    await oldSwitch.remove();
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
    expect(writes()).toEqual([]);
  });

  it("keeps them however the account is spelled meanwhile", async () => {
    const byName = { ...ours(), kmsKeyId: cloud.key("app-disks", region, partner) };
    const agencyName = "evs-deployer";
    const old = keyNamed("old");
    await old.up({ ...byName, assumeRole: { agencyName, domainName: partner } });
    await run();
    const domainId = cloud.emulator.cloud.account(partner)?.id;
    const renamed = keyNamed("new");
    await renamed.up({ ...byName, assumeRole: { agencyName, domainId } });
    await run();
    await renamed.up({ ...byName, assumeRole: { agencyName, domainId } });
    await old.remove();
    expect(cloud.liveAlias(region, partner)).toBe("app-disks");
  });

  it("keeps the declared key if the old one was another", async () => {
    const old = keyNamed("old");
    await old.up({ kmsKeyId: cloud.key("sm4-disks") });
    await run();
    const renamed = keyNamed("new");
    await renamed.up(ours());
    await run();
    await renamed.up(ours());
    await old.remove();
    expect(cloud.liveAlias()).toBe("app-disks");
    expect(lines).toEqual([]);
  });

  it("keeps the declared switch if the old one was the opposite", async () => {
    const old = switchNamed("old");
    await old.up({ enabled: false, onDelete: "reset" });
    await run();
    const renamed = switchNamed("new");
    await renamed.up({});
    await run();
    await renamed.up({});
    await old.remove();
    expect(cloud.live().enabled).toBe(true);
    expect(lines).toEqual([]);
  });

  it("puts the declared value if the old resource's write came last", async () => {
    // The new one's state is from before: nobody has asked for a refresh.
    const [renamed, old] = [keyNamed("new"), keyNamed("old")];
    await renamed.up(ours());
    await run();
    await old.up({ kmsKeyId: cloud.key("sm4-disks") });
    await run();
    await renamed.up(ours());
    await old.remove();
    expect(cloud.liveAlias()).toBe("app-disks");

    cloud.change({ enabled: true });
    const [renamedSwitch, oldSwitch] = [switchNamed("new switch"), switchNamed("old switch")];
    await renamedSwitch.up({});
    await run();
    await oldSwitch.up({ enabled: false });
    await run();
    await renamedSwitch.up({});
    await oldSwitch.remove();
    expect(cloud.live().enabled).toBe(true);
  });

  it("leaves a foreign value alone that came in between", async () => {
    const [old, renamed] = [keyNamed("old"), keyNamed("new")];
    await old.up({ kmsKeyId: cloud.key("sm4-disks") });
    await run();
    await renamed.up(ours());
    cloud.change({ keyId: cloud.key("app-disks-next") });
    await run();
    await renamed.up(ours());
    await old.remove();
    expect(cloud.liveAlias()).toBe("app-disks-next");
  });
});

it("makes a declared value that is only written to state the one that a delete leaves", async () => {
  const [oldKey, oldSwitch] = [keyNamed("old"), switchNamed("old")];
  await oldKey.up(ours());
  await oldSwitch.up({});
  await run();
  // A rename that was interrupted before its deletes, and is taken back together with another edit.
  const [newKey, newSwitch] = [keyNamed("new"), switchNamed("new")];
  await newKey.up({ kmsKeyId: cloud.key("sm4-disks") });
  await newSwitch.up({ enabled: false });
  await run();
  expect(await oldKey.up(restoring())).toMatchObject({ changes: true });
  expect(await oldSwitch.up({ onDelete: "reset" })).toMatchObject({ changes: true });
  expect(writes()).toEqual([]);
  await newKey.remove();
  await newSwitch.remove();
  expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["app-disks", true]);
});

describe("a rename whose new resource fails, in a run that goes on to its deletes", () => {
  const refuse = () => {
    for (const operation of ["UpdateDefaultKmsKeyId", "EnableEncryptionByDefault"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 403 } });
    }
  };
  const failure = (name: string) =>
    `"${name}", which declares the project ${cloud.project()} in ${region} now, has failed. Nothing was changed; run up again.`;

  async function made(): Promise<[Resource, Resource]> {
    cloud.change({ keyId: cloud.key("sm4-disks"), enabled: false });
    const [oldKey, oldSwitch] = [keyNamed("old"), switchNamed("old")];
    await oldKey.up(restoring());
    await oldSwitch.up({});
    await run();
    return [oldKey, oldSwitch];
  }

  it("keeps the old one, and what it had noted, if the new one cannot be created", async () => {
    const [oldKey, oldSwitch] = await made();
    refuse();
    await failureOf(keyNamed("new key").up(restoring()));
    await failureOf(switchNamed("new switch").up({}));
    expect((await failureOf(oldKey.remove())).message).toBe(failure("new key"));
    expect((await failureOf(oldSwitch.remove())).message).toBe(failure("new switch"));
    expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["app-disks", true]);
    await run();
    await oldKey.remove();
    await oldSwitch.remove();
    expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["sm4-disks", false]);
  });

  it("keeps the old one if the new one, in state already, cannot be updated", async () => {
    const [oldKey, oldSwitch] = await made();
    const [newKey, newSwitch] = [keyNamed("new key"), switchNamed("new switch")];
    await newKey.up({ kmsKeyId: cloud.key("app-disks-next") });
    await newSwitch.up({ enabled: false });
    await run();
    refuse();
    await failureOf(newKey.up(ours()));
    await failureOf(newSwitch.up({}));
    expect((await failureOf(oldKey.remove())).message).toBe(failure("new key"));
    expect((await failureOf(oldSwitch.remove())).message).toBe(failure("new switch"));
  });

  it("lets the old one go if the new one is half made: state has it, and what it needs", async () => {
    const [oldKey, oldSwitch] = await made();
    for (const operation of ["UpdateDefaultKmsKeyId", "EnableEncryptionByDefault"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500 } });
    }
    expect(await failureOf(keyNamed("new key").up({ kmsKeyId: cloud.key("app-disks-next") }))).toBeInstanceOf(
      InitializationFailed,
    );
    cloud.change({ enabled: false });
    expect(await failureOf(switchNamed("new switch").up({}))).toBeInstanceOf(InitializationFailed);
    await oldKey.remove();
    await oldSwitch.remove();
    expect(lines.filter((line) => line.includes("another resource of the program declares it"))).toHaveLength(2);
  });

  it("says what is lost if the new one is not made, because what it depends on has failed", async () => {
    const [oldKey, oldSwitch] = await made();
    await keyNamed("new key").check(restoring());
    await switchNamed("new switch").check({});
    await oldKey.remove();
    await oldSwitch.remove();
    const unmade = "declares it is not created yet, and unless this run creates it will not have the previous";
    expect(lines).toEqual([
      expect.stringContaining(`${unmade} key recorded by this one.`),
      expect.stringContaining("is unchanged: another resource"),
      expect.stringContaining(`${unmade} setting recorded by this one (off).`),
      expect.stringContaining("is unchanged: another resource"),
    ]);
  });
});

describe("a foreign value that a refresh has shown", () => {
  it.each(["reset", "restore"])(
    "is not undone by a delete, and one line says so: key, onDelete %s",
    async (onDelete) => {
      cloud.change({ keyId: cloud.key("sm4-disks") });
      const disks = keyNamed();
      await disks.up({ ...ours(), onDelete });
      cloud.change({ keyId: cloud.key("app-disks-next") });
      await run();
      await disks.refresh();
      await disks.refresh(); // a second one must not take it for ours
      await disks.remove();
      expect(cloud.liveAlias()).toBe("app-disks-next");
      expect(writes()).toEqual([]);
      expect(lines).toEqual([expect.stringMatching(/ stays: it was changed outside this resource\.$/)]);
    },
  );

  it.each(["reset", "restore"])("is not undone by a delete: switch, onDelete %s", async (onDelete) => {
    cloud.change({ enabled: true });
    const encrypted = switchNamed();
    await encrypted.up({ enabled: false, onDelete });
    cloud.change({ enabled: true });
    await run();
    await encrypted.refresh();
    await encrypted.refresh();
    await encrypted.remove();
    expect(cloud.live().enabled).toBe(true);
    expect(writes()).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(/stays on: it was changed outside this resource\.$/)]);
  });

  it("is put right by the next up, and the value is ours again", async () => {
    const disks = keyNamed();
    await disks.up(ours());
    cloud.change({ keyId: cloud.key("app-disks-next") });
    await run();
    await disks.refresh();
    expect(await disks.up(ours())).toMatchObject({ changes: true });
    expect(cloud.liveAlias()).toBe("app-disks");
    await run();
    await disks.remove();
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("is adopted by the program that declares it: in state only, and then it is ours", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(ours());
    await encrypted.up({ onDelete: "reset" });
    cloud.change({ keyId: cloud.key("app-disks-next"), enabled: false });
    await run();
    await disks.refresh();
    await encrypted.refresh();
    cloud.requests();
    expect(await disks.up({ kmsKeyId: cloud.key("app-disks-next") })).toMatchObject({ changes: true });
    expect(await encrypted.up({ enabled: false, onDelete: "reset" })).toMatchObject({ changes: true });
    expect(cloud.requests()).toEqual([]);
    for (const { state } of [disks, encrypted]) {
      expect(Object.keys(state?.outputs ?? {}).filter((name) => name.startsWith("applied"))).toEqual([]);
    }
    expect(await disks.up({ kmsKeyId: cloud.key("app-disks-next") })).toMatchObject({ changes: false });
    await run();
    await disks.remove();
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("that is taken back by its author shows no drift, and the value is ours as before", async () => {
    const disks = keyNamed();
    await disks.up(ours());
    const before = disks.state?.outputs;
    cloud.change({ keyId: cloud.key("app-disks-next") });
    await disks.refresh();
    cloud.change({ keyId: cloud.key("app-disks") });
    await disks.refresh();
    expect(disks.state?.outputs).toEqual(before);
  });
});

it("never writes on a delete if what is live is not what the resource has set", () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        onDelete: fc.constantFrom("reset", "restore"),
        found: fc.constantFrom("", "sm4-disks", "app-disks"),
        foreign: fc.constantFrom("", "sm4-disks", "app-disks-next"),
        enabled: fc.boolean(),
        wasEnabled: fc.boolean(),
        refreshes: fc.nat(2),
      }),
      async ({ onDelete, found, foreign, enabled, wasEnabled, refreshes }) => {
        await run();
        const alias = (name: string) => (name === "" ? "" : cloud.key(name));
        cloud.change({ keyId: alias(found), enabled: wasEnabled });
        const [disks, encrypted] = [keyNamed(), switchNamed()];
        await encrypted.up({ enabled, onDelete });
        await disks.up({ ...ours(), onDelete });
        cloud.change({ keyId: alias(foreign), enabled: !enabled });
        await run();
        for (let time = 0; time < refreshes; time++) {
          await disks.refresh();
          await encrypted.refresh();
        }
        cloud.requests();
        await disks.remove();
        await encrypted.remove();
        expect(writes()).toEqual([]);
        expect(cloud.live()).toMatchObject({ keyId: alias(foreign), enabled: !enabled });
      },
    ),
    { numRuns: 25 },
  ));

describe("what restore has noted", () => {
  beforeEach(() => cloud.change({ keyId: cloud.key("sm4-disks"), enabled: false }));

  const destroyed = async (...resources: Resource[]) => {
    await run();
    for (const resource of resources) await resource.remove();
    return [cloud.liveAlias(), cloud.live().enabled];
  };

  it("survives updates, also of onDelete", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(restoring());
    await encrypted.up({});
    for (const onDelete of ["reset", "restore"]) {
      await disks.up({ kmsKeyId: cloud.key("app-disks-next"), onDelete });
      await encrypted.up({ onDelete });
    }
    expect(await destroyed(disks, encrypted)).toEqual(["sm4-disks", false]);
  });

  it.each(["a rename", "--replace or a taint"])("survives %s with a refresh in the same run", async (what) => {
    const isRename = what === "a rename";
    const [oldKey, oldSwitch] = [keyNamed(), switchNamed()];
    await oldKey.up(restoring());
    await oldSwitch.up({});
    await run();
    await oldKey.refresh();
    await oldSwitch.refresh();
    // Neither hands over the old inputs to check, nor is there a diff.
    const newKey = await keyNamed(isRename ? "renamed" : "disks").check(restoring(), {});
    const newSwitch = await switchNamed(isRename ? "renamed" : "switch").check({}, {});
    await newKey.create();
    await newSwitch.create();
    await oldKey.remove();
    await oldSwitch.remove();
    expect(lines).toEqual([
      expect.stringMatching(/the program declares it/),
      expect.stringMatching(/the program declares it/),
    ]);
    expect(await destroyed(newKey, newSwitch)).toEqual(["sm4-disks", false]);
  });

  it("cannot survive a rename without a refresh: a line names `aliases`, and destroying says what is true", async () => {
    const [oldKey, oldSwitch] = [keyNamed(), switchNamed()];
    await oldKey.up(restoring());
    await oldSwitch.up({});
    await run();
    const [newKey, newSwitch] = [keyNamed("renamed"), switchNamed("renamed")];
    await newKey.up(restoring());
    await newSwitch.up({});
    expect(lines).toEqual([
      `The default encryption key of project ${cloud.project()} in ${region} is the declared one already: with onDelete "restore", destroying leaves it so, while it can be used.`,
      `Default encryption of project ${cloud.project()} in ${region} is on already: with onDelete "restore", destroying leaves it so.`,
    ]);
    await oldKey.remove();
    await oldSwitch.remove();
    expect(lines.filter((line) => line.includes('aliases: [{ name: "old name" }]'))).toHaveLength(2);
    expect(await destroyed(newKey, newSwitch)).toEqual(["app-disks", true]);
    expect(lines).toEqual([
      expect.stringContaining("the same key was set already when this resource was created"),
      expect.stringContaining("stays on: it was so at creation"),
    ]);
  });

  it.each(["none", "another"])(
    "is missed after an interrupted rename too, if the new one has noted %s",
    async (what) => {
      const [oldKey, oldSwitch] = [keyNamed(), switchNamed()];
      await oldKey.up(restoring());
      await oldSwitch.up({});
      await run();
      const onDelete = what === "none" ? "reset" : "restore";
      const [newKey, newSwitch] = [keyNamed("renamed"), switchNamed("renamed")];
      await newKey.up({ ...ours(), onDelete });
      await newSwitch.up({ onDelete });
      await run();
      await newKey.up({ ...ours(), onDelete });
      await newSwitch.up({ onDelete });
      await oldKey.remove();
      await oldSwitch.remove();
      expect(lines).toEqual([
        expect.stringMatching(/declares it does not have the previous key recorded by this one\. .*aliases/),
        expect.stringContaining("is unchanged: another resource"),
        expect.stringMatching(
          /declares it does not have the previous setting recorded by this one \(off\)\. .*aliases/,
        ),
        expect.stringContaining("is unchanged: another resource"),
      ]);
    },
  );

  it.each<[string, () => Bag, Bag]>([
    ["nothing", () => ours(), { onDelete: "reset" }],
    ["what is not to be restored", () => restoring(), {}],
  ])("is missed by nobody if the old one had noted %s", async (_, declared, ofSwitch) => {
    const ofKey = declared();
    const [oldKey, oldSwitch] = [keyNamed(), switchNamed()];
    await oldKey.up(ofKey);
    await oldSwitch.up(ofSwitch);
    const onDelete = ofKey.onDelete === "restore" ? "reset" : "restore";
    await oldKey.up({ ...ofKey, onDelete });
    await oldSwitch.up({ ...ofSwitch, onDelete });
    await run();
    await keyNamed("renamed").up(ours());
    await switchNamed("renamed").up({ onDelete: "reset" });
    await oldKey.remove();
    await oldSwitch.remove();
    expect(lines).toEqual([
      expect.stringMatching(
        /^The default encryption key of .* is unchanged: another resource of the program declares it\.$/,
      ),
      expect.stringMatching(/^Default encryption of .* is unchanged: another resource of the program declares it\.$/),
    ]);
  });

  it("survives a replacement that deletes first", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(restoring());
    await encrypted.up({});
    await run();
    const [nextKey, nextSwitch] = [keyNamed(), switchNamed()];
    await nextKey.check(restoring(), {});
    await nextSwitch.check({}, {});
    await disks.remove();
    await encrypted.remove();
    expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["app-disks", true]);
    await nextKey.create();
    await nextSwitch.create();
    expect(await destroyed(nextKey, nextSwitch)).toEqual(["sm4-disks", false]);
  });

  it("is not handed on by a delete that gives the target up: a later create finds it afresh", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(restoring());
    await encrypted.up({});
    expect(await destroyed(disks, encrypted)).toEqual(["sm4-disks", false]);
    cloud.change({ keyId: cloud.key("app-disks-next"), enabled: true });
    const [nextKey, nextSwitch] = [keyNamed("next"), switchNamed("next")];
    await nextKey.up(restoring());
    await nextSwitch.up({});
    expect(nextKey.state?.outputs).toMatchObject({ previousKmsKeyId: cloud.key("app-disks-next") });
    expect(nextSwitch.state?.outputs).toMatchObject({ previouslyEnabled: true });
  });

  it("survives an alias, also together with another spelling of the project, which is no replacement", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(restoring());
    await encrypted.up({});
    await run();
    const renamed = keyNamed("renamed").with(disks.state);
    const renamedSwitch = switchNamed("renamed").with(encrypted.state);
    const spelling = { projectId: cloud.project() };
    expect(await renamed.up({ ...restoring(), ...spelling })).toEqual({
      changes: false,
      replaces: [],
      deleteBeforeReplace: false,
    });
    expect(await renamedSwitch.up(spelling)).toMatchObject({ changes: false, replaces: [] });
    expect(cloud.requests()).toEqual([]);
    // And back: the other direction has to look the project up.
    await run();
    expect(await renamed.up(restoring())).toMatchObject({ changes: false, replaces: [] });
    expect(await renamedSwitch.up({})).toMatchObject({ changes: false, replaces: [] });
    expect(await destroyed(renamed, renamedSwitch)).toEqual(["sm4-disks", false]);
  });

  it("is not mixed up with what another resource only reads", async () => {
    await run();
    const id = `${region}/${cloud.project()}`;
    await key.read(id, {});
    await encryption.read(id, {});
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(restoring());
    await encrypted.up({});
    expect(disks.state?.outputs).toMatchObject({ previousKmsKeyId: cloud.key("sm4-disks") });
    expect(encrypted.state?.outputs).toMatchObject({ previouslyEnabled: false });
  });

  it("is the same where HW_PROJECT_ID is set in one shell, and not in another", async () => {
    const here = { HW_REGION_NAME: region };
    const disks = keyNamed();
    await run({ ...here, HW_PROJECT_ID: cloud.project() });
    await disks.up(restoring());
    await run(here);
    expect(await disks.up(restoring())).toMatchObject({ changes: false });
    await run({ ...here, HW_PROJECT_ID: cloud.project().toUpperCase() });
    expect(await disks.up(restoring())).toMatchObject({ changes: false });
    expect(writes()).toEqual([]);
    expect(await destroyed(disks)).toEqual(["sm4-disks", false]);
  });

  it("after a kill during the write is what the next create finds, and a line says so", async () => {
    // Their state is lost.
    await (await keyNamed().check(restoring())).create();
    await (await switchNamed().check({})).create();
    await run();
    await keyNamed().up(restoring());
    await switchNamed().up({});
    expect(lines).toEqual([
      expect.stringContaining("is the declared one already"),
      expect.stringContaining("is on already"),
    ]);
  });

  it("of a switch that is found otherwise needs no line", async () => {
    await run();
    await switchNamed().up({});
    expect(lines).toEqual([]);
    await run();
    cloud.change({ enabled: false });
    await switchNamed("again").up({ enabled: false });
    expect(lines).toEqual([expect.stringContaining("is off already")]);
    await run();
    await switchNamed("reset").up({ enabled: false, onDelete: "reset" });
    expect(lines).toEqual([]);
  });
});

describe("a write whose answer was lost", () => {
  it("and whose next try was throttled is read back: what went through is in state", async () => {
    cloud.change({ keyId: cloud.key("sm4-disks") });
    await run({ HW_MAX_RETRIES: "2" });
    const operation = "UpdateDefaultKmsKeyId";
    cloud.emulator.faults.add({ match: { operation }, action: { type: "resetAfter" } });
    cloud.emulator.faults.add({ match: { operation }, times: -1, action: { type: "status", status: 429 } });
    const disks = keyNamed();
    await disks.up(restoring());
    expect(disks.state?.outputs).toMatchObject({
      kmsKeyId: cloud.key("app-disks"),
      previousKmsKeyId: cloud.key("sm4-disks"),
    });
    cloud.emulator.faults.clear();
    await run();
    await disks.remove();
    expect(cloud.liveAlias()).toBe("sm4-disks");
  });

  it.each([{}, { onDelete: "restore" }])(
    "and could not be read back is repaired by the next up, with %j",
    async (more) => {
      for (const operation of ["UpdateDefaultKmsKeyId", "ShowDefaultKmsKeyId"]) {
        cloud.emulator.faults.add({ match: { operation }, times: -1, action: { type: "status", status: 500 } });
      }
      for (const operation of ["DisableEncryptionByDefault", "ShowEncryptionByDefault"]) {
        cloud.emulator.faults.add({ match: { operation }, times: -1, action: { type: "status", status: 500 } });
      }
      const [disks, encrypted] = [keyNamed(), switchNamed()];
      expect(await failureOf(disks.up({ ...ours() }))).toBeInstanceOf(InitializationFailed);
      expect(await failureOf(encrypted.up({ enabled: false, onDelete: "reset" }))).toBeInstanceOf(InitializationFailed);
      cloud.emulator.faults.clear();
      await run();
      expect(await disks.up({ ...ours(), ...more })).toMatchObject({ changes: true });
      expect(await encrypted.up({ enabled: false, onDelete: "reset", ...more })).toMatchObject({ changes: true });
      expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["app-disks", false]);
      await run();
      await disks.remove();
      expect(cloud.liveAlias()).toBe("evs/default");
    },
  );

  it("and is carried out late is ours all the same: destroying puts it back", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    for (const operation of ["UpdateDefaultKmsKeyId", "DisableEncryptionByDefault"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500, applied: false } });
    }
    await failureOf(disks.up(ours()));
    await failureOf(encrypted.up({ enabled: false }));
    cloud.change({ keyId: cloud.key("app-disks"), enabled: false });
    await run();
    await disks.remove();
    await encrypted.remove();
    expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["evs/default", true]);
  });

  it("and was not carried out leaves what this resource had set before its own", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(ours());
    await encrypted.up({});
    for (const operation of ["UpdateDefaultKmsKeyId", "DisableEncryptionByDefault"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500, applied: false } });
    }
    await failureOf(disks.up({ kmsKeyId: cloud.key("app-disks-next") }));
    await failureOf(encrypted.up({ enabled: false }));
    // It may yet be carried out: what is live is not known, and what this resource had set before still is its own.
    expect(disks.state?.outputs).toMatchObject({ appliedKmsKeyId: cloud.key("app-disks") });
    expect(disks.state?.outputs).not.toHaveProperty("kmsKeyId");
    expect(encrypted.state?.outputs).toMatchObject({ appliedEnabled: true });
    expect(encrypted.state?.outputs).not.toHaveProperty("enabled");
    await run();
    await disks.remove();
    expect(cloud.liveAlias()).toBe("evs/default");
  });

  it("and is carried out after the program has gone back to the value before is written over", async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(ours());
    await encrypted.up({});
    for (const operation of ["UpdateDefaultKmsKeyId", "DisableEncryptionByDefault"]) {
      cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 500, applied: false } });
    }
    await failureOf(disks.up({ kmsKeyId: cloud.key("app-disks-next") }));
    await failureOf(encrypted.up({ enabled: false }));
    cloud.change({ keyId: cloud.key("app-disks-next"), enabled: false });
    await run();
    expect(await disks.up(ours())).toMatchObject({ changes: true });
    expect(await encrypted.up({})).toMatchObject({ changes: true });
    expect([cloud.liveAlias(), cloud.live().enabled]).toEqual(["app-disks", true]);
  });
});

describe("a switch and a key of one target, without dependsOn", () => {
  beforeEach(() => cloud.emulator.cloud.forgetDefaultEncryption(cloud.project()));
  const failing = (operation: string, status: number, skip = 0) =>
    cloud.emulator.faults.add({ match: { operation }, skip, action: { type: "status", status, applied: false } });

  it.each(["the switch", "the key", "both at once"])("end right whichever is created first: %s", async (first) => {
    const disks = await keyNamed().check(ours());
    const encrypted = await switchNamed().check({});
    const steps = [() => encrypted.create(), () => disks.create()];
    if (first === "the key") steps.reverse();
    if (first === "both at once") await Promise.all(steps.map((step) => step()));
    else for (const step of steps) await step();
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
  });

  it("end right if the key is in state already", async () => {
    const disks = keyNamed();
    await disks.up(ours());
    await run();
    const encrypted = await switchNamed().check({});
    await disks.up(ours());
    await encrypted.create();
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
  });

  it("leave the switch half made if the declared key could not be put back, and the next up does it", async () => {
    const disks = keyNamed();
    await disks.up(ours());
    failing("UpdateDefaultKmsKeyId", 503);
    const encrypted = switchNamed();
    const error = await failureOf(encrypted.up({}));
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error.message).toMatch(
      /is on, but the default key may have changed and could not be read or restored: .*HTTP 503/,
    );
    expect(cloud.liveAlias()).toBe("evs/default");
    await run();
    await disks.refresh();
    await disks.up(ours());
    expect(await encrypted.up({})).toMatchObject({ changes: true });
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
  });

  it("lets a half-made switch be removed, or names the way out, if its project is gone and another declares it", async () => {
    const disks = keyNamed();
    await disks.up(ours());
    failing("UpdateDefaultKmsKeyId", 503);
    const encrypted = switchNamed();
    await failureOf(encrypted.up({}));
    await run();
    await disks.up(ours());
    await switchNamed("new switch").check({});
    const [code, message] = ["EVS.5403", "Policy check failed."];
    cloud.emulator.faults.add({ match: { service: "evs" }, action: { type: "error", status: 403, code, message } });
    await expect(encrypted.remove()).rejects.toThrow(/remove the resource from the state: pulumi state delete URN\.$/);
  });

  describe("of which the key is in state, and comes after the switch in the program", () => {
    async function keyInState(): Promise<Resource> {
      const disks = keyNamed();
      await disks.up(ours());
      await run();
      return disks;
    }

    it.each([
      ["the key cannot be read", "ShowDefaultKmsKeyId", 503, 1],
      ["KMS does not answer", "ListKeyDetail", 503, 0],
      ["the key cannot be put back", "UpdateDefaultKmsKeyId", 503, 0],
      ["that is refused", "UpdateDefaultKmsKeyId", 403, 0],
    ])("set the key in the same run if %s", async (_, operation, status, skip) => {
      const disks = await keyInState();
      failing(operation, status, skip);
      expect(await failureOf(switchNamed().up({}))).toBeInstanceOf(InitializationFailed);
      expect(cloud.liveAlias()).toBe("evs/default");
      expect(await disks.up(ours())).toMatchObject({ changes: true });
      expect(cloud.liveAlias()).toBe("app-disks");
    });

    it("set the key too where only onDelete changes", async () => {
      const disks = await keyInState();
      failing("UpdateDefaultKmsKeyId", 503);
      await failureOf(switchNamed().up({}));
      await disks.up(restoring());
      expect(cloud.liveAlias()).toBe("app-disks");
    });

    it("set the key in the next run if the first ended there, without a refresh", async () => {
      const disks = await keyInState();
      failing("UpdateDefaultKmsKeyId", 503);
      const encrypted = switchNamed();
      await failureOf(encrypted.up({}));
      await run();
      await encrypted.up({});
      expect(await disks.up(ours())).toMatchObject({ changes: true });
      expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
      await run();
      expect(await encrypted.up({})).toMatchObject({ changes: false });
      expect(await disks.up(ours())).toMatchObject({ changes: false });
    });

    it("set the key in the next run if the process was killed before it was put back", async () => {
      const disks = await keyInState();
      failing("UpdateDefaultKmsKeyId", 503);
      await failureOf(switchNamed().up({})); // its state is lost
      await run();
      await switchNamed().up({});
      expect(await disks.up(ours())).toMatchObject({ changes: true });
      expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "app-disks"]);
    });

    it("have no change of the key if it was put back, or never lost", async () => {
      const disks = await keyInState();
      const encrypted = switchNamed();
      await encrypted.up({});
      expect(lines).toEqual([expect.stringContaining("the previous key was restored")]);
      expect(await disks.up(ours())).toMatchObject({ changes: false });
      await run();
      await encrypted.up({ enabled: false });
      expect(await disks.up(ours())).toMatchObject({ changes: false });
    });

    it("keep a key of another account, which KMS does not know here", async () => {
      const disks = await keyInState();
      failing("ListKeyDetail", 404);
      await switchNamed().up({});
      expect(cloud.liveAlias()).toBe("app-disks");
      expect(await disks.up(ours())).toMatchObject({ changes: false });
    });
  });
});

describe("a switch that puts encryption back on while its key is unusable", () => {
  /** Found on, with another key; switched off by the program, whose key somebody has disabled since. */
  async function declared(more: Bag): Promise<{ disks: Resource; encrypted: Resource }> {
    cloud.change({ enabled: true, keyId: cloud.key("sm4-disks") });
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up({ ...ours(), ...more });
    await encrypted.up({ enabled: false });
    cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), "disabled");
    await run();
    return { disks, encrypted };
  }

  it.each<[string, Bag, string]>([
    ["the switch", { onDelete: "restore" }, "sm4-disks"],
    ["the key", { onDelete: "restore" }, "sm4-disks"],
    ["the switch", { onDelete: "reset" }, "evs/default"],
  ])("is destroyed with the key in any order: %s first, %p", async (first, more, found) => {
    const { disks, encrypted } = await declared(more);
    const resources = first === "the key" ? [disks, encrypted] : [encrypted, disks];
    for (const resource of resources) await resource.remove();
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, found]);
  });

  it.each<[string, () => unknown]>([
    ["somebody else sets a key in between", () => cloud.change({ keyId: cloud.key("app-disks-next") })],
    ["the key is destroyed in a later run, which cannot know it", () => run()],
  ])("leaves the key if %s", async (_, meanwhile) => {
    const { disks, encrypted } = await declared({ onDelete: "restore" });
    await encrypted.remove();
    await meanwhile();
    const before = cloud.liveAlias();
    await disks.remove();
    expect(cloud.liveAlias()).toBe(before);
    expect(lines.at(-1)).toMatch(/stays: it was changed outside this resource/);
  });

  it.each<[string, "enabled" | "disabled", string, RegExp]>([
    ["which can be used again", "enabled", "app-disks", /was not the declared one; the declared key was set\.$/],
    [
      "which still cannot be used",
      "disabled",
      "evs/default",
      /is not the declared one: the declared key .* is disabled/,
    ],
  ])("is removed in two runs if the first fails to put back the declared key, %s", async (_, state, alias, line) => {
    const { disks, encrypted } = await declared({});
    const operation = "ListKeyDetail";
    cloud.emulator.faults.add({ match: { operation }, action: { type: "status", status: 503 } });
    await disks.up(ours());
    await expect(encrypted.remove()).rejects.toThrow(/is on, but the default key .* could not be read or restored/);
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, "evs/default"]);

    cloud.emulator.cloud.setKeyState(cloud.key("app-disks"), state);
    await run();
    expect(await disks.up(ours())).toMatchObject({ changes: false });
    await encrypted.remove();
    expect([cloud.live().enabled, cloud.liveAlias()]).toEqual([true, alias]);
    expect(lines).toEqual([expect.stringMatching(line)]);
  });

  it("leaves the key if somebody else had set another before", async () => {
    const { disks, encrypted } = await declared({ onDelete: "restore" });
    cloud.change({ keyId: cloud.key("app-disks-next") });
    cloud.emulator.cloud.setKeyState(cloud.key("app-disks-next"), "disabled");
    await encrypted.remove();
    await disks.remove();
    expect(cloud.liveAlias()).toBe("evs/default");
    expect(lines.at(-1)).toMatch(/stays: it was changed outside this resource/);
  });
});

describe("a project that is gone", () => {
  const gone = { type: "error", status: 400, code: "EVS.0001", message: "Invalid tenant id!" } as const;
  const maybe = { type: "error", status: 403, code: "EVS.5403", message: "Policy check failed." } as const;

  const made = async () => {
    const [disks, encrypted] = [keyNamed(), switchNamed()];
    await disks.up(ours());
    await encrypted.up({});
    await run();
    return [disks, encrypted] as const;
  };

  it.each([
    ["refresh", ["and with it its default encryption key", "and with it its default encryption"]],
    ["remove", ["so there is nothing to restore", "so there is nothing to restore"]],
  ] as const)("ends a %s, with a line that says what was concluded from what", async (end, consequences) => {
    const resources = await made();
    cloud.emulator.faults.add({ match: { service: "evs" }, times: -1, action: gone });
    for (const resource of resources) {
      await resource[end]();
      expect(resource.state).toBeUndefined();
    }
    const where = `project ${cloud.project()} in ${region}`;
    expect(lines).toEqual(
      consequences.map((consequence) =>
        expect.stringMatching(
          new RegExp(`^The ${where} appears to have been deleted, ${consequence}: .*Invalid tenant id.*EVS\\.0001`),
        ),
      ),
    );
  });

  it.each(["refresh", "remove"] as const)(
    "that may only have been closed to us fails a %s, and the error names the way out",
    async (end) => {
      const resources = await made();
      cloud.emulator.faults.add({ match: { service: "evs" }, times: -1, action: maybe });
      for (const resource of resources) {
        const error = await failureOf(resource[end]());
        expect(error.message).toMatch(/EVS\.5403.* If the project was deleted, .*pulumi state delete URN\.$/);
        expect(resource.state).toBeDefined();
      }
      expect(lines).toEqual([]);
    },
  );
});

it("sends project and key IDs in lower case, however they are spelled", async () => {
  const upper = { projectId: cloud.project().toUpperCase(), kmsKeyId: cloud.key("app-disks").toUpperCase() };
  await keyNamed().up(upper);
  const sent = cloud.records().filter(({ path }) => path.includes("/v5/"));
  expect(sent.map(({ path }) => path)).toEqual(sent.map(({ path }) => path.toLowerCase()));
  expect(cloud.live().keyId).toBe(cloud.key("app-disks"));
});

it("does not reset a target that a resource has moved away from to one that another has moved to", async () => {
  const [one, other] = [keyNamed("one"), keyNamed("other")];
  await one.up(ours());
  await other.up({ region: otherRegion, kmsKeyId: cloud.key("app-disks", otherRegion) });
  await run();
  // They change places: each is a replacement, created before the old ones are deleted.
  const [first, second] = [one.state, other.state];
  const [newOne, newOther] = [keyNamed("one"), keyNamed("other")];
  await newOne.check({ region: otherRegion, kmsKeyId: cloud.key("app-disks-next", otherRegion) }, {});
  await newOther.check({ kmsKeyId: cloud.key("app-disks-next") }, {});
  await newOne.create();
  await newOther.create();
  await keyNamed("one").with(first).remove();
  await keyNamed("other").with(second).remove();
  expect([cloud.liveAlias(), cloud.liveAlias(otherRegion)]).toEqual(["app-disks-next", "app-disks-next"]);
});
