// Unit tests of the program under Pulumi's mocks: no engine, no provider, no network. Run by jest, with @swc/jest or ts-jest.

import * as pulumi from "@pulumi/pulumi";

const resolved = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

async function load(stack: string): Promise<typeof import("./index")> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: { ...inputs, projectId: "a-project" } }),
      call: () => ({}),
    },
    "evs-unit-tests",
    stack,
  );
  pulumi.runtime.setAllConfig({
    "evs-unit-tests:region": "cn-north-4",
    "evs-unit-tests:kmsKeyId": "7e1f6d5a-bfe7-4b7d-8125-c3017e661954",
  });
  let program: typeof import("./index") | undefined;
  jest.isolateModules(() => {
    program = require("./index");
  });
  if (!program) throw new Error("the program did not load");
  return program;
}

it.each([
  ["production", "restore"],
  ["development", "reset"],
])("in the stack %s, destroying does a %s", async (stack, onDelete) => {
  const { key } = await load(stack);
  expect(await resolved(key.onDelete)).toBe(onDelete);
});

it("encrypts with the configured key, in one project", async () => {
  const { encryption, key } = await load("production");
  expect(await resolved(key.kmsKeyId)).toBe("7e1f6d5a-bfe7-4b7d-8125-c3017e661954");
  expect(await resolved(key.projectId)).toBe(await resolved(encryption.projectId));
});
