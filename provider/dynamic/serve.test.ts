// What the dynamic front adds to a lifecycle: hidden properties, names that the engine must not be given, the provider's text.
import { failureOf } from "../../tests/fixtures/failureOf";
import type { Call, Lifecycle } from "../lifecycle";
import { type Bag, InitializationFailed, unknownValue } from "../protocol";
import { deployingProperty, providerProperty, urnProperty } from "./hiddenProperties";
import { serve } from "./serve";

const asked: { call: Call; given: object }[] = [];
let failures: { property: string; reason: string }[] = [];
const halfMade = () => Promise.reject(new InitializationFailed("id", { kept: 1 }, "not confirmed"));
const lifecycle: Lifecycle<object, object> = {
  check: async (call, _, given) => {
    asked.push({ call, given });
    return { inputs: { resolved: true }, failures };
  },
  diff: async () => ({ changes: false, replaces: [], deleteBeforeReplace: false }),
  create: halfMade,
  read: async (_, id) => ({ id, props: {}, inputs: {} }),
  update: halfMade,
  delete: async (call) => {
    asked.push({ call, given: {} });
  },
};
const served = serve(lifecycle);

beforeEach(() => {
  asked.length = 0;
  failures = [];
});

it("takes from the hidden properties what the host does not tell, and hands on what is the user's", async () => {
  const hidden = { [providerProperty]: "code", [deployingProperty]: true, [urnProperty]: "urn" };
  expect(await served.check({}, { kmsKeyId: "key", ...hidden })).toEqual({ inputs: { resolved: true }, failures: [] });
  expect(asked).toEqual([
    { call: expect.objectContaining({ urn: "urn", phase: "deployment" }), given: { kmsKeyId: "key" } },
  ]);
});

it.each<[string, Bag]>([
  ["does not say", {}],
  ["says something else", { [deployingProperty]: "true", [urnProperty]: 7 }],
  ["does not know yet", { [urnProperty]: unknownValue }],
])("takes it for a preview, of a resource without a name, if the program %s", async (_, hidden) => {
  await served.check({}, hidden);
  expect(asked[0]?.call).toMatchObject({ phase: "preview", urn: undefined });
});

it("takes every other call for a part of a deployment: the host makes none in a preview", async () => {
  await served.delete("id", {});
  expect(asked[0]?.call.phase).toBe("deployment");
});

it("reports the property in the reason, because of a named one the engine would print the value, secret or not", async () => {
  failures = [
    { property: "kmsKeyId", reason: "must be right" },
    { property: "", reason: "Something else." },
  ];
  expect(await served.check({}, { kmsKeyId: "key" })).toEqual({
    inputs: { kmsKeyId: "key" },
    failures: [
      { property: "", reason: "kmsKeyId must be right" },
      { property: "", reason: "Something else." },
    ],
  });
});

it("puts the provider's text into the state of what is half made, as the host does otherwise", async () => {
  const inputs = { [providerProperty]: "code" };
  for (const work of [() => served.create(inputs), () => served.update("id", {}, inputs)]) {
    const error = await failureOf(work());
    expect(error).toBeInstanceOf(InitializationFailed);
    expect(error).toMatchObject({
      id: "id",
      message: "not confirmed",
      stack: "not confirmed",
      reasons: ["not confirmed"],
      properties: { kept: 1, [providerProperty]: "code" },
    });
  }
});
