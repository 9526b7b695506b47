// The verdict on a project, by what the services answered and what is expected of it.
import { kmsKeyId } from "../../provider/huaweicloud/services/identifiers";
import type { KeyDetails } from "../../provider/huaweicloud/services/kms";
import type { Expectation } from "./expectations";
import type { Facts, KeyAnswer } from "./facts";
import { describeAnswer, judge } from "./judge";

const id = kmsKeyId.parse("7e1f6d5a-bfe7-4b7d-8125-c3017e661954");
const other = "1c3875db-97f3-4371-93de-b103b10a2189";
const key = (more: Partial<KeyDetails> = {}): KeyAnswer => ({
  details: { key_id: id, key_alias: "app-disks", key_state: "2", key_spec: "AES_256", ...more },
  rotation: undefined,
});
const on = (answer: KeyAnswer | undefined, liveKey: string = id): Facts => ({
  enabled: true,
  kmsKeyId: answer === undefined ? "" : liveKey,
  key: answer,
  disks: undefined,
});
const off = (answer?: KeyAnswer): Facts => ({ ...on(answer), enabled: false });
const denied = { cause: "no-permission", reason: "It said no." } as const;

it.each<[string, Facts, Expectation, string, string | undefined]>([
  ["on with a key of its own", on(key()), {}, "ok", undefined],
  ["the expected alias", on(key()), { key: "app-disks" }, "ok", undefined],
  ["the expected ID, in capitals", on(key()), { key: id.toUpperCase() }, "ok", undefined],
  ["another alias", on(key()), { key: "other" }, "wrong-key", `The key is app-disks (${id}), expected other.`],
  ["another ID", on(key({ key_alias: "" })), { key: other }, "wrong-key", `The key is ${id}, expected ${other}.`],
  ["off", off(), {}, "off", "New disks are not encrypted unless they say so themselves."],
  ["off with a key that works", off(key()), {}, "off", "New disks are not encrypted unless they say so themselves."],
  [
    "off with a key that does not",
    off(key({ key_state: "3" })),
    {},
    "off",
    "New disks are not encrypted unless they say so themselves. The key that is set (alias app-disks) is disabled: enable it in DEW, or choose another.",
  ],
  [
    "off with a key that is gone",
    off("gone"),
    {},
    "off",
    "New disks are not encrypted unless they say so themselves. KMS has no such key in this project: it was deleted, or is another account's. New disks cannot be encrypted with a deleted key.",
  ],
  [
    "off with a key that nobody knows",
    off(denied),
    {},
    "off",
    "New disks are not encrypted unless they say so themselves.",
  ],
  ["off where it may be", off("gone"), { mayBeOff: true }, "ok", undefined],
  ["on where it may be off", on("gone"), { mayBeOff: true }, "key-unusable", expect.stringContaining("no such key")],
  [
    "a disabled key",
    on(key({ key_state: "3" })),
    {},
    "key-unusable",
    "The key (alias app-disks) is disabled: enable it in DEW, or choose another.",
  ],
  [
    "a disabled key that is not the expected one",
    on(key({ key_state: "3" })),
    { key: "x" },
    "key-unusable",
    expect.any(String),
  ],
  [
    "the service's own key by its flag",
    on(key({ default_key_flag: "1" })),
    {},
    "service-key",
    "New disks are encrypted with the service's own key.",
  ],
  [
    "the service's own key by its alias",
    on(key({ key_alias: "evs/default" })),
    { key: "app-disks" },
    "service-key",
    "New disks are encrypted with the service's own key. Expected: app-disks.",
  ],
  [
    "the service's own key where it is expected",
    on(key({ default_key_flag: "1" })),
    { key: "evs/default" },
    "ok",
    undefined,
  ],
  [
    "the service's own key, expected by its alias",
    on(key({ key_alias: "evs/default", default_key_flag: "1" })),
    { key: "evs/default" },
    "ok",
    undefined,
  ],
  ["the service's own key, expected by its ID", on(key({ default_key_flag: "1" })), { key: id }, "ok", undefined],
  [
    "another service's own key where that of EVS is expected",
    on(key({ key_alias: "obs/default", default_key_flag: "1" })),
    { key: "evs/default" },
    "service-key",
    "New disks are encrypted with the service's own key. Expected: evs/default.",
  ],
  [
    "the service's own key without an alias",
    on({ details: { key_id: id, key_state: "2", default_key_flag: "1" }, rotation: undefined }),
    { key: "evs/default" },
    "ok",
    undefined,
  ],
  ["no key at all is the service's own", on(undefined), {}, "service-key", expect.any(String)],
  ["no key at all where the service's own is expected", on(undefined), { key: "evs/default" }, "ok", undefined],
  [
    "another key where the service's own is expected",
    on(key()),
    { key: "evs/default" },
    "wrong-key",
    expect.any(String),
  ],
  ["a key that KMS does not show", on(denied), {}, "not-checked", `The key ${id} could not be looked up. It said no.`],
  ["the same, an alias expected", on(denied), { key: "app-disks" }, "not-checked", expect.any(String)],
  ["the same, its ID expected", on(denied), { key: id }, "not-checked", expect.any(String)],
  [
    "the same, another ID expected",
    on(denied),
    { key: other },
    "wrong-key",
    `The key is ${id}, expected ${other}. KMS gave no details: It said no.`,
  ],
])("%s", (_, facts, expectation, verdict, reason) => {
  const judgement = judge(facts, expectation);
  expect([judgement.verdict, judgement.reason]).toEqual([verdict, reason]);
  expect(judgement.cause).toBe(verdict === "not-checked" ? "no-permission" : undefined);
});

