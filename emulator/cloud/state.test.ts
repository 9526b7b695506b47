// The state on disk: what survives a restart, and what is said of a file that is something else.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findUser, send, tokenOf } from "../../tests/fixtures/emulatorClient";
import { startEmulator } from "../server";

let folder: string;
let stateFile: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "evs-emulator-"));
  stateFile = path.join(folder, "cloud.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("keys, tokens and the default key survive a restart", async () => {
  const first = await startEmulator({ stateFile });
  const project = findUser(first, "deployer").account.projects[0]?.id ?? "";
  const token = await tokenOf(first, "deployer");
  const added = first.cloud.addKey(project, { alias: "mine" });
  first.cloud.setDefaultEncryption(project, { keyId: added.id, enabled: true });
  await first.close();

  const second = await startEmulator({ stateFile });
  const answer = await send(second, {
    method: "GET",
    path: `/v5/${project}/default-encryption/key`,
    headers: { "X-Auth-Token": token },
  });
  await second.close();
  expect([answer.status, answer.data]).toEqual([200, { kms_key_id: added.id }]);
  expect(readdirSync(folder)).toEqual(["cloud.json"]);
  // It holds tokens and keys.
  expect(statSync(stateFile).mode & 0o077).toBe(0);
});

test.each([
  ["{", /is not JSON\. Remove it to start afresh\.$/],
  ["null", /is not one of this emulator/],
  ['{"version":2}', /is not one of this emulator\. Remove it, or name another\.$/],
])("refuses a file that holds %s", async (text, message) => {
  writeFileSync(stateFile, text);
  await expect(startEmulator({ stateFile })).rejects.toThrow(message);
});
