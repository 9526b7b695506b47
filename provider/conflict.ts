// Why a second resource of one target is refused: the program's constructor and the provider's check say it alike.

/** `own` and `other` are the names of the two resources; `where` is their target, if more is known of it than its spelling. */
export function conflictOf(kind: string, own: string, other: string, where?: string): string {
  const target = where === undefined ? "" : ` (${where})`;
  return (
    `${own} is for the same target as ${other}${target}, and a target has only one ${kind}: ` +
    "the two would overwrite each other. Remove one, or give it another region, projectId or projectName"
  );
}
