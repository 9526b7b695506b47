// The resources as programs use them, under Pulumi's mocks: their outputs and their types.
import * as pulumi from "@pulumi/pulumi";
import * as evs from "./index";

const kmsKeyId = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";
const projectId = "0123456789abcdef0123456789abcdef";

/** As the cloud does, each name has an ID of its own. */
const projectIdOf = (name: string) => Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32);

let registered: pulumi.runtime.MockResourceArgs[];

/** Starts a program: everything until the next call is one run. */
async function startProgram(configuration: Record<string, string> = {}, preview = false): Promise<void> {
  registered = [];
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        registered.push(args);
        const { region = "cn-north-4", projectName = region, assumeRole } = args.inputs;
        const state = { projectId: projectIdOf((assumeRole?.domainName ?? "") + projectName), ...args.inputs };
        return { id: `${region}/${state.projectId}`, state };
      },
      call: () => ({}),
    },
    "project",
    "stack",
    preview,
  );
  pulumi.runtime.setAllConfig(configuration);
}

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

/** Resolves when all asynchronous work of a program is done. */
const settled = async () => {
  await pulumi.runtime.disconnect();
  await new Promise(setImmediate);
};

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(HW|OS)_/.test(name)) delete process.env[name];
  return startProgram();
});

afterEach(settled);

describe("under mocks, as in a user's own unit tests", () => {
  it("runs, and has the outputs that the mocks give", async () => {
    const key = new evs.DefaultEncryptionKey("key", { kmsKeyId, region: "cn-north-4" });
    const encryption = new evs.DefaultEncryption("switch", { region: "cn-north-4" });
    expect(await resolved(pulumi.all([key.id, key.kmsKeyId, key.projectId, key.previousKmsKeyId]))).toEqual([
      `cn-north-4/${projectIdOf("cn-north-4")}`,
      kmsKeyId,
      projectIdOf("cn-north-4"),
      undefined,
    ]);
    expect(await resolved(encryption.region)).toBe("cn-north-4");
    // Two resources that do not depend on each other are registered in any order.
    expect(Object.fromEntries(registered.map(({ type, name }) => [name, type]))).toEqual({
      key: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
      switch: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
    });
  });

  it("registers what the user wrote, and the provider's text beside it", async () => {
    const assumeRole = { agencyName: "evs-deployer", domainName: "example-partner" };
    const key = new evs.DefaultEncryptionKey("key", {
      kmsKeyId,
      region: "cn-north-4",
      assumeRole,
      onDelete: "restore",
    });
    await resolved(key.id);
    expect(registered[0]?.inputs).toEqual({
      kmsKeyId,
      region: "cn-north-4",
      assumeRole,
      onDelete: "restore",
      __provider: expect.stringContaining("pulumi-huaweicloud-evs/provider/defaultEncryptionKey"),
    });
  });

  it("has the outputs that state has, and not what was typed: a transformation may change it", async () => {
    const assumeRole = { agencyName: "evs-deployer", domainName: "example-partner" };
    const key = new evs.DefaultEncryptionKey(
      "key",
      { kmsKeyId, region: "cn-north-4", onDelete: "reset" },
      {
        transformations: [({ props, opts }) => ({ props: { ...props, onDelete: "restore", assumeRole }, opts })],
      },
    );
    expect(await resolved(pulumi.all([key.onDelete, key.assumeRole]))).toEqual(["restore", assumeRole]);
  });

  it("fails with a stack that leads to the program, and leaves the limit of stacks alone", () => {
    const limit = Error.stackTraceLimit;
    const failure = (): Error => {
      try {
        new evs.DefaultEncryptionKey("", { kmsKeyId, region: "cn-north-4" });
      } catch (error) {
        return error as Error;
      }
      throw new Error("it should have failed");
    };
    expect(failure().stack).toMatch(/Missing resource name argument.*resources\.test\.ts/s);
    expect(Error.stackTraceLimit).toBe(limit);
    new evs.DefaultEncryptionKey("key", { kmsKeyId, region: "ap-southeast-3" });
    expect(Error.stackTraceLimit).toBe(limit);
  });

  it("runs the component, with names that tell the region", async () => {
    const baseline = new evs.DefaultEncryptionBaseline("baseline", {
      projects: { "cn-north-4": kmsKeyId, team: { region: "cn-north-4", projectName: "cn-north-4_team", kmsKeyId } },
    });
    expect(Object.keys(await resolved(baseline.projects))).toEqual(["cn-north-4", "team"]);
    expect(registered.map(({ name }) => name).sort()).toEqual([
      "baseline",
      "baseline-cn-north-4",
      "baseline-cn-north-4",
      "baseline-team",
      "baseline-team",
    ]);
  });
});

