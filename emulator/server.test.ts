// The emulator as its clients meet it: log in, look up, set the key, and what the log says afterwards.

import axios from "axios";
import { type Emulator, startEmulator } from "./server";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.close());

test("a password login serves KMS and EVS", async () => {
  const [account] = emulator.describe().accounts;
  const [user] = account?.users ?? [];
  const [project] = account?.projects ?? [];
  const login = await axios.post(`${emulator.endpoint}/v3/auth/tokens?nocatalog=true`, {
    auth: {
      identity: {
        methods: ["password"],
        password: { user: { name: user?.name, password: user?.password, domain: { name: account?.domainName } } },
      },
      scope: { project: { name: "cn-north-4" } },
    },
  });
  expect(login.status).toBe(201);
  const headers = { "X-Auth-Token": String(login.headers["x-subject-token"]) };
  const keys = await axios.post(`${emulator.endpoint}/v1.0/${project?.id}/kms/list-keys`, {}, { headers });
  const url = `${emulator.endpoint}/v5/${project?.id}/default-encryption/key`;
  const put = await axios.put(url, { kms_key_id: keys.data.keys[0] }, { headers });
  expect(put.data).toEqual({ kms_key_id: keys.data.keys[0] });
  expect((await axios.get(url, { headers })).data).toEqual(put.data);
  expect(emulator.requests.map(({ operation, status }) => [operation, status])).toEqual([
    ["KeystoneCreateUserTokenByPassword", 201],
    ["ListKeys", 200],
    ["UpdateDefaultKmsKeyId", 200],
    ["ShowDefaultKmsKeyId", 200],
  ]);
});
