// The search for leaks finds what is there: without that, its silence would mean nothing.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { startCloud } from "../fixtures/emulatedCloud";
import { expectNoLeak, secretsOf } from "./leaks";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-leaks-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const stack = (transcript: string, files: Record<string, string> = {}) => {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  const writtenFiles = () => Object.keys(files).map((name) => path.join(folder, name));
  return { transcript, writtenFiles, home: path.join(folder, "home") };
};

it("knows what a test was given, and what the cloud has issued", async () => {
  const cloud = await startCloud();
  try {
    cloud.emulator.cloud.sessions.issueToken({
      principal: { type: "user", id: "u", name: "u", accountId: "a", role: "admin" },
      scope: { type: "domain", accountId: "a" },
      methods: ["password"],
      issuedAt: 0,
      expiresAt: Number.MAX_SAFE_INTEGER,
    });
    const env = { HW_SECRET_KEY: "given-secret", HW_ASSUME_ROLE_ID_TOKEN_FILE: "/a/path", HW_USER_NAME: "no-secret" };
    const secrets = secretsOf({ env, config: { a: "plain", b: { secret: "configured" } }, emulator: cloud.emulator });
    expect(secrets).toEqual(expect.arrayContaining(["given-secret", "configured", "Emulator-Deployer-Pa55"]));
    expect(secrets.some((secret) => secret.length > 500)).toBe(true);
    expect(secrets).not.toEqual(expect.arrayContaining(["/a/path"]));
    expect(secrets).not.toEqual(expect.arrayContaining(["no-secret"]));
  } finally {
    await cloud.close();
  }
});

it.each<[string, () => ReturnType<typeof stack>, boolean]>([
  ["what was printed", () => stack("... hunter2 ..."), true],
  ["a file of state", () => stack("", { "backend/state.json": '{"x":"hunter2"}' }), true],
  ["neither", () => stack("fine", { "backend/state.json": "{}" }), false],
  ["the user's own profile", () => stack("", { "home/.hcloud/config.json": "hunter2" }), false],
])("a secret in %s", (_, make, found) => {
  const made = make();
  if (!found) return expect(() => expectNoLeak(made, ["hunter2"])).not.toThrow();
  expect(() => expectNoLeak(made, ["hunter2"])).toThrow(/^a secret was written down: /);
  expect(() => expectNoLeak(made, ["hunter2"])).not.toThrow("hunter2");
});
