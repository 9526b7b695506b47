// Collects all failures of a preview. The engine stops after the first and asks for few resources at a time, so the first failure
// is delayed and later ones are logged as errors of their resources.

/** How long no call must come until the first failure is given back, in milliseconds. */
const quietMs = 250;

/** How long components that are being made may still take then, in milliseconds. */
const farewellMs = 1000;

export class PreviewFailures {
  readonly #making = new Set<Promise<unknown>>();
  readonly #failing = new AbortController();
  #isHeld = false;
  #calls = 0;

  constructor(
    private readonly showError: (line: string, urn: string) => void,
    private readonly sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  ) {}

  /** Called at every call of the engine. */
  noteCall(): void {
    this.#calls += 1;
  }

  /**
   * Makes a component. After a failure the engine closes all connections, and would report each component that is not through
   * as one more error. So the signal says that a failure is about to be given back: children are not waited for any longer.
   */
  async make<T>(component: (failing: AbortSignal) => Promise<T>): Promise<T> {
    const made = component(this.#failing.signal);
    this.#making.add(made);
    try {
      return await made;
    } finally {
      this.#making.delete(made);
    }
  }

  /**
   * Throws the error once the engine sends no more requests. If another error is held back already, which fails the preview,
   * returns at once, and the preview continues as if this had worked.
   */
  async report(error: Error, urn: string): Promise<void> {
    if (this.#isHeld) return this.showError(error.message, urn);
    this.#isHeld = true;
    try {
      let before: number;
      do {
        before = this.#calls;
        await this.sleep(quietMs);
      } while (before !== this.#calls);
      await this.#endComponents();
      throw error;
    } finally {
      this.#isHeld = false;
    }
  }

  async #endComponents(): Promise<void> {
    this.#failing.abort();
    if (this.#making.size === 0) return;
    await Promise.race([Promise.allSettled(this.#making), this.sleep(farewellMs)]);
    await this.sleep(quietMs); // until the engine has the answers
  }
}
