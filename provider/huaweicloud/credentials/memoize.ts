// Keeps one token or key for all callers, and gets another in time.
import { ApiError, CredentialsError } from "../transport/errors";

/** A value with an optional expiry, in milliseconds since 1970. */
export interface Expiring {
  expiresAt?: number | undefined;
}

export interface Renewable<T> {
  /** The current one; obtained once for any number of concurrent callers. */
  current(): Promise<T>;
  /** Drops a value that the service has refused. Returns whether another can be obtained. */
  drop(refused: T): boolean;
}

/** Not used in its last minutes, or of a short lifetime in its last third, so that it does not expire on the way. */
const longestMarginMs = 10 * 60_000;

export function memoize<T extends Expiring>(obtain: () => Promise<T>, now: () => number): Renewable<T> {
  let held: { value: T; until: number } | undefined;
  let pending: Promise<T> | undefined;
  let refusal: Error | undefined;
  const start = async () => {
    try {
      const value = await obtain();
      const { expiresAt = Number.POSITIVE_INFINITY } = value;
      const remains = expiresAt - now();
      // Already expired: this machine's clock is wrong. Use it until the service refuses it.
      const until = remains > 0 ? expiresAt - Math.min(longestMarginMs, remains / 3) : Number.POSITIVE_INFINITY;
      held = { value, until };
      return value;
    } catch (error) {
      // Asking again could lock the user. Other failures may be temporary: the next caller tries again.
      if (isFinal(error)) refusal = error;
      throw error;
    } finally {
      pending = undefined;
    }
  };
  return {
    async current() {
      if (refusal) throw refusal;
      if (held && now() < held.until) return held.value;
      pending ??= start();
      return pending;
    },
    drop(refused) {
      // Another caller may have replaced it already.
      if (held?.value === refused) held = undefined;
      return true;
    },
  };
}

/** Whether the answer will be the same the next time. */
function isFinal(error: unknown): error is Error {
  if (error instanceof CredentialsError) return true;
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && ![408, 429].includes(error.status);
}