describe("what the report says of the key", () => {
  const nothing = {
    keyAlias: null,
    keyState: null,
    keyDeletionDate: null,
    keyRotation: null,
    keyRotationDays: null,
    keyOrigin: null,
    keySpec: null,
    isServiceKey: null,
  };
  const details = { key_id: id, key_state: "4", scheduled_deletion_date: "1502799822000" };
  it.each<[string, KeyAnswer | undefined, object]>([
    ["no key", undefined, nothing],
    ["an error", denied, nothing],
    ["none that KMS knows", "gone", { ...nothing, keyState: "gone" }],
    [
      "one that is to be deleted",
      { details, rotation: undefined },
      { ...nothing, keyState: "pendingDeletion", keyDeletionDate: "2017-08-15T12:23:42.000Z", isServiceKey: false },
    ],
    [
      "its date in seconds",
      { details: { ...details, scheduled_deletion_date: "1502799822" }, rotation: undefined },
      { ...nothing, keyState: "pendingDeletion", keyDeletionDate: "2017-08-15T12:23:42.000Z", isServiceKey: false },
    ],
    [
      "a date that is none",
      { details: { ...details, scheduled_deletion_date: "soon" }, rotation: undefined },
      { ...nothing, keyState: "pendingDeletion", isServiceKey: false },
    ],
    [
      "a number that is no date",
      { details: { ...details, scheduled_deletion_date: "1e300" }, rotation: undefined },
      { ...nothing, keyState: "pendingDeletion", isServiceKey: false },
    ],
    [
      "all that there is",
      {
        details: {
          key_id: id,
          key_alias: "a",
          key_state: "2",
          key_spec: "SM4",
          origin: "external",
          default_key_flag: "0",
          scheduled_deletion_date: "",
        },
        rotation: { enabled: true, intervalDays: 30 },
      },
      {
        keyAlias: "a",
        keyState: "enabled",
        keyDeletionDate: null,
        keyRotation: true,
        keyRotationDays: 30,
        keyOrigin: "external",
        keySpec: "SM4",
        isServiceKey: false,
      },
    ],
    [
      "rotation that is off",
      { details: { key_id: id, key_state: "2" }, rotation: { enabled: false, intervalDays: undefined } },
      { ...nothing, keyState: "enabled", keyRotation: false, isServiceKey: false },
    ],
  ])("%s", (_, answer, expected) => {
    expect(describeAnswer(answer)).toEqual(expected);
  });
});
