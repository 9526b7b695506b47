// The list of disks: which key each has, and its pages. Default encryption is tested through the provider.

import { type AccessKey, findUser, send, signed } from "../../tests/fixtures/emulatorClient";
import { type Emulator, startEmulator } from "../server";

let emulator: Emulator;
let project: string;
beforeEach(async () => {
  emulator = await startEmulator();
  project = findUser(emulator, "deployer").account.projects[0]?.id ?? "";
});
afterEach(() => emulator.close());

const list = (query = "", of = project, user = "deployer") => {
  const key: AccessKey = findUser(emulator, user).user;
  const path = `/v2/${of}/cloudvolumes/detail${query}`;
  return send(emulator, signed(emulator, key, Date.now(), { method: "GET", path }));
};
const encrypted = `metadata=${encodeURIComponent('{"__system__encrypted":"1"}')}`;
type Volume = { id: string; name: string };
const names = (volumes: Volume[]) => volumes.map(({ name }) => name);

test("a disk names its key, and a plain one nothing", async () => {
  const { data } = await list();
  const key = emulator.cloud.keyByAlias(project, "app-disks")?.id;
  expect(data).toMatchObject({ count: 2, volumes_links: [] });
  expect(data.volumes).toEqual([
    expect.objectContaining({ name: "legacy-data", metadata: {} }),
    expect.objectContaining({
      name: "app-data",
      encrypted: true,
      metadata: { __system__encrypted: "1", __system__cmkid: key },
      created_at: "2025-01-01T00:00:00.000000",
    }),
  ]);
  expect(data.volumes[0]).not.toHaveProperty("encrypted");
});

test("those that are encrypted, by their metadata", async () => {
  expect(names((await list(`?${encrypted}`)).data.volumes)).toEqual(["app-data"]);
  const byKey = encodeURIComponent('{"__system__cmkid":"another"}');
  expect((await list(`?metadata=${byKey}`)).data).toMatchObject({ count: 0, volumes: [] });
});

test.each([
  ["marker", ({ id }: Volume) => `marker=${id}`],
  ["offset", (_: Volume, seen: number) => `offset=${seen}`],
])("pages by %s", async (_, next) => {
  for (let count = 0; count < 3; count++)
    emulator.cloud.addDisk(project, { name: "same", keyId: `key-${count}`, sizeGb: 10 });
  const seen: Volume[] = [];
  let query = "?limit=2";
  for (let pages = 0; pages < 3; pages++) {
    const { data } = await list(query);
    seen.push(...data.volumes);
    expect([data.count, data.volumes_links.length]).toEqual([5, pages < 2 ? 1 : 0]);
    query = `?limit=2&${next(seen.at(-1) ?? { id: "", name: "" }, seen.length)}`;
  }
  expect(names(seen)).toEqual(["legacy-data", "app-data", "same", "same", "same"]);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
});

test.each(["limit=0", "limit=1001", "offset=-1", "marker=none", "metadata=x", "metadata=[1]"])(
  "?%s is refused",
  async (query) => {
    const answer = await list(`?${query}`);
    expect([answer.status, answer.data.error.code]).toEqual([400, "EVS.1070"]);
  },
);

test("the beta of default encryption is not needed", async () => {
  const { account } = findUser(emulator, "waiting-admin");
  expect((await list("", account.projects[0]?.id ?? "", "waiting-admin")).status).toBe(200);
});
