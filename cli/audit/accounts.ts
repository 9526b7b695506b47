// Which accounts are audited: that of the credentials, those of a file, or those of an organization; and as whom each is
// reached.
import { z } from "zod";
import type { Role } from "../../provider/huaweicloud/credentials/agency";
import type { AccountConnection } from "../../provider/huaweicloud/services/context";
import { listMemberAccounts } from "../../provider/huaweicloud/services/organizations";
import { type Account, getOwnAccount } from "../../provider/huaweicloud/services/projects";
import { HuaweiCloudError } from "../../provider/huaweicloud/transport/errors";
import { words as name, readDocument } from "../document";
import type { ProjectFinding } from "../report/findings";
import { UsageError } from "../usageError";
import { notChecked } from "./cause";

/** An account to audit. */
export interface AccountScope {
  account: ProjectFinding["account"];
  /** The agency to act as; `undefined` for the account of the credentials. */
  role?: Role | undefined;
  /** Only these regions; `undefined` or none for all. */
  regions?: readonly string[] | undefined;
  /** Why it cannot be entered, if that is known already. */
  unreachable?: { cause: "account-closed" | "account-not-reachable"; reason: string } | undefined;
}

const regions = z.array(name).min(1, "must name at least one region: leave it out for all").optional();
const duration = z.number().int().min(900).max(86_400).optional();

const entry = z
  .strictObject({ name: name.optional(), id: name.optional(), agency: name.optional(), regions, duration })
  .refine(({ name, id }) => (name ?? id) !== undefined, {
    error: "must have a name or an id: the account's",
    when: ({ issues }) => issues.length === 0,
  });

/** As the runner `c7n-org` of Huawei's Cloud Custodian reads it: teams that have such a file need no other. */
const custodianEntry = z.looseObject({
  name: name.optional(),
  domain_id: name,
  status: z.string().optional(),
  agency_urn: z
    .string()
    .regex(/^iam::[^:]+:agency:.+$/, "must be the URN of an agency, such as iam::0123456789abcdef:agency:auditor")
    .optional(),
  duration_seconds: duration,
  regions,
});

const accountsForm = z.union([
  z.strictObject({ accounts: z.array(entry, "must be a list of accounts").min(1, "must name at least one account") }),
  z.looseObject({ domains: z.array(custodianEntry).min(1) }).transform(({ domains }) => ({
    accounts: domains.map(({ name, domain_id: id, status, agency_urn, duration_seconds, regions }) => ({
      name,
      id,
      status,
      agency: agency_urn?.replace(/^.*:agency:/, ""),
      duration: duration_seconds,
      regions,
    })),
  })),
]);

/** An account as a file or an organization lists it. */
export interface ListedAccount {
  name?: string | undefined;
  id?: string | undefined;
  agency?: string | undefined;
  /** Absent in files: then it is taken to be active. */
  status?: string | undefined;
  duration?: number | undefined;
  regions?: readonly string[] | undefined;
}

/** Throws a `UsageError` if the file is invalid. */
export function readAccounts(file: string): ListedAccount[] {
  const accounts: ListedAccount[] = readDocument(file, "a file of accounts", accountsForm).accounts;
  const twice = accounts.find((one, index) => accounts.slice(0, index).some((earlier) => isSame(one, earlier)));
  if (twice === undefined) return accounts;
  throw new UsageError(`${file} lists ${twice.name ?? twice.id} twice: list it once, with all its regions.`);
}

/** Each project of an account that is listed twice would be counted twice, and declared twice. */
function isSame(one: ListedAccount, other: ListedAccount): boolean {
  if (one.id !== undefined && other.id !== undefined) return one.id === other.id;
  return one.name !== undefined && one.name === other.name;
}

/** Which accounts: those that were found before, those of a file, the organization or a unit of it; else that of the credentials. */
export interface AccountSource {
  found?: readonly AccountScope[] | undefined;
  accounts?: readonly ListedAccount[] | undefined;
  organization?: { unit?: string | undefined } | undefined;
  /** The agency by which other accounts are reached, if they name none. */
  agency?: string | undefined;
}

/** `own` is the connection to the account of the credentials. */
export async function findAccounts(own: AccountConnection, source: AccountSource): Promise<AccountScope[]> {
  const { found, accounts, organization, agency } = source;
  if (found) return [...found];
  const [self, listed] = await Promise.all([
    getOwnAccount(own).catch(toNothing),
    organization ? listMemberAccounts(own, organization.unit) : accounts,
  ]);
  if (listed) return listed.map((one) => scopeOf(one, agency, self));
  return [{ account: self ?? { id: null, name: null }, role: undefined, regions: undefined }];
}

/**
 * The account's ID and name are for the report only, so their look-up may fail. Refused credentials are refused
 * everywhere, so their error is thrown.
 */
function toNothing(error: unknown): undefined {
  if (!(error instanceof HuaweiCloudError) || notChecked(error).cause === "credentials") throw error;
  return undefined;
}

/** How each account is reached: the own one by the credentials themselves, all others through an agency. */
export function scopeOf(listed: ListedAccount, agency: string | undefined, own: Account | undefined): AccountScope {
  const { name, id, status = "active", duration, regions } = listed;
  const account = { id: id ?? null, name: name ?? null };
  const scope = { account, role: undefined, regions };
  if (status.toLowerCase() !== "active") {
    const reason = `The account's status is ${status}: no agency of it can be used.`;
    return { ...scope, unreachable: { cause: "account-closed", reason } };
  }
  const isOwn = own !== undefined && (id === undefined ? own.name === name : own.id === id);
  if (isOwn) return { ...scope, account: own };
  const agencyName = listed.agency ?? agency;
  if (agencyName === undefined) {
    const reason = "No agency is named for this account: pass --agency, or name one in the file.";
    return { ...scope, unreachable: { cause: "account-not-reachable", reason } };
  }
  const owner = id === undefined ? { domainName: name } : { domainId: id };
  return { ...scope, role: { agencyName, ...owner, ...(duration === undefined ? {} : { duration }) } };
}
