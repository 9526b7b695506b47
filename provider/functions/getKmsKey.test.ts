// What getKmsKey refuses before it asks anyone.
import { ConfigurationError } from "../huaweicloud/transport/errors";
import type { Session } from "../session";
import { getKmsKey } from "./getKmsKey";

const session = new Proxy({} as Session, {
  get: () => {
    throw new Error("asked");
  },
});

it.each([
  "alias/evs",
  "",
  "x".repeat(5000),
  "7e1f6d5a-bfe7-4b7d-8125-c3017e661954\n",
  "iam::0123456789abcdef0123456789abcdef:agency:a",
])("takes no key ID %j", async (keyId) => {
  const asked = getKmsKey({ region: "cn-north-4", keyId }, session);
  await expect(asked).rejects.toBeInstanceOf(ConfigurationError);
  await expect(asked).rejects.toThrow(
    "keyId must be the ID of a KMS key, such as 7e1f6d5a-bfe7-4b7d-8125-c3017e661954 (not its alias or URN: DEW lists both)",
  );
});

it.each([{ keyId: "7E1F6D5A-bfe7-4b7d-8125-c3017e661954" }, { alias: "alias/evs" }, { alias: "" }])(
  "goes on with %j",
  async (args) => {
    await expect(getKmsKey({ region: "cn-north-4", ...args }, session)).rejects.toThrow("asked");
  },
);

it.each([{}, { alias: "a", keyId: "b" }, { alias: 1 }])("takes either alias or keyId, not %j", async (args) => {
  await expect(getKmsKey(args, session)).rejects.toThrow("give either alias or keyId");
});
