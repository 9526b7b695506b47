// Reads all pages of a list, with limits in case the service never ends it.
import { ResponseError } from "../transport/errors";
import { sentence } from "../transport/sentence";
import type { AccountConnection } from "./context";

export interface Page<T> {
  items: readonly T[];
  /** What asks for the next page; `undefined` after the last. */
  next: string | undefined;
}

/** Above what any account has, of any list of these services. */
const maxPages = 2000;
/** Above what any project or organization has. An entry takes some hundred bytes of memory. */
const maxItems = 100_000;
/**
 * How long a list may take, in deadlines of one call: the longest has some ten pages, and each may need its whole deadline.
 */
const maxDeadlines = 10;
const usualDeadlineMs = 60_000;

/** Where a list is read, for messages and its deadline. */
export type ListPlace = Pick<AccountConnection, "region" | "deadlineMs"> & { projectId?: string };

/** The remaining time and number of entries of a list. Lists that belong together share one. */
export class ListLimits {
  readonly #endsAt: number;
  readonly #minutes: number;
  #items = 0;

  constructor(
    private readonly action: string,
    private readonly place: ListPlace,
    private readonly now: () => number = Date.now,
  ) {
    const limitMs = maxDeadlines * (place.deadlineMs ?? usualDeadlineMs);
    this.#endsAt = now() + limitMs;
    this.#minutes = Math.round(limitMs / 6000) / 10;
  }

  /** Throws a `ResponseError` if there is no time for another page. */
  checkTime(): void {
    if (this.now() >= this.#endsAt) throw this.error(`the list did not end within ${this.#minutes} minutes`);
  }

  /** Throws a `ResponseError` if the list gets too long. */
  checkRoom(items: number): void {
    this.#items += items;
    if (this.#items > maxItems) throw this.error(`the list has more than ${maxItems} entries`);
  }

  error(happened: string): ResponseError {
    const { region, projectId: project } = this.place;
    return new ResponseError(sentence({ action: this.action, region, project }, happened), { outcome: "refused" });
  }
}

/**
 * Yields what all pages list. `ask` gets what the page before named, `undefined` for the first. Throws a `ResponseError` if
 * the service names a page twice, or does not come to an end.
 */
export async function* allPages<T>(
  action: string,
  place: ListPlace,
  ask: (marker: string | undefined) => Promise<Page<T>>,
  limits = new ListLimits(action, place),
): AsyncGenerator<T> {
  const asked = new Set<string>();
  for (let marker: string | undefined; ; ) {
    limits.checkTime();
    const { items, next } = await ask(marker);
    limits.checkRoom(items.length);
    yield* items;
    if (next === undefined) return;
    if (asked.has(next)) throw limits.error("the list repeats a page that was already read");
    if (asked.size >= maxPages) throw limits.error("the list does not end");
    asked.add(next);
    marker = next;
  }
}
