// Which accounts a run is about, and how each is reached: read as `pulumi-huaweicloud-evs audit` reads them.
import { type AccountSource, type FoundAccount, findAccounts, UsageError } from "pulumi-huaweicloud-evs-cli";

/** An account of the fleet. Plain data: it goes to other processes, and through queues. */
export interface Target extends FoundAccount {
  /** Name of its stack: the account's name, or its ID if no name is listed. */
  stack: string;
}

/** Throws a `UsageError` if an account has no stack of its own. */
export async function readTargets(source: AccountSource): Promise<Target[]> {
  const targets = (await findAccounts(source)).map((found): Target => {
    const { name, id } = found.account;
    return { ...found, stack: name ?? id ?? "" };
  });
  const stacks = new Set<string>();
  for (const { stack } of targets) {
    if (!/^\w[\w.-]{0,99}$/.test(stack))
      throw new UsageError(`"${stack}" cannot be the name of a stack: list the account by its ID.`);
    if (stacks.has(stack))
      throw new UsageError(`Two accounts would have the stack ${stack}: give them different names.`);
    stacks.add(stack);
  }
  return targets;
}

/** The accounts of these names or IDs. Throws a `UsageError` if there is no such account. */
export function only(targets: readonly Target[], names: readonly string[]): Target[] {
  const isOf = ({ stack, account }: Target, name: string) => [stack, account.name, account.id].includes(name);
  const unknown = names.find((name) => !targets.some((target) => isOf(target, name)));
  if (unknown !== undefined) throw new UsageError(`--only: there is no account ${unknown}.`);
  return targets.filter((target) => names.some((name) => isOf(target, name)));
}
