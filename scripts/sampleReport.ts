// A report for the picture of docs/ and for tests of its formats: accounts by regions, with every verdict among them.

import { describeAnswer } from "../cli/audit/judge";
import { summarize } from "../cli/report/assemble";
import type { ProjectFinding, Report } from "../cli/report/findings";

const regions = ["cn-north-4", "ap-southeast-3", "eu-west-101", "la-south-2"];
const accountNames = ["payments", "web-shop", "data-lake", "sandbox", "logistics"];

type Part = Partial<ProjectFinding> & Pick<ProjectFinding, "verdict">;

const key: Partial<ProjectFinding> = {
  enabled: true,
  keyAlias: "app-disks",
  keyState: "enabled",
  keyRotation: true,
  keyRotationDays: 365,
  keyOrigin: "kms",
  keySpec: "AES_256",
  isServiceKey: false,
};
const ok: Part = { ...key, verdict: "ok" };
const waiver = { owner: "web-shop team", reason: "moves in spring", expires: "2027-03-31", expired: false };

/** Dealt to the projects in turn. */
const parts: readonly Part[] = [
  ok,
  ok,
  { ...key, verdict: "off", enabled: false, reason: "Default encryption is off." },
  ok,
  {
    ...key,
    verdict: "service-key",
    keyAlias: "evs/default",
    isServiceKey: true,
    keyRotation: null,
    keyRotationDays: null,
    reason: "The key is EVS's own, which cannot be rotated or revoked.",
  },
  ok,
  {
    ...key,
    verdict: "wrong-key",
    keyAlias: "old-disks",
    expectedKey: "app-disks",
    reason: "The key should be app-disks.",
  },
  {
    ...key,
    verdict: "key-unusable",
    keyAlias: "doomed-disks",
    keyState: "pendingDeletion",
    keyDeletionDate: "2026-12-24T00:00:00.000Z",
    keyRotation: false,
    keyRotationDays: null,
    reason: "The key is deleted on 2026-12-24: disks that use it are lost then.",
  },
  ok,
  { ...key, verdict: "off", enabled: false, reason: "Default encryption is off.", waiver },
  ok,
  {
    verdict: "not-checked",
    cause: "no-permission",
    reason: "EVS refused the look at the setting: user role is not allowed for this action! (EVS.1027, HTTP 403)",
  },
];

const nothingKnown = { enabled: null, kmsKeyId: null, ...describeAnswer(undefined) };

/** `change` is put over each finding. */
export function sampleReport(accounts = accountNames.length, change: Partial<ProjectFinding> = {}): Report {
  const names = Array.from({ length: accounts }, (_, index) => accountNames[index] ?? `team-${index + 1}`);
  const projects = names.flatMap((name, first) =>
    regions.map((region, second): ProjectFinding => {
      const index = first * regions.length + second;
      const part = parts[index % parts.length] ?? ok;
      const id = (index + 1).toString(16).padStart(32, "05ab1e5");
      return {
        ...nothingKnown,
        account: { id: (first + 1).toString(16).padStart(32, "0acc"), name },
        region,
        projectId: id,
        projectName: region,
        kmsKeyId: part.keyAlias === undefined ? null : `7e1f6d5a-bfe7-4b7d-8125-${id.slice(-12)}`,
        ...part,
        ...change,
      };
    }),
  );
  return {
    version: 1,
    partial: false,
    startedAt: "2026-11-24T09:00:00.000Z",
    endedAt: "2026-11-24T09:00:41.000Z",
    notes: ["Encrypted disks cannot be transferred to another account."],
    summary: summarize(projects),
    projects,
  };
}
