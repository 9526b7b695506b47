// The calls of EVS and KMS: what each asks for, by which words an error names it, and what it makes of the answer.
import { ApiError } from "../transport/errors";
import { knownSecrets } from "../transport/knownSecrets";
import type { ZodType } from "../transport/zod";
import type { CallRequest, Connection } from "./context";
import { getDefaultKey, getEnabled, resetDefaultKey, setDefaultKey, setEnabled } from "./evs";
import { kmsKeyId, projectId } from "./identifiers";
import { describeKey, isServiceKey, listKeys, saysKeyIsUnknown, timeOf } from "./kms";

const project = projectId.parse("0123456789abcdef0123456789abcdef");

interface Asked extends CallRequest {
  service: string;
  action: string;
}

/** A connection that answers with these bodies, one after the other. */
function connection(...answers: unknown[]) {
  const asked: Asked[] = [];
  const made: Connection = {
    region: "cn-north-4",
    projectId: project,
    async call<T>(service: string, action: string, request: CallRequest, answer: ZodType<T>): Promise<T> {
      asked.push({ service, action, ...request });
      return answer.parse(answers[asked.length - 1]);
    },
  };
  return { asked, made };
}

const id = "7e1f6d5a-bfe7-4b7d-8125-c3017e661954";

describe("EVS", () => {
  it.each<[string, (made: Connection) => Promise<unknown>, unknown, unknown, Asked]>([
    [
      "reads the key",
      getDefaultKey,
      { kms_key_id: id },
      id,
      {
        service: "evs",
        action: "reading the default encryption key",
        method: "GET",
        path: `/v5/${project}/default-encryption/key`,
      },
    ],
    [
      "sets the key",
      (made) => setDefaultKey(made, id),
      { kms_key_id: id },
      id,
      {
        service: "evs",
        action: "setting the default encryption key",
        method: "PUT",
        path: `/v5/${project}/default-encryption/key`,
        body: { kms_key_id: id },
      },
    ],
    [
      "resets the key",
      resetDefaultKey,
      { kms_key_id: id },
      id,
      {
        service: "evs",
        action: "resetting the default encryption key",
        method: "PUT",
        path: `/v5/${project}/default-encryption/key/reset`,
      },
    ],
    [
      "reads the switch",
      getEnabled,
      { default_encryption: true },
      true,
      {
        service: "evs",
        action: "reading whether default encryption is on",
        method: "GET",
        path: `/v5/${project}/default-encryption/status`,
      },
    ],
    ...[true, false].map((on): [string, (made: Connection) => Promise<unknown>, unknown, unknown, Asked] => [
      `switches ${on ? "on" : "off"}`,
      (made) => setEnabled(made, on),
      { default_encryption: on },
      on,
      {
        service: "evs",
        action: `switching default encryption ${on ? "on" : "off"}`,
        method: "POST",
        path: `/v5/${project}/default-encryption/${on ? "enable" : "disable"}`,
      },
    ]),
  ])("%s", async (_, call, answer, expected, request) => {
    const { asked, made } = connection(answer);
    expect(await call(made)).toBe(expected);
    expect(asked).toEqual([request]);
  });

  it.each([[{}], [{ kms_key_id: null }], [{ kms_key_id: "" }]])("takes %j for no key", async (answer) => {
    expect(await getDefaultKey(connection(answer).made)).toBe("");
  });

  it.each<[(made: Connection) => Promise<unknown>, unknown]>([
    [getDefaultKey, { kms_key_id: 1 }],
    [getEnabled, {}],
    [getEnabled, { default_encryption: "true" }],
  ])("%p refuses %j", async (call, answer) => {
    await expect(call(connection(answer).made)).rejects.toThrow();
  });
});

