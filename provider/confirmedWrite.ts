// A write whose outcome is known: where no clear answer came, the service is asked what holds now. Otherwise a write that
// went through would be missing from state, and with it what was found before it.
import { HuaweiCloudError, ResponseError } from "./huaweicloud/transport/errors";

export interface ConfirmedWrite<T> {
  /** Answers with the live value. */
  write: () => Promise<T>;
  /** Asks for the live value. */
  readBack: () => Promise<T>;
  isWanted: (live: T) => boolean;
  /** The error to throw where neither tells; the reason says why. */
  unconfirmed: (reason: string) => Error;
}

/** The live value after the write. Throws what the write threw, where it has changed nothing. */
export async function confirmedWrite<T>({ write, readBack, isWanted, unconfirmed }: ConfirmedWrite<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof HuaweiCloudError) || error.outcome !== "unknown") throw error;
    const live = await readBack().catch((unreadable) => {
      if (!(unreadable instanceof HuaweiCloudError)) throw unreadable;
      throw unconfirmed(`${error.message} Reading it back failed too: ${unreadable.message}`);
    });
    // An answer that cannot be read was a success all the same: then what holds now is the answer.
    if (isWanted(live) || error instanceof ResponseError) return live;
    throw error;
  }
}
