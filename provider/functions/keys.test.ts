// What getKmsKey finds among the keys that KMS lists or describes, and what it says where it finds none or several.
import type { Connection } from "../huaweicloud/services/context";
import type { KeyDetails } from "../huaweicloud/services/kms";
import type { Session } from "../session";
import { getKmsKey } from "./getKmsKey";

const mockKms = { describeKey: jest.fn(), listKeys: jest.fn() };
jest.mock("../huaweicloud/services/kms", () => ({
  ...jest.requireActual("../huaweicloud/services/kms"),
  describeKey: (...given: unknown[]) => mockKms.describeKey(...given),
  listKeys: (...given: unknown[]) => mockKms.listKeys(...given),
}));

const projectId = "0123456789abcdef0123456789abcdef";
const connection = { region: "cn-north-4", projectId } as unknown as Connection;
const session = {
  checkCredentials: () => {},
  configuration: () => ({ region: undefined, projectId: undefined, projectName: undefined }),
  keyOf: (name: string) => name,
  connect: async () => connection,
} as unknown as Session;

const idOf = (number: number) => `7e1f6d5a-bfe7-4b7d-8125-c3017e66195${number}` as KeyDetails["key_id"];
const key = (number: number, more: Partial<KeyDetails> = {}): KeyDetails => ({
  key_id: idOf(number),
  key_alias: "app-disks",
  key_state: "2",
  key_spec: "AES_256",
  key_usage: "ENCRYPT_DECRYPT",
  ...more,
});
const where = { region: "cn-north-4" };
const found = {
  keyId: idOf(1),
  alias: "app-disks",
  state: "enabled",
  usable: true,
  keySpec: "AES_256",
  isServiceKey: false,
  region: "cn-north-4",
  projectId,
};

beforeEach(() => jest.resetAllMocks());

it("describes a key by its ID, in whatever state it is", async () => {
  mockKms.describeKey.mockResolvedValue(key(1, { key_state: "3" }));
  expect(await getKmsKey({ ...where, keyId: idOf(1) }, session)).toEqual({
    ...found,
    state: "disabled",
    usable: false,
  });
  expect(mockKms.describeKey.mock.calls).toEqual([[connection, idOf(1)]]);
  expect(mockKms.listKeys).not.toHaveBeenCalled();
});

it("says nothing of what KMS does not tell, and which key is the service's own", async () => {
  mockKms.describeKey.mockResolvedValue({ key_id: idOf(1), key_state: "2", default_key_flag: "1" });
  const answer = await getKmsKey({ ...where, keyId: idOf(1), alias: null }, session);
  expect(answer).toEqual({ ...found, alias: "", keySpec: "", isServiceKey: true });
});

it("finds the only usable key of an alias", async () => {
  const keys = [key(0, { key_alias: "other" }), key(1), key(2, { key_state: "4" })];
  mockKms.listKeys.mockResolvedValue(keys);
  expect(await getKmsKey({ ...where, alias: "app-disks" }, session)).toEqual(found);
  expect(mockKms.describeKey).not.toHaveBeenCalled();
});

it.each<[string, KeyDetails[], string]>([
  [
    "several",
    [key(1), key(2), key(3, { key_alias: "other" })],
    `2 usable keys have the alias "app-disks" in project ${projectId}, region cn-north-4. ` +
      `Found: app-disks ${idOf(1)}; app-disks ${idOf(2)}. Give keyId, or another alias.`,
  ],
  [
    "one that cannot be used",
    [key(1, { key_state: "3" }), key(2, { key_alias: "other" })],
    `no usable key has the alias "app-disks" in project ${projectId}, region cn-north-4. ` +
      `Found: app-disks ${idOf(1)} (is disabled). Give keyId, or another alias.`,
  ],
  [
    "only others",
    [key(2, { key_alias: "other" })],
    `no usable key has the alias "app-disks" in project ${projectId}, region cn-north-4. ` +
      `Found: other ${idOf(2)}. Give keyId, or another alias.`,
  ],
  [
    "none at all",
    [],
    `no usable key has the alias "app-disks" in project ${projectId}, region cn-north-4. ` +
      "Found: none. Give keyId, or another alias.",
  ],
])("names what there is where it finds %s", async (_, keys, message) => {
  mockKms.listKeys.mockResolvedValue(keys);
  await expect(getKmsKey({ ...where, alias: "app-disks" }, session)).rejects.toThrow(message);
});

it("reports every argument that is wrong, by its name", async () => {
  const asked = getKmsKey({ alias: "a", region: "mars", projectId: "x" }, session);
  await expect(asked).rejects.toThrow(/^region must be .*; projectId must be /);
});
