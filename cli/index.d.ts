// What programs can use of the command: which accounts there are and how each is reached, and an audit of them. Credentials,
// region and endpoints come from the environment, as for the command itself.

/** Which accounts: those of a file, those of the organization or a unit of it, or that of the credentials if neither is given. */
export interface AccountSource {
  /** A file of accounts, as the option `--accounts` takes it. */
  file?: string | undefined;
  organization?: { unit?: string | undefined } | undefined;
  /** The agency by which accounts are reached that name none of their own. */
  agency?: string | undefined;
}

/** Plain data. */
export interface FoundAccount {
  account: { id: string | null; name: string | null };
  /** The agency to act as; absent for the account of the credentials. */
  role?: Role | undefined;
  /** Only these regions; absent or empty for all. */
  regions?: readonly string[] | undefined;
  /** Why it cannot be entered, if that is known already. */
  unreachable?: { cause: "account-closed" | "account-not-reachable"; reason: string } | undefined;
}

export interface Role {
  agencyName: string;
  /** Exactly one of the two. */
  domainName?: string | undefined;
  domainId?: string | undefined;
  /** Seconds that a key lives. */
  duration?: number | undefined;
}

export interface AuditOptions {
  /** The alias or ID of the key that is right everywhere. Default: any but the service's own. */
  expectKey?: string | undefined;
  /** Of accounts that name no regions of their own: only these. Default: all. */
  regions?: readonly string[] | undefined;
  /** Where the report is written as HTML. */
  html?: string | undefined;
  /** Where the report is written as JSON, as docs/audit.schema.json of pulumi-huaweicloud-evs says. */
  json?: string | undefined;
  /** Aborted: the report is partial. */
  stop?: AbortSignal | undefined;
}

/** A mistake in what the user has given: a file, an option, the environment. */
export class UsageError extends Error {
  readonly name: "UsageError";
}

/** @throws a `UsageError` if the file or the environment is not right; the error of the cloud if it does not list accounts. */
export function findAccounts(source: AccountSource): Promise<FoundAccount[]>;

/**
 * Audits the accounts and writes reports. Resolves to the exit code of `audit`: 0 all is right, 1 something is not, 2 something
 * was not checked.
 */
export function auditAccounts(accounts: readonly FoundAccount[], options?: AuditOptions): Promise<0 | 1 | 2>;

/** A text from outside as it can be shown in one line: bounded (default 1000 characters), without control characters. */
export function shown(text: string, limit?: number): string;
