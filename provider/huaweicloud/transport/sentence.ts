// Builds the message about a failed call.
import { type Shown, shown } from "./shown";

/** The action of a call, for the message: "setting the default encryption key", with its project and region. */
export interface RequestContext {
  action: string;
  region: string;
  project?: string | undefined;
  /** Kind and origin of the credentials: named if the service does not accept them. */
  credentials?: string | undefined;
}

/** How often a request was tried, and for how long in all. */
export interface Tries {
  count: number;
  elapsedMs: number;
}

/** Name of a setting in the front's configuration: `huaweicloud:region` for `region`, for example. */
export type KeyOf = (setting: string) => string;

/** Builds a message: the action and place, what happened, the number of tries, what to do next. */
export function sentence(context: RequestContext, happened: string, tries?: Tries, remedy?: string): string {
  const where = context.project ? `project ${context.project} in ${context.region}` : context.region;
  const spent =
    tries && tries.count > 1 ? ` after ${tries.count} tries in ${(tries.elapsedMs / 1000).toFixed(1)} s` : "";
  return `${context.action} (${where}): ${happened}${spent}.${remedy ? ` ${remedy}` : ""}`;
}

/** Characters of a finished message. */
const maxMessage = 4000;

/**
 * The finished message, without secrets that its parts may form together. Short secrets are ignored: they would mask ordinary
 * words, and each part was already searched for them.
 */
export function withoutSecretsIn(message: string, secrets: Iterable<string>): Shown {
  const long = [...secrets].filter((secret) => secret.trim().length >= 4);
  return shown(message, { secrets: long, limit: maxMessage });
}
