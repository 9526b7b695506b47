// Which accounts a run is about, and how each is reached: read as `pulumi-huaweicloud-evs audit` reads them.
import { type AccountSource, findAccounts, UsageError } from "pulumi-huaweicloud-evs-cli";

/** An account of the fleet. It is plain data: it goes to another process, or through a queue. */
export interface Target {
  /** Name of its stack: the account's name, or its ID if no name is listed. */
  stack: string;
  account: { id?: string; name?: string };
  /** The agency to act as. Absent for the account of the credentials. */
  assumeRole?: { agencyName: string; domainName?: string; domainId?: string; duration?: number };
  /** Absent: those of program.ts. */
  regions?: string[];
  /** Why the account cannot be entered, if that is known before anything is tried: it is closed, say. */
  unreachable?: string;
}

/** Throws a `UsageError` if two accounts would share a stack. */
export async function readTargets(source: AccountSource): Promise<Target[]> {
  const targets = (await findAccounts(source)).map(({ name, id, role, regions, unreachable }): Target => {
    const stack = (name ?? id ?? "").replace(/[^\w.-]/g, "-");
    const account = { ...(id !== undefined && { id }), ...(name !== undefined && { name }) };
    return {
      stack,
      account,
      ...(role && { assumeRole: role }),
      ...(regions && { regions: [...regions] }),
      ...(unreachable !== undefined && { unreachable }),
    };
  });
  const seen = new Set<string>();
  for (const { stack } of targets) {
    if (seen.has(stack)) throw new UsageError(`Two accounts would have the stack ${stack}: list them with different names.`);
    seen.add(stack);
  }
  return targets;
}
