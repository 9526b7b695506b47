// The switch and the default key that switching on can change, with services that answer as each test says.
import { toKeyId, toProjectId, toRegion } from "../../tests/fixtures/identifiers";
import { Declarations } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import type { KmsKeyId, LiveKmsKeyId } from "../huaweicloud/services/identifiers";
import { ApiError, NetworkError, ResponseError } from "../huaweicloud/transport/errors";
import { setDeclaredKey, switchTo } from "./switch";

const mockEvs = { getDefaultKey: jest.fn(), setDefaultKey: jest.fn(), getEnabled: jest.fn(), setEnabled: jest.fn() };
const mockKms = { ...jest.requireActual("../huaweicloud/services/kms"), describeKey: jest.fn() };
jest.mock("../huaweicloud/services/evs", () => mockEvs);
jest.mock("../huaweicloud/services/kms", () => mockKms);

const own = toKeyId("7e1f6d5a-bfe7-4b7d-8125-c3017e661954");
const serviceKey = toKeyId("0a2b1c34-bfe7-4b7d-8125-c3017e661955");
const declaredKey = toKeyId("11111111-bfe7-4b7d-8125-c3017e661956");
const region = toRegion("cn-north-4");
const projectId = toProjectId("0123456789abcdef0123456789abcdef");
const where = `project ${projectId} in ${region}`;
const connection: Connection = { region, projectId, call: () => Promise.reject(new Error("nothing is to be sent")) };
const usable = {
  key_id: own,
  key_state: "2",
  key_spec: "AES_256",
  key_usage: "ENCRYPT_DECRYPT",
  default_key_flag: "0",
  keystore_id: "0",
};

let keys: Declarations<KmsKeyId, LiveKmsKeyId>;
let lines: string[];

beforeEach(() => {
  jest.resetAllMocks();
  keys = new Declarations("DefaultEncryptionKey", () => Promise.reject(new Error("nothing is to be looked up")));
  lines = [];
  mockEvs.setEnabled.mockImplementation(async (_: Connection, enabled: boolean) => enabled);
  mockEvs.setDefaultKey.mockImplementation(async (_: Connection, key: string) => key);
  mockKms.describeKey.mockResolvedValue(usable);
});

const run = (enabled = true, options?: { isDelete?: boolean; isKeyUnsure?: boolean }) =>
  switchTo(connection, enabled, { keys, notify: (line) => lines.push(line) }, options);
/** The default key before the switch, and after it. */
const keyIs = (before: string, after: string) =>
  mockEvs.getDefaultKey.mockResolvedValueOnce(before).mockResolvedValueOnce(after);
const looksAtKey = () => mockEvs.getDefaultKey.mock.calls.length;
const refusal = (status: number) => new ApiError(`HTTP ${status}.`, "KMS.1", status, undefined, "POST", "/", "no");

/** As a key of the program that is in state, and as it should be. */
async function declareKey(value = declaredKey): Promise<void> {
  const target = { region, projectId };
  await keys.declare("urn:pulumi:stack::project::type::key", target, value, { isInState: true });
  keys.resolve(target, projectId, { isSettled: true });
}

it("does not look at the key if it switches off", async () => {
  expect(await run(false)).toEqual({ outcome: "applied", live: false });
  expect(looksAtKey()).toBe(0);
  expect(keys.liveOn(connection)).toBeUndefined();
});

it("does not look at the key again if the service refuses", async () => {
  keyIs(own, serviceKey);
  const error = refusal(403);
  mockEvs.setEnabled.mockRejectedValue(error);
  expect(await run()).toEqual({ outcome: "refused", error });
  expect(looksAtKey()).toBe(1);
  expect(keys.liveOn(connection)).toBeUndefined();
});

it("does not look at the key again if none was set and none is declared", async () => {
  keyIs("", serviceKey);
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(looksAtKey()).toBe(1);
  expect(keys.liveOn(connection)).toBeUndefined();
});

it("sets the declared key if none was set before, and says so", async () => {
  keyIs("", serviceKey);
  await declareKey();
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
  expect(lines).toEqual([
    `Switching default encryption on has changed the default key of ${where}, as happens on first use; the declared key was set.`,
  ]);
  expect(keys.inheritPrevious(connection)).toBeUndefined();
  expect(keys.liveOn(connection)).toEqual({ live: declaredKey });
});

it("puts back the declared key that was set before, as what it is", async () => {
  keyIs(declaredKey.toUpperCase(), serviceKey);
  await declareKey();
  await run();
  expect(lines).toEqual([expect.stringMatching(/; the previous key was restored\.$/)]);
});

it("leaves a key alone that has stayed, in any spelling", async () => {
  keyIs(own, own.toUpperCase());
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
  expect(lines).toEqual([]);
  expect(keys.serviceResetOf(connection)).toBeUndefined();
  expect(keys.inheritPrevious(connection)).toBeUndefined();
  expect(keys.liveOn(connection)).toEqual({ live: own.toUpperCase() });
  expect(mockKms.describeKey).not.toHaveBeenCalled();
});

