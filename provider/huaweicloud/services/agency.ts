// An agency of another account to act as, as users write it: one rule for the resources' `assumeRole` and the configuration's.
import { z } from "../transport/zod";

export const name = z.string("must be text").min(1, "must not be empty");

export const agencyShape = { agencyName: name, domainName: name.optional(), domainId: name.optional() };

interface Account {
  domainName?: string | undefined;
  domainId?: string | undefined;
}

/** Adds the rule that the account is given either by name or by ID, checked if the rest is valid. */
export function withOneAccount<T extends z.ZodType<Account>>(agency: T): T {
  return agency.refine(({ domainName, domainId }) => (domainName === undefined) !== (domainId === undefined), {
    error: "must have either domainName or domainId: the account that owns the agency",
    when: ({ issues }) => issues.length === 0,
  });
}
