// Collects all failures of a preview. The engine stops after the first and asks for few resources at a time: of forty wrong keys
// it would show eight. So the first failure is held back while more calls come or previews still run, and later ones are logged
// as errors of their resources.

import { HuaweiCloudError } from "../provider/huaweicloud/transport/errors";

/**
 * How long no call must come until the first failure is given back, in milliseconds: on a busy machine a program is slow to
 * declare the next resource.
 */
const quietMs = 500;

/** How many such periods previews that still run are waited for: a minute, which a call has by default. */
const maxQuietPeriods = 120;

/** How long components that are being made may still take then, in milliseconds. */
const componentGraceMs = 1000;

export class PreviewFailures {
  readonly #making = new Set<Promise<unknown>>();
  readonly #failing = new AbortController();
  #isHeld = false;
  #calls = 0;
  #previews = 0;

  constructor(
    private readonly showError: (line: string, urn: string | undefined) => void,
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

  /** Runs a preview of one resource. Returns `undefined` if it has failed and the failure was shown. */
  async preview<T>(urn: string | undefined, work: () => Promise<T>): Promise<T | undefined> {
    this.#previews += 1;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HuaweiCloudError)) throw error;
      await this.#report(error, urn);
      return undefined;
    } finally {
      this.#previews -= 1;
      // The engine may ask for more now.
      this.noteCall();
    }
  }

  /**
   * Throws the error once the engine sends no more requests. If another error is held back already, which fails the preview,
   * returns at once, and the preview continues as if this had worked.
   */
  async #report(error: Error, urn: string | undefined): Promise<void> {
    if (this.#isHeld) return this.showError(error.message, urn);
    this.#isHeld = true;
    try {
      let quietPeriods = 0;
      do {
        const before = this.#calls;
        await this.sleep(quietMs);
        quietPeriods = before === this.#calls ? quietPeriods + 1 : 0;
      } while (quietPeriods === 0 || (this.#isPreviewing() && quietPeriods < maxQuietPeriods));
      await this.#endComponents();
      throw error;
    } finally {
      this.#isHeld = false;
    }
  }

  /** Whether a preview besides the one that is held back is not through yet. */
  #isPreviewing(): boolean {
    return this.#previews > 1;
  }

  async #endComponents(): Promise<void> {
    this.#failing.abort();
    if (this.#making.size === 0) return;
    await Promise.race([Promise.allSettled(this.#making), this.sleep(componentGraceMs)]);
    await this.sleep(quietMs); // until the engine has the answers
  }
}
