// Holds: two concurrent writes happen in the order of the test.

import { findUser, send, tokenOf } from "../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "./server";

let emulator: Emulator;
let project: string;
let key: string;
let token: string;

beforeEach(async () => {
  emulator = await startEmulator();
  project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
  key = emulator.cloud.keyByAlias(project, "app-disks")?.id ?? "";
  token = await tokenOf(emulator, "deployer");
});
afterEach(() => emulator.close());

const call = (method: string, path: string, body?: unknown) =>
  send(emulator, {
    method,
    path: `/v5/${project}/default-encryption/${path}`,
    headers: { "X-Auth-Token": token },
    body,
  });
const putKey = () => call("PUT", "key", { kms_key_id: key });
const enable = () => call("POST", "enable");
const live = () => emulator.cloud.evs(project);
const serviceKey = () => emulator.cloud.keyByAlias(project, "evs/default")?.id;
const putKeyCalls = { operation: "UpdateDefaultKmsKeyId" };
const enableCalls = { operation: "EnableEncryptionByDefault" };

test("the key is set after the first enable has been applied: the key stays", async () => {
  const put = emulator.hold(putKeyCalls);
  const enabled = emulator.hold(enableCalls, "answer");
  const answers = [putKey(), enable()];
  await Promise.all([put.reached, enabled.reached]);
  expect(live()).toMatchObject({ enabled: true, keyId: serviceKey() });
  put.release();
  expect(await answers[0]).toMatchObject({ status: 200, data: { kms_key_id: key } });
  enabled.release();
  expect(await answers[1]).toMatchObject({ status: 200 });
  expect(live()).toMatchObject({ enabled: true, keyId: key });
});

test("the key is set before the first enable is applied: enabling replaces it", async () => {
  const enabling = emulator.hold(enableCalls);
  const put = emulator.hold(putKeyCalls, "answer");
  const answers = [enable(), putKey()];
  await Promise.all([enabling.reached, put.reached]);
  expect(live()).toMatchObject({ enabled: false, keyId: key });
  enabling.release();
  await answers[0];
  put.release();
  expect(await answers[1]).toMatchObject({ status: 200, data: { kms_key_id: key } });
  expect(live()).toMatchObject({ enabled: true, keyId: serviceKey() });
});

test("a hold is for one call, those that match it go on in their order of arrival", async () => {
  const first = emulator.hold(putKeyCalls);
  const held = putKey();
  await first.reached;
  expect((await putKey()).status).toBe(200);
  expect((await call("GET", "key")).status).toBe(200);
  first.release();
  expect((await held).status).toBe(200);
});

test("the log has a held call without a status until it is answered", async () => {
  const hold = emulator.hold(putKeyCalls, "answer");
  const held = putKey();
  await hold.reached;
  expect([emulator.requests.at(-1)?.status, live().keyId]).toEqual([0, key]);
  hold.release();
  await held;
  expect(emulator.requests.at(-1)?.status).toBe(200);
});

test("a hold that is released before a call has come holds none", async () => {
  emulator.hold(putKeyCalls).release();
  const next = emulator.hold(putKeyCalls);
  const held = putKey();
  await next.reached;
  expect(live().keyId).toBe("");
  next.release();
  expect((await held).status).toBe(200);
});

test("a call whose client has gone away is applied when it is released", async () => {
  const hold = emulator.hold(putKeyCalls);
  const abandoned = fetch(`${emulator.endpoint}/v5/${project}/default-encryption/key`, {
    method: "PUT",
    headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
    body: JSON.stringify({ kms_key_id: key }),
    signal: AbortSignal.timeout(200),
  });
  await hold.reached;
  await expect(abandoned).rejects.toThrow(/abort/i);
  expect(live().keyId).toBe("");
  hold.release();
  while (live().keyId === "") await new Promise((resolve) => setTimeout(resolve, 5));
  expect(live().keyId).toBe(key);
});

test("closing the emulator ends a held call, which is not applied", async () => {
  const hold = emulator.hold(putKeyCalls);
  const ended = expect(putKey()).rejects.toThrow();
  await hold.reached;
  await emulator.close();
  await ended;
  expect(live().keyId).toBe("");
});
