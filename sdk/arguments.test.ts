// Mistakes of programs that no compiler has checked: each is a sentence, and nothing is registered.
import * as pulumi from "@pulumi/pulumi";
import * as evs from "./index";

let registered: string[];

beforeEach(async () => {
  for (const name of Object.keys(process.env)) if (/^(HW|OS)_/.test(name)) delete process.env[name];
  registered = [];
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => {
      registered.push(name);
      return { id: "id", state: inputs };
    },
    call: () => ({}),
  });
});

afterEach(async () => {
  await pulumi.runtime.disconnect();
});

/** As JavaScript calls them: with whatever there is. */
const construct = (Resource: new (...given: never[]) => pulumi.Resource, ...given: unknown[]) =>
  Reflect.construct(Resource, ["r", ...given]);

const wrong: [string, unknown, string][] = [
  ["null", null, "null"],
  ["a text", "7e1f6d5a-bfe7-4b7d-8125-c3017e661954", "a String"],
  ["a number", 5, "a Number"],
  ["an array", [{}], "an Array"],
  ["a Map", new Map([["kmsKeyId", "x"]]), "a Map"],
  ["an empty Map", new Map(), "a Map"],
  ["a Set", new Set(["x"]), "a Set"],
  ["a promise", Promise.resolve({}), "a Promise"],
  ["an output", pulumi.output({}), "an Output"],
  ["a function", () => ({}), "a Function"],
];
const missing: [string, unknown, string] = ["nothing", undefined, "undefined"];

const sentence = (what: string, kind: string) =>
  expect.objectContaining({
    name: "Error",
    message: expect.stringMatching(
      new RegExp(`^\\w+( "r")?: ${what} must be an object, such as .+; what was given is ${kind}\\.$`),
    ),
  });

describe.each([
  ["DefaultEncryptionKey", evs.DefaultEncryptionKey, [...wrong, missing]],
  ["DefaultEncryption", evs.DefaultEncryption, wrong],
  ["DefaultEncryptionBaseline", evs.DefaultEncryptionBaseline, [...wrong, missing]],
] as const)("%s", (_, Resource, cases) => {
  it.each(cases)("refuses %s as its arguments", (_name, value, kind) => {
    expect(() => construct(Resource, value)).toThrow(sentence("the arguments", kind));
    expect(registered).toEqual([]);
  });

  it.each(wrong)("refuses %s as its options", (_name, value, kind) => {
    const args = { kmsKeyId: "x", projects: {} };
    expect(() => construct(Resource, args, value)).toThrow(sentence("the options", kind));
    expect(registered).toEqual([]);
  });
});

describe("the entries of a baseline", () => {
  const baseline = (projects: unknown) => construct(evs.DefaultEncryptionBaseline, { projects });

  it.each([...wrong, missing])("are not %s", (_name, value, kind) => {
    expect(() => baseline(value)).toThrow(sentence("projects", kind));
    expect(registered).toEqual([]);
  });

  // A text, a promise and an output are key IDs.
  it.each([...wrong.filter(([, , kind]) => !/String|Promise|Output/.test(kind)), missing])(
    "are not each %s, and then none is registered",
    (_name, value, kind) => {
      expect(() => baseline({ first: "x", second: value })).toThrow(sentence('the entry "second" of projects', kind));
      expect(registered).toEqual([]);
    },
  );

  it("each have a key", () => {
    expect(() => baseline({ first: { region: "cn-north-4" } })).toThrow(
      'DefaultEncryptionBaseline "r": the entry "first" of projects has no kmsKeyId.',
    );
  });
});

describe.each([
  ["getDefaultEncryption", evs.getDefaultEncryption, wrong],
  ["getDefaultEncryptionKey", evs.getDefaultEncryptionKey, wrong],
  ["getKmsKey", evs.getKmsKey, [...wrong, missing]],
] as const)("%s", (_, ask, cases) => {
  it.each(cases)("refuses %s", async (_name, value, kind) => {
    await expect(Reflect.apply(ask, undefined, [value])).rejects.toEqual(sentence("the arguments", kind));
  });
});

it.each([
  ["neither", {}],
  ["null", { alias: null, keyId: undefined }],
  ["both", { alias: "a", keyId: "b" }],
  ["a number", { keyId: 5 }],
])("getKmsKey refuses %s for alias and keyId", async (_, args) => {
  await expect(Reflect.apply(evs.getKmsKey, undefined, [args])).rejects.toThrow(
    'getKmsKey: give either alias or keyId, such as { alias: "app-disks" }',
  );
});

it("takes objects without a prototype, and of classes", () => {
  class Arguments {
    kmsKeyId = "x";
    region = "cn-north-4";
  }
  expect(() => construct(evs.DefaultEncryptionKey, new Arguments())).not.toThrow();
  const plain = Object.assign(Object.create(null), { region: "cn-north-1", kmsKeyId: "x" });
  expect(() => construct(evs.DefaultEncryptionBaseline, { projects: { one: plain } })).not.toThrow();
});
