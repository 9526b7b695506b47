// Holds one call until a test releases it, so that concurrent calls happen in the order of the test.

import { type FaultRule, type Matchable, matches } from "./faults";

/** Before the call is applied, or when it has been applied and not yet answered. */
export type HoldPoint = "apply" | "answer";

export interface Hold {
  /** Resolves when a call has come to the point and waits there. */
  readonly reached: Promise<void>;
  /** Lets the call go on; if none has come, removes the hold. A call whose client has disconnected is applied all the same. */
  release(): void;
}

interface Entry {
  match: NonNullable<FaultRule["match"]>;
  point: HoldPoint;
  reach(): void;
  released: Promise<void>;
}

export class Holds {
  /** Those that no call has reached. */
  #open: Entry[] = [];

  /** Holds the next call that matches; others pass. */
  add(match: NonNullable<FaultRule["match"]>, point: HoldPoint = "apply"): Hold {
    let [reach, letGo] = [() => {}, () => {}];
    const reached = new Promise<void>((resolve) => {
      reach = resolve;
    });
    const released = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const release = () => {
      this.#open = this.#open.filter((candidate) => candidate !== entry);
      letGo();
    };
    const entry: Entry = { match, point, reach, released };
    this.#open.push(entry);
    return { reached, release };
  }

  /** Resolves at once, or when the hold that this call has come to is released. */
  async pass(point: HoldPoint, request: Matchable): Promise<void> {
    const entry = this.#open.find((candidate) => candidate.point === point && matches(candidate.match, request));
    if (entry === undefined) return;
    this.#open = this.#open.filter((candidate) => candidate !== entry);
    entry.reach();
    await entry.released;
  }
}
