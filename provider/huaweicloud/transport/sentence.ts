// How a message about a call is worded.

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
