// What a program declares for what an audit found: each project that was checked, as it should be.
import { evsDefaultKeyAlias } from "../../provider/huaweicloud/services/evs";
import { kmsKeyId as keyIdForm } from "../../provider/huaweicloud/services/identifiers";
import type { AssumeRole } from "../../provider/target";
import type { Checked } from "../audit/audit";
import { isWaived, type ProjectFinding } from "../report/findings";

/** The key that a project should have: by ID, by alias, or by the alias that the program's configuration says. */
export type PlannedKey = { id: string } | { alias: string } | "configured";

export interface PlannedProject {
  /** Name of the resources. */
  name: string;
  region: string;
  projectId: string;
  projectName: string;
  assumeRole: AssumeRole | undefined;
  /** `undefined` if the service's own key is right here: then only the switch is declared. */
  key: PlannedKey | undefined;
  /** What was found. */
  live: { enabled: boolean; kmsKeyId: string | null };
  /** Why the project will change; `undefined` if it is right already. */
  changes: string | undefined;
}

export interface Plan {
  projects: PlannedProject[];
  /** What is not declared, and why: a line each. */
  leftOut: string[];
}

export function planOf(checked: readonly Checked[], waived: readonly ProjectFinding[]): Plan {
  const names = new Names(new Set(checked.map(({ finding }) => finding.account.id ?? finding.account.name)).size > 1);
  const projects: PlannedProject[] = [];
  const leftOut: string[] = [];
  for (const [index, { finding, role }] of checked.entries()) {
    const why = whyLeftOut(waived[index] ?? finding);
    const { region, projectId, projectName, enabled, kmsKeyId, verdict } = finding;
    if (why !== undefined || region === null || projectId === null || enabled === null) {
      leftOut.push(`${describe(finding)}: ${why ?? "not checked"}`);
      continue;
    }
    projects.push({
      name: names.of(finding),
      region,
      projectId,
      projectName: projectName ?? projectId,
      assumeRole: role && assumeRoleOf(role),
      key: keyOf(finding),
      live: { enabled, kmsKeyId },
      changes: verdict === "ok" ? undefined : verdict,
    });
  }
  return { projects, leftOut };
}

function whyLeftOut(finding: ProjectFinding): string | undefined {
  if (isWaived(finding)) return `waived until ${finding.waiver?.expires}`;
  if (finding.verdict === "not-checked") return "not checked";
  if (finding.verdict === "ok" && finding.enabled === false) return "may be off";
  return undefined;
}

function describe({ account, region, projectName, projectId }: ProjectFinding): string {
  const parts = [account.name ?? account.id, region, projectName ?? projectId].filter((part) => part !== null);
  return parts.join(", ") || "the account of the credentials";
}

/** A resource names the account by ID or by name, not by both. */
function assumeRoleOf({ agencyName, domainId, domainName }: NonNullable<Checked["role"]>): AssumeRole {
  return domainId === undefined ? { agencyName, domainName } : { agencyName, domainId };
}

function keyOf(finding: ProjectFinding): PlannedKey | undefined {
  const { verdict, expectedKey, kmsKeyId } = finding;
  if (expectedKey === evsDefaultKeyAlias) return undefined;
  // What is right stays as it is, to the letter.
  if (verdict === "ok" && kmsKeyId !== null) return { id: kmsKeyId };
  if (expectedKey !== undefined) {
    return keyIdForm.safeParse(expectedKey).success ? { id: expectedKey.toLowerCase() } : { alias: expectedKey };
  }
  // Only the switch was off: the key that is set is one to keep.
  if (verdict === "off" && kmsKeyId !== null && isUsableCustomKey(finding)) return { id: kmsKeyId };
  return "configured";
}

function isUsableCustomKey({ keyState, isServiceKey, keySpec }: ProjectFinding): boolean {
  return keyState === "enabled" && isServiceKey === false && (keySpec === null || /^(AES|SM4)/.test(keySpec));
}

/** Names of resources: of the account, if there are several, and the project; each only once. */
class Names {
  readonly #taken = new Set<string>();

  constructor(private readonly withAccount: boolean) {}

  of({ account, region, projectName, projectId }: ProjectFinding): string {
    const parts = [this.withAccount ? (account.name ?? account.id) : null, projectName ?? `${region}-${projectId}`];
    const text = parts
      .filter((part) => part !== null)
      .join("-")
      .replace(/[^A-Za-z0-9_-]+/g, "-")
      .slice(0, 100);
    let name = text;
    for (let number = 2; this.#taken.has(name); number += 1) name = `${text}-${number}`;
    this.#taken.add(name);
    return name;
  }
}