it("puts the declared key in the place of another one, although that has stayed", async () => {
  keyIs(own, own.toUpperCase());
  await declareKey();
  await run();
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
  expect(lines).toEqual([`The default key of ${where} was not the declared one; the declared key was set.`]);
});

it("says that the declared key cannot be put in the place of another one that has stayed", async () => {
  keyIs(own, own);
  await declareKey();
  mockKms.describeKey.mockResolvedValue({ ...usable, key_state: "3" });
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(lines).toEqual([
    `The default key of ${where} is not the declared one: the declared key is disabled: enable it in DEW, or choose another. A DefaultEncryptionKey sets another.`,
  ]);
});

it("puts back the key that was set before, and says so", async () => {
  keyIs(own, serviceKey);
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, own]]);
  expect(lines).toEqual([
    `Switching default encryption on has changed the default key of ${where}, as happens on first use; the previous key was restored.`,
  ]);
  expect(keys.serviceResetOf(connection)).toBeUndefined();
  expect(keys.inheritPrevious(connection)).toBeUndefined();
  expect(keys.liveOn(connection)).toEqual({ live: own });
});

describe("a key that is not restored", () => {
  it.each([
    [serviceKey as string, "another"],
    ["", "none"],
  ])("is reported, and noted as found: now it is %p", async (after, shown) => {
    keyIs(own, after);
    mockKms.describeKey.mockResolvedValue({ ...usable, key_state: "3" });
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
    expect(lines).toEqual([expect.stringContaining(`${where} to ${shown}: the previous key is disabled`)]);
    expect(keys.serviceResetOf(connection)).toEqual({ from: own, to: after });
    expect(keys.inheritPrevious(connection)).toEqual({ previous: own });
    expect(keys.liveOn(connection)).toEqual({ live: after });
  });

  it("is reported although its date is none", async () => {
    keyIs(own, serviceKey);
    mockKms.describeKey.mockResolvedValue({ ...usable, key_state: "4", scheduled_deletion_date: "1e300" });
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(lines).toEqual([
      `Switching default encryption on has changed the default key of ${where} to another: the previous key is scheduled ` +
        "for deletion: cancel the deletion in DEW and enable the key, or choose another. A DefaultEncryptionKey sets another.",
    ]);
  });

  it("notes nothing as found if none was set before", async () => {
    keyIs("", serviceKey);
    await declareKey();
    mockKms.describeKey.mockResolvedValue({ ...usable, key_state: "3" });
    await run();
    expect(lines).toEqual([expect.stringContaining(`${where} to another: the declared key is disabled`)]);
    expect(keys.serviceResetOf(connection)).toEqual({ from: "", to: serviceKey });
    expect(keys.inheritPrevious(connection)).toBeUndefined();
  });
});

describe("KMS knows no such key, or may not be asked", () => {
  it.each([
    [403, true],
    [403, false],
    [404, true],
    [404, false],
    [499, false],
  ])("leaves it to EVS whether the key can be set: HTTP %i, declared: %s", async (status, isDeclared) => {
    keyIs(own, serviceKey);
    if (isDeclared) await declareKey();
    mockKms.describeKey.mockRejectedValue(refusal(status));
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, isDeclared ? declaredKey : own]]);
  });
});

describe("the key could not be kept", () => {
  const couldNot = (reason: string) =>
    `Default encryption of ${where} is on, but the default key may have changed and could not be read or restored: ${reason}`;

  it.each<[string, () => Error]>([
    [
      "KMS answers 500",
      () => {
        const error = refusal(500);
        mockKms.describeKey.mockRejectedValue(error);
        return error;
      },
    ],
    [
      "there is no connection",
      () => {
        const error = new NetworkError("cannot reach it");
        mockKms.describeKey.mockRejectedValue(error);
        return error;
      },
    ],
    [
      "EVS refuses it",
      () => {
        const error = refusal(400);
        mockEvs.setDefaultKey.mockRejectedValue(error);
        return error;
      },
    ],
  ])("and the next up repairs: %s", async (_, fail) => {
    keyIs(own, serviceKey);
    const cause = fail();
    const result = await run();
    expect(result).toEqual({ outcome: "unknown", live: undefined, error: expect.any(ResponseError) });
    expect(result).toMatchObject({ error: { message: couldNot(cause.message), cause } });
    expect(lines).toEqual([]);
    expect(keys.inheritPrevious(connection)).toEqual({ previous: own });
    expect(keys.serviceResetOf(connection)).toBeUndefined();
    expect(keys.liveOn(connection)).toEqual({ live: undefined });
  });

  it("because the service answers another", async () => {
    keyIs(own, serviceKey);
    mockEvs.setDefaultKey.mockResolvedValue(serviceKey);
    const message = couldNot("the service answers another key than the one that was set.");
    expect(await run()).toMatchObject({ outcome: "unknown", error: { message } });
    expect(lines).toEqual([]);
  });

  it("which a delete only says, because nothing comes after it", async () => {
    keyIs(own, serviceKey);
    mockEvs.setDefaultKey.mockRejectedValue(refusal(400));
    expect(await run(true, { isDelete: true })).toEqual({ outcome: "applied", live: true });
    expect(lines).toEqual([couldNot("HTTP 400.")]);
  });

  it.each([true, false])(
    "although the program declares it, which a delete does not pass over: %s",
    async (isDelete) => {
      mockEvs.getDefaultKey.mockResolvedValueOnce("").mockRejectedValueOnce(refusal(500));
      await declareKey();
      const result = await run(true, { isDelete });
      expect(result).toMatchObject({ outcome: "unknown", live: undefined, error: { cause: refusal(500) } });
      expect(lines).toEqual([]);
      expect(keys.inheritPrevious(connection)).toBeUndefined();
    },
  );
});

