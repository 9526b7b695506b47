// The control interface: each call that the README names is there, and what it changes is changed.

import { readFileSync } from "node:fs";
import path from "node:path";
import { findUser, send } from "../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "./server";

let emulator: Emulator;
let project: string;
beforeEach(async () => {
  emulator = await startEmulator();
  project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
});
afterEach(() => emulator.close());

const control = (method: string, route: string, body?: unknown) =>
  send(emulator, {
    method,
    path: `/_emulator${route}`,
    headers: { Authorization: `Bearer ${emulator.controlToken}` },
    body,
  });

const readme = readFileSync(path.join(__dirname, "README.md"), "utf8");
const [, section = ""] = /^## The control interface$(.*?)^## /ms.exec(readme) ?? [];
const documented = [...section.matchAll(/`(GET|PUT|POST|DELETE) (\/[^`]*)`/g)].map(([, method = "", route = ""]) => [
  method,
  route,
]);

test("the README names calls", () => {
  expect(documented.length).toBeGreaterThan(10);
});

test.each(documented)("%s %s is a call", async (method, route) => {
  const answer = await control(method ?? "", (route ?? "").replace("{id}", project), method === "GET" ? undefined : {});
  expect(answer.status).not.toBe(404);
});

test.each([
  ["GET", "/none"],
  ["PATCH", "/faults"],
  ["GET", "/faults/1/2"],
])("%s %s is none", async (method, route) => {
  expect(await control(method, route)).toMatchObject({ status: 404, data: { error: expect.stringContaining(route) } });
});

test("the setting of a project is changed past all checks", async () => {
  const answer = await control("PUT", `/projects/${project}/default-encryption`, { keyId: "gone", enabled: true });
  expect(answer.data).toMatchObject({ keyId: "gone", enabled: true });
  expect(emulator.cloud.evs(project)).toMatchObject({ keyId: "gone", enabled: true });
});

test("the settings are changed one by one", async () => {
  await control("PUT", "/settings", { latencyMs: 1, throttle: { perSecond: 5 } });
  await control("PUT", "/settings", { clockSkewMs: 7, metadata: "v2", instanceKeyLifetimeMs: 9 });
  expect(emulator.settings).toMatchObject({ latencyMs: 1, throttle: { perSecond: 5 }, clockSkewMs: 7 });
  expect([emulator.cloud.metadata, emulator.cloud.instanceKeyLifetimeMs]).toEqual(["v2", 9]);
  await control("PUT", "/settings", { throttle: null });
  expect(emulator.settings.throttle).toBeUndefined();
});

test("projects are added, and the state of a key is set", async () => {
  const { data } = await control("POST", "/projects", { account: "example-company", region: "cn-north-4", count: 2 });
  expect(data.map(({ name }: { name: string }) => name)).toEqual(["cn-north-4_1", "cn-north-4_2"]);
  await control("PUT", `/keys/${data[0].keyIds[0]}`, { state: "disabled" });
  expect(emulator.cloud.key(data[0].keyIds[0])?.state).toBe("disabled");
});

test.each<[string, string, unknown, RegExp]>([
  ["a body that is not JSON", "/projects", "{", /JSON/],
  ["a setting that does not exist", "/settings", { colour: "red" }, /colour/],
  ["a project that does not exist", "/projects/none/default-encryption", { enabled: true }, /no project none/],
])("%s is refused", async (_, route, body, problem) => {
  const answer = await control(route === "/projects" ? "POST" : "PUT", route, body);
  expect([answer.status, answer.data.error]).toEqual([400, expect.stringMatching(problem)]);
});
