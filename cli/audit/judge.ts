// The verdict on a project: pure rules, from what the services answered and what is expected of it.
import { evsDefaultKeyAlias } from "../../provider/huaweicloud/services/evs";
import { kmsKeyId as keyIdForm, sameId } from "../../provider/huaweicloud/services/identifiers";
import { isServiceKey, type KeyDetails, timeOf } from "../../provider/huaweicloud/services/kms";
import { stateOf, whyUnusable } from "../../provider/usableKey";
import type { ProjectFinding, Verdict } from "../report/findings";
import type { NotChecked } from "./cause";
import type { Expectation } from "./expectations";
import type { Facts, KeyAnswer } from "./facts";

export interface Judgement {
  verdict: Verdict;
  reason?: string;
  cause?: NotChecked["cause"];
}

/** The first matching rule decides; worse verdicts come first. */
export function judge(facts: Facts, expectation: Expectation): Judgement {
  const { enabled, key } = facts;
  if (!enabled) {
    if (expectation.mayBeOff) return { verdict: "ok" };
    const broken = typeof key === "object" && "details" in key ? whyUnusable(key.details) : undefined;
    const also = key === "gone" ? ` ${goneReason}` : broken ? ` The key that is set ${broken}.` : "";
    return { verdict: "off", reason: `New disks are not encrypted unless they say so themselves.${also}` };
  }
  if (key === "gone") return { verdict: "key-unusable", reason: goneReason };
  if (key !== undefined && "cause" in key) return judgeUnknownKey(facts, key, expectation);
  const broken = key && whyUnusable(key.details);
  if (broken) return { verdict: "key-unusable", reason: `The key ${broken}.` };
  if (key === undefined || isServiceKey(key.details)) {
    if (isServiceKeyExpected(key?.details, expectation)) return { verdict: "ok" };
    const wanted = expectation.key === undefined ? "" : ` Expected: ${expectation.key}.`;
    return { verdict: "service-key", reason: `New disks are encrypted with the service's own key.${wanted}` };
  }
  if (expectation.key !== undefined && !isKey(key.details, expectation.key)) {
    const named = key.details.key_alias ? `${key.details.key_alias} (${key.details.key_id})` : key.details.key_id;
    return { verdict: "wrong-key", reason: `The key is ${named}, expected ${expectation.key}.` };
  }
  return { verdict: "ok" };
}

const goneReason =
  "KMS has no such key in this project: it was deleted, or is another account's. New disks cannot be encrypted with a deleted key.";

/** Without details from KMS: an unexpected key is a finding, but whether a key works is not known. */
function judgeUnknownKey({ kmsKeyId }: Facts, { cause, reason }: NotChecked, { key }: Expectation): Judgement {
  if (key !== undefined && keyIdForm.safeParse(key).success && !sameId(key, kmsKeyId)) {
    return {
      verdict: "wrong-key",
      reason: `The key is ${kmsKeyId}, expected ${key}. KMS gave no details: ${reason}`,
    };
  }
  return { verdict: "not-checked", cause, reason: `The key ${kmsKeyId} could not be looked up. ${reason}` };
}

/** By its alias, which KMS may not return, or by its ID. A default key of another service is not it. */
function isServiceKeyExpected(details: KeyDetails | undefined, { key }: Expectation): boolean {
  if (details !== undefined && key !== undefined && isKey(details, key)) return true;
  return key === evsDefaultKeyAlias && !details?.key_alias?.endsWith("/default");
}

/** `expected` is an ID or an alias. */
function isKey({ key_id, key_alias }: KeyDetails, expected: string): boolean {
  return sameId(key_id, expected) || key_alias === expected;
}

type KeyFields = Pick<
  ProjectFinding,
  | "keyAlias"
  | "keyState"
  | "keyDeletionDate"
  | "keyRotation"
  | "keyRotationDays"
  | "keyOrigin"
  | "keySpec"
  | "isServiceKey"
>;

/** What the report says of the key. */
export function describeAnswer(key: KeyAnswer | undefined): KeyFields {
  const nothing: KeyFields = {
    keyAlias: null,
    keyState: null,
    keyDeletionDate: null,
    keyRotation: null,
    keyRotationDays: null,
    keyOrigin: null,
    keySpec: null,
    isServiceKey: null,
  };
  if (key === "gone") return { ...nothing, keyState: "gone" };
  if (key === undefined || "cause" in key) return nothing;
  const { details, rotation } = key;
  return {
    keyAlias: details.key_alias || null,
    keyState: stateOf(details),
    keyDeletionDate: timeOf(details.scheduled_deletion_date) || null,
    keyRotation: rotation?.enabled ?? null,
    keyRotationDays: rotation?.intervalDays ?? null,
    keyOrigin: details.origin || null,
    keySpec: details.key_spec || null,
    isServiceKey: isServiceKey(details),
  };
}
