// Values there and back: whatever the engine marks, the lifecycles get plain, and every secret comes back marked.
import fc from "fast-check";
import { unknownValue } from "../provider/protocol";
import { close, closeBag, open, openBag, partsOf, signature, signatures, toStruct } from "./values";

const secret = (value: unknown) => ({ [signature]: signatures.secret, value });

describe("open", () => {
  it.each<[string, unknown, unknown]>([
    ["a text", "x", { value: "x", secrets: undefined, dependencies: [] }],
    ["nothing", null, { value: null, secrets: undefined, dependencies: [] }],
    [
      "an object with what is null",
      { a: null, b: secret(null), c: { d: null }, e: [null], f: 1 },
      { value: { c: {}, e: [null], f: 1 }, secrets: undefined, dependencies: [] },
    ],
    ["a secret", secret({ a: 1 }), { value: { a: 1 }, secrets: true, dependencies: [] }],
    ["a secret in a secret", secret({ a: secret(1) }), { value: { a: 1 }, secrets: true, dependencies: [] }],
    [
      "a secret in an object",
      { a: secret(1), b: 2 },
      { value: { a: 1, b: 2 }, secrets: { a: true }, dependencies: [] },
    ],
    ["a secret in a list", [1, secret(2)], { value: [1, 2], secrets: { 1: true }, dependencies: [] }],
    [
      "an output",
      { [signature]: signatures.output, value: { a: 1 }, dependencies: ["urn:a", 7] },
      { value: { a: 1 }, secrets: undefined, dependencies: ["urn:a"] },
    ],
    [
      "outputs in outputs",
      {
        [signature]: signatures.output,
        dependencies: ["a"],
        value: [{ [signature]: signatures.output, dependencies: ["b"], value: 1, secret: true }],
      },
      { value: [1], secrets: { 0: true }, dependencies: ["a", "b"] },
    ],
    [
      "an unknown output that is secret",
      { [signature]: signatures.output, secret: true },
      { value: unknownValue, secrets: true, dependencies: [] },
    ],
    [
      "a resource",
      { [signature]: signatures.resource, urn: "urn", id: "id" },
      { value: "id", secrets: undefined, dependencies: [] },
    ],
    [
      "a resource without an ID yet",
      { [signature]: signatures.resource, urn: "urn", id: "" },
      { value: unknownValue, secrets: undefined, dependencies: [] },
    ],
    [
      "a component",
      { [signature]: signatures.resource, urn: "urn" },
      { value: "urn", secrets: undefined, dependencies: [] },
    ],
    ...[
      unknownValue,
      "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
      "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
      "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
      "030794c1-ac77-496b-92df-f27374a8bd58",
      "e48ece36-62e2-4504-bad9-02848725956a",
      "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    ].map((unknown): [string, unknown, unknown] => [
      `the unknown ${unknown}`,
      { a: unknown },
      { value: { a: unknownValue }, secrets: undefined, dependencies: [] },
    ]),
  ])("takes %s", (_, wire, opened) => {
    expect(open(wire)).toEqual(opened);
  });
});

/** Values as the engine sends them; secrets are not nested, as they come back. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ maxLength: 5 }),
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { maxKeys: 3 }),
  ),
})).value;
const wire = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    plain,
    plain.map(secret),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { maxKeys: 3 }),
  ),
})).value;

it("gives back what came, secrets marked where they were", () => {
  fc.assert(
    fc.property(wire, (value) => {
      const opened = open(value);
      expect(close(opened.value, opened.secrets)).toEqual(value);
    }),
  );
});

it("gives the lifecycles no mark of the engine, however deep", () => {
  fc.assert(
    fc.property(wire, (value) => {
      expect(JSON.stringify(open(value).value)).not.toContain(signature);
    }),
  );
});

it("hands the marks of a map to each of its parts", () => {
  const output = { [signature]: signatures.output, value: secret({ a: 1, b: secret(2) }), dependencies: ["urn"] };
  const opened = Object.entries(partsOf(output)).map(([name, part]) => [name, open(part)]);
  expect(opened).toEqual([
    ["a", { value: 1, secrets: true, dependencies: ["urn"] }],
    ["b", { value: 2, secrets: true, dependencies: ["urn"] }],
  ]);
  expect(partsOf({ a: 1 })).toEqual({ a: 1 });
});

it("marks a part whole where its shape is no longer the same, and nothing that is gone", () => {
  expect(close("text", { a: true })).toEqual(secret("text"));
  expect(close({ b: 1 }, { a: true })).toEqual({ b: 1 });
  expect(close(undefined, true)).toBeUndefined();
});

it("takes a bag without what is a front's own, and without what is not there", () => {
  const struct = toStruct({ kmsKeyId: secret("k"), __provider: "code", region: null });
  expect(openBag(struct)).toEqual({ bag: { kmsKeyId: "k" }, secrets: { kmsKeyId: true } });
  expect(openBag(toStruct({ region: "a" }))).toStrictEqual({ bag: { region: "a" }, secrets: {} });
  expect(openBag(undefined)).toEqual({ bag: {}, secrets: {} });
  expect(closeBag({ kmsKeyId: "k", region: undefined }, { kmsKeyId: true }).toJavaScript()).toEqual({
    kmsKeyId: secret("k"),
  });
});
