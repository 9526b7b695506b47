// Many accounts from one line: what is in them, who can enter them, and that ten thousand projects cost little.

import { type AccessKey, findUser, send, signed } from "../../tests/fixtures/emulatorClient";
import { systemClock } from "../clock";
import { defaultSeed } from "../defaults";
import { startEmulator } from "../server";
import { Cloud } from "./cloud";
import { conditions, fleetAgency, withFleet } from "./fleet";
import { buildState } from "./seed";

const cloudOf = (fleet: Parameters<typeof withFleet>[1]) =>
  new Cloud(buildState(withFleet(defaultSeed, fleet)), systemClock, 1000);

test("10,000 projects take less than a second of the processor, and 30 MB", () => {
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  // Of the processor: a busy machine makes any time by the clock longer.
  const start = process.cpuUsage();
  const cloud = cloudOf({ accounts: 1000, regions: 5, projectsPerRegion: 2, conditions });
  const { user, system } = process.cpuUsage(start);
  global.gc?.();
  expect(cloud.projects(cloud.account("fleet-1000")?.id ?? "").map(({ name }) => name)).toEqual([
    ...["cn-north-4", "cn-north-4_1", "ap-southeast-3", "ap-southeast-3_1", "eu-west-101"],
    ...["eu-west-101_1", "la-south-2", "la-south-2_1", "cn-north-1", "cn-north-1_1"],
  ]);
  expect([user + system < 1_000_000, (process.memoryUsage().heapUsed - before) / 2 ** 20 < 30]).toEqual([true, true]);
});

test("conditions are dealt in turn, and on from account to account", () => {
  const cloud = cloudOf({
    accounts: 2,
    regions: ["cn-north-4", "la-south-2", "x-1"],
    conditions: ["off", "service-key"],
  });
  const settings = ["fleet-0001", "fleet-0002"].map((account) =>
    cloud.projects(cloud.account(account)?.id).map(({ defaultEncryption }) => defaultEncryption.enabled),
  );
  expect(settings).toEqual([
    [false, true, false],
    [true, false, true],
  ]);
});

test.each([
  ["custom-key", "app-disks", "enabled", true],
  ["off", "app-disks", "enabled", false],
  ["never-set", undefined, undefined, false],
  ["service-key", "evs/default", "enabled", true],
  ["disabled-key", "retired-disks", "disabled", true],
  ["doomed-key", "doomed-disks", "pendingDeletion", true],
  ["deleted-key", undefined, undefined, true],
  ["asymmetric-key", "rsa-envelopes", "enabled", true],
] as const)("%s", (condition, alias, state, enabled) => {
  const cloud = cloudOf({ accounts: 1, regions: 1, conditions: [condition] });
  const [project] = cloud.projects(cloud.account("fleet-0001")?.id);
  const { keyId, enabled: isOn } = cloud.evs(project?.id ?? "");
  const key = cloud.keyInProject(project?.id ?? "", keyId);
  expect([key?.alias, key?.state, isOn]).toEqual([alias, state, enabled]);
  expect(keyId === "").toBe(condition === "never-set");
});

test("every condition is tested here", () => {
  expect(conditions).toHaveLength(8);
});

test("what nobody has asked for survives in the state, and is made when a key is looked for by its ID", () => {
  const cloud = cloudOf({ accounts: 2, regions: 1 });
  const again = new Cloud(JSON.parse(JSON.stringify(cloud.snapshot())), systemClock, 1000);
  const [project] = again.projects(again.account("fleet-0002")?.id);
  const id = again.evs(project?.id ?? "").keyId;
  expect(again.key(id)?.alias).toBe("app-disks");
  expect(again.disks(project?.id ?? "").map(({ name, keyId }) => [name, keyId])).toEqual([
    ["legacy-data", undefined],
    ["app-data", id],
  ]);
  again.setKeyState(id, "disabled");
  again.deleteKey(again.keyByAlias(project?.id ?? "", "retired-disks")?.id ?? "");
  expect(again.keys(project?.id).map(({ alias, state }) => `${alias} ${state}`)).toEqual([
    "app-disks disabled",
    "evs/default enabled",
    "doomed-disks pendingDeletion",
    "rsa-envelopes enabled",
  ]);
});

test("a key that is added to a project is beside those that it has", () => {
  const cloud = cloudOf({ accounts: 1, regions: 1 });
  const [project] = cloud.projects(cloud.account("fleet-0001")?.id);
  cloud.addKey(project?.id ?? "", { alias: "new-disks" });
  expect(cloud.keys(project?.id).map(({ alias }) => alias)).toEqual([
    ...["app-disks", "evs/default", "retired-disks", "doomed-disks", "rsa-envelopes", "new-disks"],
  ]);
});

test("the management account enters each and reads, and no more", async () => {
  const emulator = await startEmulator({ seed: withFleet(defaultSeed, { accounts: 2, regions: 1 }) });
  const { user } = findUser(emulator, "deployer");
  const member = emulator.cloud.account("fleet-0002")?.id ?? "";
  const [project] = emulator.cloud.projects(member);
  const body = { agency_urn: `iam::${member}:agency:${fleetAgency}`, agency_session_name: "audit" };
  const sent = (key: AccessKey, method: string, path: string, content?: unknown) =>
    send(emulator, signed(emulator, key, Date.now(), { method, path, body: content }));
  const { data } = await sent(user, "POST", "/v5/agencies/assume", body);
  const key = {
    accessKey: data.credentials.access_key_id,
    secretKey: data.credentials.secret_access_key,
    securityToken: data.credentials.security_token,
  };
  const path = `/v5/${project?.id}/default-encryption`;
  const statuses = [
    (await sent(key, "GET", `${path}/status`)).status,
    (await sent(key, "GET", "/v3/auth/projects")).status,
    (await sent(key, "POST", `${path}/disable`)).status,
  ];
  await emulator.close();
  expect(statuses).toEqual([200, 200, 403]);
});

test("more regions than it knows are refused", () => {
  expect(() => cloudOf({ accounts: 1, regions: 15 })).toThrow(
    "A fleet has at most 14 regions, or a list of their names.",
  );
});
