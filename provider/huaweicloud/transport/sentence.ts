// How a message about a call is worded.
import { type Shown, shown } from "./shown";

/** What was being done, for the message: "setting the default encryption key", in which project and region. */
export interface RequestContext {
  action: string;
  region: string;
  project?: string | undefined;
  /** What the credentials are and where they came from: named where the service does not accept them. */
  credentials?: string | undefined;
}

/** How often a request was tried, and for how long in all. */
export interface Tries {
  count: number;
  elapsedMs: number;
}

/** What the program in front of this client calls a setting in its own configuration: `region` is `huaweicloud:region`, say. */
export type KeyOf = (setting: string) => string;

/** Puts a message together: what was done where, what happened, how many tries, what to do next. */
export function sentence(context: RequestContext, happened: string, tries?: Tries, remedy?: string): string {
  const where = context.project ? `project ${context.project} in ${context.region}` : context.region;
  const spent =
    tries && tries.count > 1 ? ` after ${tries.count} tries in ${(tries.elapsedMs / 1000).toFixed(1)} s` : "";
  return `${context.action} (${where}): ${happened}${spent}.${remedy ? ` ${remedy}` : ""}`;
}

/** The most characters of a finished message. */
const mostOfMessage = 4000;

/**
 * The finished message, without the secrets that parts of it may have made together. Those of a few characters are left
 * out: they would take half of the words with them, and no part of the message has them from outside.
 */
export function withoutSecretsIn(message: string, secrets: Iterable<string>): Shown {
  const long = [...secrets].filter((secret) => secret.trim().length >= 4);
  return shown(message, { secrets: long, limit: mostOfMessage });
}
