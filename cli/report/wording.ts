// What a report says of a project, in the few words that a cell of a table has room for.
import { isWaived, type ProjectFinding, type Report, verdicts } from "./findings";

export function verdictOf(finding: ProjectFinding): string {
  return isWaived(finding) ? `${finding.verdict} (waived)` : finding.verdict;
}

export function stateOf({ keyState, keyDeletionDate }: ProjectFinding): string {
  return keyDeletionDate === null ? (keyState ?? "") : `${keyState}, ${keyDeletionDate.slice(0, 10)}`;
}

export function rotationOf({ keyRotation, keyRotationDays }: ProjectFinding): string {
  if (keyRotation === null) return "";
  if (!keyRotation) return "no";
  return keyRotationDays === null ? "yes" : `${keyRotationDays} days`;
}

export function disksOf({ disks }: ProjectFinding): string {
  return disks === undefined ? "" : `${disks.encrypted} of ${disks.total} encrypted`;
}

export function useOf({ keyUse }: ProjectFinding): string {
  if (keyUse === undefined) return "";
  const { asDefault, asPrevious, disks } = keyUse;
  const uses = [
    ...(asDefault ? ["default"] : []),
    ...(asPrevious.length > 0 ? [`noted by ${asPrevious.length}`] : []),
    ...(disks === null ? ["disks unknown"] : disks > 0 ? [`${disks} disks`] : []),
  ];
  return uses.join(", ") || "no";
}

export function changeOf({ change, verdict, kmsKeyId }: ProjectFinding): string {
  const { kind, before } = change ?? {};
  if (kind !== "changed" || before === undefined) return kind ?? "";
  if (before.verdict !== verdict) return `was ${before.verdict}`;
  // One verdict can be true of two keys, or of on and off.
  return before.kmsKeyId === kmsKeyId ? `was ${before.enabled ? "on" : "off"}` : `was ${before.kmsKeyId ?? "no key"}`;
}

export function whyOf({ reason = "", waiver }: ProjectFinding): string {
  if (waiver === undefined) return reason;
  const until = waiver.expired ? `Waiver of ${waiver.owner} expired on` : `Waived by ${waiver.owner} until`;
  return [reason, `${until} ${waiver.expires}: ${waiver.reason}`].filter(Boolean).join(" ");
}

export function goneOf({ account, region, projectId, projectName }: NonNullable<Report["gone"]>[number]): string {
  const place = [account.name ?? account.id, region, projectName ?? projectId].filter((part) => part !== null);
  return `No longer there: ${place.join(", ")}.`;
}

export function sumOf({ summary: { projects, verdicts: counts, waived } }: Report): string {
  const parts = verdicts.filter((verdict) => counts[verdict] > 0).map((verdict) => `${counts[verdict]} ${verdict}`);
  const ofThem = waived > 0 ? ` (${waived} waived)` : "";
  return `${projects} ${projects === 1 ? "project" : "projects"}: ${parts.join(", ") || "nothing"}${ofThem}.`;
}

export const interrupted = "The audit was interrupted: this is what was found so far.";
