// Rotation of a key: whether it is on, and which keys it is not for. The other calls are tested through the provider.

import { type AccessKey, findUser, send, signed } from "../../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "../server";

let emulator: Emulator;
let project: string;
beforeEach(async () => {
  emulator = await startEmulator();
  project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
});
afterEach(() => emulator.close());

const idOf = (alias: string) => emulator.cloud.keyByAlias(project, alias)?.id ?? "";
const ask = (call: string, id: string) => {
  const key: AccessKey = findUser(emulator, "deployer").user;
  const path = `/v1.0/${project}/kms/${call}`;
  return send(emulator, signed(emulator, key, Date.now(), { method: "POST", path, body: { key_id: id } }));
};

test("off, until it is set; then also in the description of the key", async () => {
  const id = idOf("app-disks");
  expect((await ask("get-key-rotation-status", id)).data).toEqual({ key_rotation_enabled: false });
  expect((await ask("describe-key", id)).data.key_info.key_rotation_enabled).toBe("false");
  emulator.cloud.setRotation(id, { intervalDays: 365, rotations: 1, lastAt: 1_502_799_822_000 });
  expect((await ask("get-key-rotation-status", id)).data).toEqual({
    key_rotation_enabled: true,
    rotation_interval: 365,
    last_rotation_time: "1502799822000",
    number_of_rotations: 1,
  });
  expect((await ask("describe-key", id)).data.key_info.key_rotation_enabled).toBe("true");
  emulator.cloud.setRotation(id, undefined);
  expect((await ask("get-key-rotation-status", id)).data).toEqual({ key_rotation_enabled: false });
});

test.each([
  ["rsa-envelopes", 400, "KMS.0325"],
  ["ec-signatures", 400, "KMS.0325"],
  ["evs/default", 400, "KMS.0211"],
])("the rotation of %s is answered with %i %s", async (alias, status, code) => {
  if (alias === "evs/default") emulator.cloud.addKey(project, { alias, isDefault: true });
  const answer = await ask("get-key-rotation-status", idOf(alias));
  expect([answer.status, answer.data.error.error_code]).toEqual([status, code]);
});