it("hands on what is no error of a service", async () => {
  keyIs(own, serviceKey);
  const mistake = new TypeError("a mistake");
  mockKms.describeKey.mockRejectedValue(mistake);
  await expect(run()).rejects.toBe(mistake);
});

describe("the declared key, where another delete has switched on", () => {
  const set = () => setDeclaredKey(connection, { keys, notify: (line) => lines.push(line) });

  it("is not asked for if the program declares none", async () => {
    expect(await set()).toBe(false);
    expect(looksAtKey()).toBe(0);
  });

  it("is not set if it is live, in whatever spelling", async () => {
    await declareKey();
    mockEvs.getDefaultKey.mockResolvedValue(declaredKey.toUpperCase());
    expect(await set()).toBe(false);
    expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
    expect(lines).toEqual([]);
  });

  it("is set if another is live, and one notice says so", async () => {
    await declareKey();
    keyIs(serviceKey, serviceKey);
    expect(await set()).toBe(true);
    expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
    expect(lines).toEqual([`The default key of ${where} was not the declared one; the declared key was set.`]);
  });

  it("fails if it cannot be set", async () => {
    await declareKey();
    keyIs(serviceKey, serviceKey);
    const error = refusal(503);
    mockEvs.setDefaultKey.mockRejectedValue(error);
    await expect(set()).rejects.toBe(error);
  });
});

describe("switching off, where an earlier call may have lost the key", () => {
  const off = (isDelete = false) => run(false, { isKeyUnsure: true, isDelete });

  it("sets the declared key, if another is live, and says so", async () => {
    await declareKey();
    mockEvs.getDefaultKey.mockResolvedValue(serviceKey);
    expect(await off()).toEqual({ outcome: "applied", live: false });
    expect(looksAtKey()).toBe(1);
    expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
    expect(lines).toEqual([`The default key of ${where} was not the declared one; the declared key was set.`]);
    expect(keys.liveOn(connection)).toEqual({ live: declaredKey });
  });

  it("says so if the declared key is unusable", async () => {
    await declareKey();
    mockEvs.getDefaultKey.mockResolvedValue(serviceKey);
    mockKms.describeKey.mockResolvedValue({ ...usable, key_state: "3" });
    expect(await off()).toEqual({ outcome: "applied", live: false });
    expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
    expect(lines).toEqual([expect.stringMatching(/ is not the declared one: the declared key .*disabled/)]);
    expect(keys.liveOn(connection)).toEqual({ live: serviceKey });
    expect(keys.serviceResetOf(connection)).toBeUndefined();
    expect(keys.inheritPrevious(connection)).toBeUndefined();
  });

  it("lets a key that is declared further on be compared with the live one", async () => {
    expect(await off()).toEqual({ outcome: "applied", live: false });
    expect(looksAtKey()).toBe(0);
    expect(keys.liveOn(connection)).toEqual({ live: undefined });
  });

  it.each([true, false])(
    "is unknown if the key cannot be read, which a delete does not pass over: %s",
    async (isDelete) => {
      await declareKey();
      mockEvs.getDefaultKey.mockRejectedValue(refusal(500));
      const message = `Default encryption of ${where} is off, but the default key may have changed and could not be read or restored: HTTP 500.`;
      expect(await off(isDelete)).toMatchObject({ outcome: "unknown", live: undefined, error: { message } });
      expect(keys.inheritPrevious(connection)).toBeUndefined();
      expect(lines).toEqual([]);
    },
  );

  it("does not look at the key if the service refuses", async () => {
    await declareKey();
    const error = refusal(403);
    mockEvs.setEnabled.mockRejectedValue(error);
    expect(await off()).toEqual({ outcome: "refused", error });
    expect(looksAtKey()).toBe(0);
  });
});
