// The quickstart as a user runs it, TypeScript and all, with this package linked and as it would be published.

import { type Emulator, startEmulator } from "../../emulator/server";
import { emulatedAccount } from "../../scripts/emulatedAccount";
import { succeeded, withStack } from "./stack";

describe("the quickstart", () => {
  let emulator: Emulator;

  beforeAll(async () => {
    emulator = await startEmulator();
  });

  afterAll(() => emulator.close());

  it.each(["link", "packed"] as const)("encrypts with the key, and then finds nothing to do (%s)", async (layout) => {
    const { env, projectId, keys } = emulatedAccount(emulator.describe());
    const keyId = keys[0]?.keyId ?? "";
    const options = { folder: "examples/quickstart", layout, env, config: { kmsKeyId: keyId }, asUser: true };
    await withStack(options, async (stack) => {
      expect(succeeded(await stack.up()).changes).toEqual({ create: 3 });
      expect(emulator.cloud.evs(projectId)).toMatchObject({ keyId, enabled: true });
      expect(succeeded(await stack.preview({ args: ["--expect-no-changes"] })).changes).toEqual({ same: 3 });
      expect(await stack.outputs()).toMatchObject({ enabled: true, kmsKeyId: keyId, projectId });
      succeeded(await stack.destroy());
      expect(emulator.cloud.evs(projectId).keyId).not.toBe(keyId);
      expect(emulator.cloud.evs(projectId).enabled).toBe(false);
    });
  });
});