describe("KMS", () => {
  const apiError = (code: string) => new ApiError("no", code, 400, undefined, "POST", "/", "no");
  const key = (number: number) => ({ key_id: `${id.slice(0, -1)}${number}`, key_state: "2" });

  it("describes a key, with what older regions leave out", async () => {
    const { asked, made } = connection({ key_info: { ...key(1), key_alias: "a", later: "x" } });
    expect(await describeKey(made, id)).toEqual({ ...key(1), key_alias: "a" });
    expect(asked).toEqual([
      {
        service: "kms",
        action: "looking up the KMS key",
        method: "POST",
        path: `/v1.0/${project}/kms/describe-key`,
        body: { key_id: id },
      },
    ]);
  });

  it.each<[string | undefined, string]>([
    ["1893456000000", "2030-01-01T00:00:00.000Z"],
    ["1893456000", "2030-01-01T00:00:00.000Z"],
    ["100000000000", "5138-11-16T09:46:40.000Z"],
    ["100000000001", "1973-03-03T09:46:40.001Z"],
    ["8640000000000000", "+275760-09-13T00:00:00.000Z"],
    ["8640000000000001", ""],
    ["1e300", ""],
    ["-1e300", ""],
    ["Infinity", ""],
    ["soon", ""],
    ["", ""],
    [undefined, ""],
  ])("understands the date %j as %j", (given, date) => {
    expect(timeOf(given)).toBe(date);
  });

  it.each<[object, boolean]>([
    [{ default_key_flag: "1" }, true],
    [{ key_alias: "evs/default" }, true],
    [{ default_key_flag: "0", key_alias: "evs/other" }, false],
    [{}, false],
  ])("tells whether %j is a service's own key", (given, isOwn) => {
    expect(isServiceKey({ ...key(1), key_id: kmsKeyId.parse(id), ...given })).toBe(isOwn);
  });

  it.each<[Error, boolean]>([
    [apiError("KMS.0205"), true],
    [apiError("KMS.0207"), true],
    [apiError("KMS.0201"), false],
    [new TypeError("KMS.0205"), false],
  ])("tells whether %p says that there is no such key", (error, isUnknown) => {
    expect(saysKeyIsUnknown(error)).toBe(isUnknown);
  });

  it.each([
    {},
    { key_info: {} },
    { key_info: { key_id: id } },
    { key_info: { ...key(1), key_id: "alias/x" } },
    { key_info: { ...key(1), key_id: "" } },
  ])("refuses %j", async (answer) => {
    await expect(describeKey(connection(answer).made, id)).rejects.toThrow();
  });

  const page = (marker: string): Asked => ({
    service: "kms",
    action: "listing KMS keys",
    method: "POST",
    path: `/v1.0/${project}/kms/list-keys`,
    body: { limit: "100", marker, key_spec: "ALL" },
  });

  it("lists all pages", async () => {
    const { asked, made } = connection(
      { key_details: [key(1), key(2)], next_marker: "2", truncated: "true" },
      { key_details: [key(3)], next_marker: "3", truncated: "false" },
    );
    expect(await listKeys(made)).toEqual([key(1), key(2), key(3)]);
    expect(asked).toEqual([page("0"), page("2")]);
  });

  it("gives up a list that does not end after 200 pages, and has changed nothing", async () => {
    const pages = Array.from({ length: 201 }, (_, index) => ({
      key_details: [key(1)],
      next_marker: `after-${index}`,
      truncated: "true",
    }));
    const { asked, made } = connection(...pages);
    await expect(listKeys(made)).rejects.toMatchObject({
      message:
        `listing KMS keys (project ${project} in cn-north-4): the list does not end: KMS sent 200 pages ` +
        "and announces more.",
      outcome: "refused",
    });
    expect(asked).toHaveLength(200);
  });

  it.each([
    ["says that it is the last", { next_marker: "9", truncated: "false" }],
    ["says nothing of more", {}],
    ["says that there is more, but not where", { truncated: "true" }],
    ["says nothing of where", { truncated: "true", next_marker: "" }],
    ["leads to itself", { truncated: "true", next_marker: "0" }],
  ])("ends with a page that %s", async (_, more) => {
    const { asked, made } = connection({ key_details: [key(1)], ...more });
    expect(await listKeys(made)).toEqual([key(1)]);
    expect(asked).toHaveLength(1);
  });

  it("lists a page of more keys than a function can have arguments", async () => {
    const { made } = connection({
      key_details: Array.from({ length: 100_000 }, () => ({ key_id: id, key_state: "2" })),
    });
    expect(await listKeys(made)).toHaveLength(100_000);
  });
});

describe("what is an ID by its form, and a secret of this run", () => {
  afterEach(() => knownSecrets.clear());

  it.each<[string, (made: Connection) => Promise<unknown>, unknown]>([
    ["the default key", getDefaultKey, { kms_key_id: id }],
    ["a key", (made) => describeKey(made, id), { key_info: { key_id: id, key_state: "2" } }],
    ["one of the keys", listKeys, { key_details: [{ key_id: id, key_state: "2" }] }],
  ])("is not taken for %s", async (_, call, answer) => {
    expect(await call(connection(answer).made)).toBeDefined();
    knownSecrets.add(id);
    await expect(call(connection(answer).made)).rejects.toThrow(/kept secret|keeps secret/);
  });

  it("is taken out of what a key is called", async () => {
    knownSecrets.add("planted-s3cret");
    const { made } = connection({ key_info: { key_id: id, key_state: "2", key_alias: "a planted-s3cret b" } });
    expect(await describeKey(made, id)).toMatchObject({ key_alias: "a *** b" });
  });
});
