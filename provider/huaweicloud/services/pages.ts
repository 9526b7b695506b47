// Lists that come in pages: all of them, to an end that is not left to the service alone.
import { ResponseError } from "../transport/errors";
import { sentence } from "../transport/sentence";

export interface Page<T> {
  items: readonly T[];
  /** What asks for the next page; `undefined` after the last. */
  next: string | undefined;
}

/** More pages than any account has, of whatever these services list. */
const mostPages = 2000;

/**
 * Yields what all pages list. `ask` gets what the page before named, `undefined` for the first. Throws a `ResponseError` if
 * the service names a page twice, or does not come to an end.
 */
export async function* allPages<T>(
  action: string,
  place: { region: string; projectId?: string },
  ask: (marker: string | undefined) => Promise<Page<T>>,
): AsyncGenerator<T> {
  const asked = new Set<string>();
  for (let marker: string | undefined; ; ) {
    const { items, next } = await ask(marker);
    yield* items;
    if (next === undefined) return;
    if (asked.has(next) || asked.size >= mostPages) {
      const context = { action, region: place.region, project: place.projectId };
      const happened = asked.has(next) ? "the list comes back to a page that was read" : "the list does not end";
      throw new ResponseError(sentence(context, happened), { outcome: "refused" });
    }
    asked.add(next);
    marker = next;
  }
}
