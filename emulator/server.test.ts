// The emulator as its clients meet it: log in, look up, set the key, and what the log says afterwards.

import net from "node:net";
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

/** What the emulator answers to these bytes, to the end of the connection. */
function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = net.connect(emulator.port, "127.0.0.1", () => socket.write(bytes));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      answer += chunk;
    });
    socket.on("close", () => resolve(answer)).on("error", reject);
  });
}

test.each([
  ["a foreign host", "Host: evil.example\r\n"],
  ["a page of another origin", "Host: 127.0.0.1:PORT\r\nOrigin: http://evil.example\r\n"],
])("%s is refused before its body is read", async (_, headers) => {
  const head = `POST /v3/auth/tokens HTTP/1.1\r\n${headers.replace("PORT", String(emulator.port))}`;
  const answer = await answerTo(`${head}Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(answer).toContain('{"error":"the emulator ');
});

test("a body without an end is not read to it", async () => {
  const megabyte = "x".repeat(1024 * 1024);
  const chunk = `100000\r\n${megabyte}\r\n`;
  const answer = await answerTo(
    `POST /v3/auth/tokens HTTP/1.1\r\nHost: 127.0.0.1:${emulator.port}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(17)}`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toContain('{"error":"send 16 MB at most"}');
});

test("of a path that is long the beginning is logged", async () => {
  const lines = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const path = `/${"x".repeat(1000)}`;
  await answerTo(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${emulator.port}\r\nConnection: close\r\n\r\n`);
  const [[line]] = lines.mock.calls as [[string]];
  lines.mockRestore();
  expect(line).toBe(`emulator: no such operation: GET /${"x".repeat(499)}\n`);
});
