// What the commands of a fleet have in common: which accounts, in which waves, and what is refused before anything begins.
import { UsageError } from "pulumi-huaweicloud-evs-cli";
import type { Operation } from "./account";

export const commonOptions = {
  accounts: { type: "string" },
  organization: { type: "boolean" },
  ou: { type: "string" },
  agency: { type: "string" },
  only: { type: "string", multiple: true },
  wave: { type: "string", default: "100%" },
  "max-failures": { type: "string", default: "0" },
  yes: { type: "boolean" },
} as const;

/** Throws a `UsageError` unless it is clear whose accounts are meant. */
export function checkSource(values: { accounts?: string; organization?: boolean; ou?: string }): void {
  if ((values.accounts !== undefined) === (values.organization === true))
    throw new UsageError("Pass --accounts or --organization, and not both.");
  if (values.ou !== undefined && !values.organization)
    throw new UsageError("--ou is for --organization: pass that too.");
}

/** Throws a `UsageError` for a destroy without `--yes`. */
export function checkConsent(operation: Operation | undefined, yes: boolean | undefined): void {
  if (operation === "destroy" && !yes)
    throw new UsageError("destroy resets what was set in every account chosen: pass --yes.");
}

/** `1%,10%,100%`: how much of all accounts is done by the end of each wave. Throws a `UsageError`. */
export function readWaves(text: string): number[] {
  const waves = text
    .split(",")
    .map((share) =>
      number("wave", share.replace(/%$/, ""), 0.001, 100, ` It is a list such as 10%,100%: the last is 100%.`),
    );
  if (waves.at(-1) !== 100 || waves.some((share, index) => share <= (waves[index - 1] ?? 0)))
    throw new UsageError("--wave: shares grow, and the last is 100%.");
  return waves;
}

/** Throws a `UsageError`. */
export function number(option: string, text: string, least: number, most: number, hint = ""): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && value <= most) return value;
  throw new UsageError(`--${option}: ${JSON.stringify(text)} is no number from ${least} to ${most}.${hint}`);
}

/** What parsing a command line throws is a `UsageError`. */
export function asUsage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