it("is read by its ID", async () => {
  const key = evs.DefaultEncryptionKey.get("found", `cn-north-4/${projectId}`);
  await resolved(key.urn);
  expect(registered).toEqual([expect.objectContaining({ name: "found", id: `cn-north-4/${projectId}` })]);
});

describe("isInstance", () => {
  const types = [evs.DefaultEncryptionKey, evs.DefaultEncryption];

  it("tells the kinds apart", () => {
    const key = new evs.DefaultEncryptionKey("key", { kmsKeyId, region: "cn-north-4" });
    const encryption = new evs.DefaultEncryption("switch", { region: "cn-north-4" });
    expect(types.map((type) => type.isInstance(key))).toEqual([true, false]);
    expect(types.map((type) => type.isInstance(encryption))).toEqual([false, true]);
  });

  it("knows an instance of another copy of this package", () => {
    expect(
      evs.DefaultEncryptionKey.isInstance({
        __pulumiType: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
      }),
    ).toBe(true);
  });

  it.each([[undefined], [null], [{}], ["text"], [7]])("is false for %p", (value) => {
    expect(types.map((type) => type.isInstance(value))).toEqual([false, false]);
  });
});

describe("a second resource of one target", () => {
  const declare = (name: string, args: Partial<evs.DefaultEncryptionKeyArgs>) =>
    new evs.DefaultEncryptionKey(name, { kmsKeyId, ...args });
  const projectId = "0123456789abcdef0123456789ABCDEF";

  it.each<[string, Partial<evs.DefaultEncryptionKeyArgs>, Partial<evs.DefaultEncryptionKeyArgs>]>([
    ["without a region", {}, {}],
    ["by region", { region: "r-a-1" }, { region: "r-a-1" }],
    ["by ID, in any case", { projectId }, { projectId: projectId.toLowerCase() }],
    ["by role", { assumeRole: { agencyName: "a", domainId: "d" } }, { assumeRole: { agencyName: "a", domainId: "d" } }],
  ])("is refused %s, before it is registered", (_, first, second) => {
    declare("first", first);
    expect(() => declare("second", second)).toThrow(
      'DefaultEncryptionKey "second" is for the same target as "first", and a target has only one DefaultEncryptionKey',
    );
  });

  it("is refused of another copy of the package too, and of the same name in another component", () => {
    declare("same", { region: "r-a-1" });
    const parent = new pulumi.ComponentResource("t:c:Other", "other");
    jest.isolateModules(() => {
      const copy: typeof evs = require("./index");
      expect(() => new copy.DefaultEncryptionKey("same", { kmsKeyId, region: "r-a-1" }, { parent })).toThrow(
        "is for the same target",
      );
    });
  });

  it("is none of another kind, another spelling, or if one is only read or known later", async () => {
    const made = [
      declare("key", { region: "r-a-1" }),
      new evs.DefaultEncryption("switch", { region: "r-a-1" }),
      declare("name", { region: "r-a-1", projectName: "r-a-1_x" }),
      declare("later", { region: pulumi.output("r-a-1") }),
      evs.DefaultEncryptionKey.get("read", `r-a-1/${projectId}`),
    ];
    await resolved(pulumi.all(made.map(({ urn }) => urn)));
    expect(made).toHaveLength(5);
  });
});
