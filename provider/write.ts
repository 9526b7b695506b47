// Writes with a known outcome: applied, refused or unknown. Without a clear answer the value is read back, so a write that
// succeeded is not missing from state.
import { HuaweiCloudError, ResponseError } from "./huaweicloud/transport/errors";

export type WriteOutcome<T> =
  /** The service has answered, or what holds now is what was wanted. */
  | { outcome: "applied"; live: T; error?: undefined }
  /** Nothing has changed. */
  | { outcome: "refused"; error: HuaweiCloudError }
  /** It may have been applied, or may still be: `live` is what held afterwards, `undefined` if that could not be read. */
  | { outcome: "unknown"; live: T | undefined; error: HuaweiCloudError };

export interface Write<T> {
  /** Returns the live value. */
  write: () => Promise<T>;
  /** Reads the live value. */
  readBack: () => Promise<T>;
  isWanted: (live: T) => boolean;
}

/** Writes. Throws only errors that are not a `HuaweiCloudError`. */
export async function attemptWrite<T>({ write, readBack, isWanted }: Write<T>): Promise<WriteOutcome<T>> {
  try {
    return { outcome: "applied", live: await write() };
  } catch (error) {
    if (!(error instanceof HuaweiCloudError)) throw error;
    if (error.outcome === "refused") return { outcome: "refused", error };
    try {
      const live = await readBack();
      if (isWanted(live)) return { outcome: "applied", live };
      return { outcome: "unknown", live, error };
    } catch (unreadable) {
      if (!(unreadable instanceof HuaweiCloudError)) throw unreadable;
      const reason = `${error.message} Reading it back failed too: ${unreadable.message}`;
      return { outcome: "unknown", live: undefined, error: new ResponseError(reason, { cause: error }) };
    }
  }
}
