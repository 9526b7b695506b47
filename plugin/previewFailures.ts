// Failures of a preview, all of them. The engine starts nothing new after the first failure, and asks for a few resources at a
// time: of forty wrong keys it would show eight. So the first failure is held back while more calls come, and those that follow
// are shown as errors of their resources.

/** How long no call must come until the first failure is given back, in milliseconds. */
const quietMs = 250;

export class PreviewFailures {
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
   * Throws the error once the engine asks for nothing more; returns at once if another is held back already, which fails the
   * preview: then the preview goes on as if this had worked.
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
      throw error;
    } finally {
      this.#isHeld = false;
    }
  }
}
