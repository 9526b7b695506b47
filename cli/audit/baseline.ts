// What has changed since an earlier report.
import { z } from "zod";
import { shown } from "../../provider/huaweicloud/transport/shown";
import { readDocument } from "../document";
import { type ProjectFinding, type Report, report, reportVersion } from "../report/findings";

/** The file may have been written by anything: its names are shown as those of a service are. */
const name = z
  .string()
  .transform((text): string => shown(text, { limit: 256 }))
  .nullable();

/** Of an earlier report only what is compared: fields that came later may be missing. */
const earlierFinding = report.shape.projects.element.pick({ verdict: true, enabled: true }).extend({
  account: z.object({ id: name, name }),
  region: name,
  projectId: name,
  projectName: name,
  kmsKeyId: name,
});
const earlierForm = z.object({
  version: z.literal(reportVersion, `must be ${reportVersion}: a report of this version of the command`),
  projects: z.array(earlierFinding),
  partial: z.boolean().optional(),
});
type Earlier = z.infer<typeof earlierFinding>;

/** Throws a `UsageError` if the file is no report. */
export function readBaseline(file: string): Baseline {
  const { projects, partial } = readDocument(file, "a report of --format json", earlierForm);
  return new Baseline(projects, partial);
}

export class Baseline {
  readonly #byPlace: Map<string, Earlier>;

  constructor(
    earlier: readonly Earlier[],
    /** The audit was interrupted: what it does not list may have been there. */
    private readonly isPartial = false,
  ) {
    this.#byPlace = new Map(earlier.map((finding) => [placeOf(finding), finding]));
  }

  /** `undefined` if it cannot be told. */
  changeOf(finding: ProjectFinding): ProjectFinding["change"] {
    const before = this.#byPlace.get(placeOf(finding));
    if (before === undefined) return this.isPartial ? undefined : { kind: "new" };
    const { verdict, enabled, kmsKeyId } = before;
    const same = verdict === finding.verdict && enabled === finding.enabled && kmsKeyId === finding.kmsKeyId;
    return { kind: same ? "same" : "changed", before: { verdict, enabled, kmsKeyId } };
  }

  /** What the earlier report lists and these findings do not. */
  gone(findings: readonly ProjectFinding[]): NonNullable<Report["gone"]> {
    const here = new Set(findings.map(placeOf));
    return [...this.#byPlace]
      .filter(([place]) => !here.has(place))
      .map(([, { account, region, projectId, projectName, verdict }]) => ({
        account,
        region,
        projectId,
        projectName,
        verdict,
      }));
  }
}

/** The identity of a finding: the project's unique ID, else its account, region and project name. */
function placeOf(finding: Pick<ProjectFinding, "account" | "region" | "projectId" | "projectName">): string {
  const { account, region, projectId, projectName } = finding;
  return projectId?.toLowerCase() ?? JSON.stringify([account.id ?? account.name, region, projectName]);
}
