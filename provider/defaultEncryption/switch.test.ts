// The switch and the default key that switching on can change, with services that answer as each test says.
import { toKeyId, toProjectId, toRegion } from "../../tests/fixtures/identifiers";
import { Declarations } from "../declarations";
import type { Connection } from "../huaweicloud/services/context";
import type { KmsKeyId, LiveKmsKeyId } from "../huaweicloud/services/identifiers";
import { ApiError, NetworkError } from "../huaweicloud/transport/errors";
import { switchTo } from "./switch";

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
  mockKms.describeKey.mockResolvedValue(usable);
});

const run = (enabled = true) => switchTo(connection, enabled, { keys, notify: (line) => lines.push(line) });
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
});

it("does not look at the key again if the service refuses", async () => {
  keyIs(own, serviceKey);
  const error = refusal(403);
  mockEvs.setEnabled.mockRejectedValue(error);
  expect(await run()).toEqual({ outcome: "refused", error });
  expect(looksAtKey()).toBe(1);
});

it("does not look at the key again if none was set and none is declared", async () => {
  keyIs("", serviceKey);
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(looksAtKey()).toBe(1);
});

it("sets the declared key if none was set before", async () => {
  keyIs("", serviceKey);
  await declareKey();
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
  expect(keys.inheritPrevious(connection)).toBeUndefined();
});

it("leaves a key alone that has stayed, in any spelling", async () => {
  keyIs(own, own.toUpperCase());
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
  expect(lines).toEqual([]);
  expect(keys.serviceResetOf(connection)).toBeUndefined();
  expect(keys.inheritPrevious(connection)).toBeUndefined();
});

it("puts the declared key in the place of another one, although that has stayed", async () => {
  keyIs(own, own);
  await declareKey();
  await run();
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
});

it("puts back the key that was set before, and says so", async () => {
  keyIs(own, serviceKey);
  expect(await run()).toEqual({ outcome: "applied", live: true });
  expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, own]]);
  expect(lines).toEqual([
    `Switching default encryption on has changed the default key of ${where}, as happens on first use; the previous key was restored.`,
  ]);
  expect(keys.serviceResetOf(connection)).toBeUndefined();
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
    expect(keys.serviceResetOf(connection)).toEqual({ from: "", to: serviceKey });
    expect(keys.inheritPrevious(connection)).toBeUndefined();
  });
});

describe("KMS does not answer about the key", () => {
  it("sets a declared key all the same if the caller may not ask", async () => {
    keyIs(own, serviceKey);
    await declareKey();
    mockKms.describeKey.mockRejectedValue(refusal(403));
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(mockEvs.setDefaultKey.mock.calls).toEqual([[connection, declaredKey]]);
  });

  it.each([
    ["403, of a key that is not declared", 403, false],
    ["404", 404, false],
    ["404, of a declared key", 404, true],
  ])("does not put it back on a definite no: %s", async (_, status, isDeclared) => {
    keyIs(own, serviceKey);
    if (isDeclared) await declareKey();
    mockKms.describeKey.mockRejectedValue(refusal(status));
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(mockEvs.setDefaultKey).not.toHaveBeenCalled();
    expect(lines).toEqual([expect.stringContaining(`the previous key could not be looked up: HTTP ${status}.`)]);
  });

  it.each([
    ["500", refusal(500)],
    ["503", refusal(503)],
    ["no connection", new NetworkError("cannot reach it")],
  ])("says that it is not known what became of the key: %s", async (_, error) => {
    keyIs(own, serviceKey);
    mockKms.describeKey.mockRejectedValue(error);
    expect(await run()).toEqual({ outcome: "applied", live: true });
    expect(lines).toEqual([
      `Default encryption of ${where} is on, but the default key may have changed and could not be read or restored: ${error.message}`,
    ]);
    expect(keys.inheritPrevious(connection)).toEqual({ previous: own });
    expect(keys.serviceResetOf(connection)).toBeUndefined();
  });
});

it("is not known to be done if the declared key could not be kept", async () => {
  mockEvs.getDefaultKey.mockResolvedValueOnce("").mockRejectedValueOnce(refusal(500));
  await declareKey();
  const result = await run();
  expect(result).toMatchObject({ outcome: "unknown", live: undefined, error: { cause: refusal(500) } });
  expect(lines).toEqual([]);
  expect(keys.inheritPrevious(connection)).toBeUndefined();
});

it("hands on what is no error of a service", async () => {
  keyIs(own, serviceKey);
  const mistake = new TypeError("a mistake");
  mockKms.describeKey.mockRejectedValue(mistake);
  await expect(run()).rejects.toBe(mistake);
});
