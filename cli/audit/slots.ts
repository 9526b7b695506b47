// So many at a time, and none once the audit was interrupted.

/** The user has ended the audit. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(
    most: number,
    private readonly stop: AbortSignal,
  ) {
    this.#free = most;
  }

  /** Runs the work when it is its turn. Rejects with `Interrupted` if the audit has ended before. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      if (this.stop.aborted) throw new Interrupted();
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
