// A finding: what the report says of one project, or of what could not be looked at.
import { sameId } from "../../provider/huaweicloud/services/identifiers";
import type { ReachableProject } from "../../provider/huaweicloud/services/projects";
import { shown } from "../../provider/huaweicloud/transport/shown";
import type { ProjectFinding } from "../report/findings";
import type { Declarations } from "./against";
import type { NotChecked } from "./cause";
import type { Expect } from "./expectations";
import type { Facts } from "./facts";
import { describeAnswer, type Judgement, judge } from "./judge";

/** What is asked about each project. */
export interface Question {
  expect: Expect;
  against?: Declarations | undefined;
  /** ID of a key: who uses it. */
  key?: string | undefined;
  disks: boolean;
}

interface Answered {
  account: ProjectFinding["account"];
  project: ReachableProject;
  facts: Facts;
}

/** The finding on a project that answered. */
export function toFinding({ account, project, facts }: Answered, question: Question): ProjectFinding {
  const { region, name: projectName } = project;
  const projectId = project.id.toLowerCase();
  const where = { account, region, projectId, projectName };
  const expectation = question.expect(where);
  const key = describeAnswer(facts.key);
  const disks = countedDisks(facts, key.keyAlias);
  const { against } = question;
  const isDeclaredRight = expectation.key === undefined;
  const undeclared = isDeclaredRight ? against?.differenceOfKey(region, projectId, facts) : undefined;
  const asked = { declaredKey: isDeclaredRight && facts.enabled, previousKey: question.key !== undefined };
  const judgement = withUnknown(
    expectation.unknown === undefined
      ? withDeclared(judge(facts, expectation), facts, undeclared)
      : { verdict: "not-checked", cause: "other", reason: expectation.unknown },
    [...(against?.secretsOf(region, projectId, asked) ?? []).map(ofExport), ...uncounted(facts)],
  );
  return {
    ...where,
    verdict: judgement.verdict,
    ...(judgement.reason === undefined ? {} : { reason: shown(judgement.reason) }),
    ...(judgement.cause === undefined ? {} : { cause: judgement.cause }),
    enabled: facts.enabled,
    kmsKeyId: facts.kmsKeyId || null,
    ...key,
    ...(expectation.key === undefined ? {} : { expectedKey: expectation.key }),
    ...(disks === undefined ? {} : { disks }),
    ...(against === undefined ? {} : { declared: against.compare(region, projectId, facts) }),
    ...(question.key === undefined ? {} : { keyUse: useOfKey(question.key, facts, disks, where, against) }),
  };
}

/** What is declared is what is expected, where nothing else is. */
function withDeclared(judgement: Judgement, { enabled }: Facts, undeclared: string | undefined): Judgement {
  if (judgement.verdict !== "ok" || !enabled || undeclared === undefined) return judgement;
  return { verdict: "wrong-key", reason: undeclared };
}

/** What was asked for and is not known: without it not all was checked. */
function withUnknown(judgement: Judgement, unknown: readonly NotChecked[]): Judgement {
  const [first] = unknown;
  if (first === undefined) return judgement;
  const reasons = unknown.map(({ reason }) => reason).join(" ");
  if (judgement.verdict === "ok") return { verdict: "not-checked", cause: first.cause, reason: reasons };
  return { ...judgement, reason: [judgement.reason, reasons].join(" ") };
}

function uncounted({ disks }: Facts): NotChecked[] {
  if (disks === undefined || !("cause" in disks)) return [];
  return [{ cause: disks.cause, reason: `The disks could not be counted: ${disks.reason}` }];
}

function ofExport(reason: string): NotChecked {
  return { cause: "other", reason };
}

function countedDisks({ disks, kmsKeyId }: Facts, keyAlias: string | null): ProjectFinding["disks"] {
  if (disks === undefined || "cause" in disks) return undefined;
  const isDefault = (id: string | null) => sameId(id ?? undefined, kmsKeyId);
  return { ...disks, byKey: disks.byKey.map((group) => (isDefault(group.kmsKeyId) ? { ...group, keyAlias } : group)) };
}

function useOfKey(
  key: string,
  { kmsKeyId }: Facts,
  disks: ProjectFinding["disks"],
  { region, projectId }: { region: string; projectId: string },
  against: Declarations | undefined,
): ProjectFinding["keyUse"] {
  const ofKey = disks?.byKey.find((group) => sameId(group.kmsKeyId ?? undefined, key));
  return {
    asDefault: sameId(kmsKeyId, key),
    asPrevious: against?.previousUsesOf(region, projectId, key) ?? [],
    disks: disks === undefined ? null : (ofKey?.count ?? 0),
  };
}

const unknownFacts = {
  enabled: null,
  kmsKeyId: null,
  ...describeAnswer(undefined),
};

/** Of an account, or of what is not even known to be there. */
export function unknownPlace(account: ProjectFinding["account"], { cause, reason }: NotChecked): ProjectFinding {
  const place = { account, region: null, projectId: null, projectName: null };
  return { ...place, verdict: "not-checked", cause, reason: shown(reason), ...unknownFacts };
}

/** Of a project that is known. */
export function unchecked(
  account: ProjectFinding["account"],
  { region, id, name }: ReachableProject,
  why: NotChecked,
): ProjectFinding {
  return { ...unknownPlace(account, why), region, projectId: shown(id, { limit: 64 }), projectName: name };
}
