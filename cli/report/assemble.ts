// From findings to a report: waivers, what changed since a baseline, and the sums.
import {
  isWaived,
  type ProjectFinding,
  type Report,
  reportVersion,
  type Summary,
  type Verdict,
  verdicts,
} from "./findings";

export interface Assembly {
  findings: readonly ProjectFinding[];
  notes: readonly string[];
  partial: boolean;
  startedAt: Date;
  endedAt: Date;
  /** The key of --key. */
  key?: string | undefined;
  /** The waiver for a finding, if there is one. */
  waiverFor: (finding: ProjectFinding) => ProjectFinding["waiver"];
  baseline?:
    | {
        changeOf: (finding: ProjectFinding) => ProjectFinding["change"];
        gone: (findings: readonly ProjectFinding[]) => NonNullable<Report["gone"]>;
      }
    | undefined;
}

export function assemble(parts: Assembly): Report {
  const { findings, notes, partial, startedAt, endedAt, key, waiverFor, baseline } = parts;
  const projects = findings.map((finding) => {
    const waiver = waiverFor(finding);
    const change = baseline?.changeOf(finding);
    return {
      ...finding,
      ...(waiver === undefined ? {} : { waiver }),
      ...(change === undefined ? {} : { change }),
    };
  });
  return {
    version: reportVersion,
    partial,
    startedAt: startedAt.toISOString(),
    endedAt: endedAt.toISOString(),
    ...(key === undefined ? {} : { key }),
    notes: [...notes],
    summary: summarize(projects),
    projects,
    // What an interrupted audit does not list may be there all the same.
    ...(baseline === undefined || partial ? {} : { gone: baseline.gone(projects) }),
  };
}

export function summarize(projects: readonly ProjectFinding[]): Summary {
  const counts = Object.fromEntries(verdicts.map((verdict) => [verdict, 0])) as Record<Verdict, number>;
  for (const { verdict } of projects) counts[verdict] += 1;
  const open = projects.filter((finding) => finding.verdict !== "ok" && !isWaived(finding));
  const notChecked = open.filter(({ verdict }) => verdict === "not-checked").length;
  return {
    accounts: countOf(projects, ({ account }) => account.id ?? account.name),
    regions: countOf(projects, ({ region }) => region),
    projects: projects.length,
    verdicts: counts,
    waived: projects.filter(isWaived).length,
    findings: open.length - notChecked,
    notChecked,
  };
}

function countOf(projects: readonly ProjectFinding[], of: (finding: ProjectFinding) => string | null): number {
  return new Set(projects.map(of).filter((value) => value !== null)).size;
}

/**
 * The exit code of an audit. Unchecked projects take precedence over findings, so 1 means that the list is
 * complete. An audit without any project counts as unchecked.
 */
export function exitCodeOf({ partial, summary: { findings, notChecked, projects } }: Report): 0 | 1 | 2 {
  if (partial || notChecked > 0 || projects === 0) return 2;
  return findings > 0 ? 1 : 0;
}
