// Accepted exceptions: each has an owner, a reason and a last day. One that has expired accepts nothing.
import { z } from "zod";
import { readDocument, words } from "../document";
import { type ProjectFinding, type Verdict, verdicts } from "../report/findings";
import { matchesPlace, overlapsPlace, placeShape } from "./place";

const waiver = z
  .strictObject({
    ...placeShape,
    verdicts: z.array(z.enum(verdicts)).min(1).optional(),
    owner: words,
    reason: words,
    expires: z.iso.date("must be a date such as 2027-01-31"),
  })
  .refine(({ account, region, project }) => (account ?? region ?? project) !== undefined, {
    error: "must name an account, a region or a project",
    when: ({ issues }) => issues.length === 0,
  });

export const waiversForm = z.strictObject({ waivers: z.array(waiver) });
export type Waiver = z.infer<typeof waiver>;

/** Throws a `UsageError` if the file is invalid. */
export function readWaivers(file: string): Waiver[] {
  return readDocument(file, "a file of waivers", waiversForm).waivers;
}

export class Waivers {
  readonly #used = new Set<Waiver>();

  constructor(
    private readonly waivers: readonly Waiver[],
    /** The day of the audit, as `2027-01-31`. */
    private readonly today: string,
  ) {}

  /** The waiver for a finding, the first that holds; if none does, one that has expired. */
  for(finding: ProjectFinding): ProjectFinding["waiver"] {
    if (finding.verdict === "ok") return undefined;
    const matching = this.waivers.filter((one) => accepts(one, finding.verdict) && matchesPlace(one, finding));
    const found = matching.find(({ expires }) => expires >= this.today) ?? matching[0];
    if (found === undefined) return undefined;
    this.#used.add(found);
    const { owner, reason, expires } = found;
    return { owner, reason, expires, expired: expires < this.today };
  }

  /**
   * One sentence for each waiver that no finding needed. It can be removed if its place was looked at, and nothing there was left
   * unchecked; of a narrower audit than of all (`isWhole`), that a place was not looked at says nothing.
   */
  unused(findings: readonly ProjectFinding[], isWhole: boolean): string[] {
    return this.waivers
      .filter((one) => !this.#used.has(one))
      .filter((one) => !findings.some((found) => found.verdict === "not-checked" && overlapsPlace(one, found)))
      .flatMap((one) => {
        const place = [one.account, one.region, one.project].filter(Boolean).join(", ");
        const waiver = `The waiver of ${one.owner} for ${place}`;
        if (findings.some((found) => matchesPlace(one, found)))
          return [`${waiver} matches no finding and can be removed.`];
        return isWhole ? [`${waiver} is of no project that was looked at.`] : [];
      });
  }
}

/** What was not checked may be worse than what the waiver was written for: it has to say that it accepts that. */
function accepts({ verdicts: accepted }: Waiver, verdict: Verdict): boolean {
  return accepted === undefined ? verdict !== "not-checked" : accepted.includes(verdict);
}
