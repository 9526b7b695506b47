// What is locked after so many failures in a row: an access key, a user.

export class Lockout {
  readonly #failures = new Map<string, { count: number; lockedUntil: number }>();

  /** The failure of this number, counted from 1, locks for `lockMs`. */
  constructor(
    readonly lockingFailure: number,
    readonly lockMs: number,
  ) {}

  isLocked(id: string, now: number): boolean {
    return (this.#failures.get(id)?.lockedUntil ?? 0) > now;
  }

  fail(id: string, now: number): void {
    const count = (this.#failures.get(id)?.count ?? 0) + 1;
    const locks = count >= this.lockingFailure;
    this.#failures.set(id, { count: locks ? 0 : count, lockedUntil: locks ? now + this.lockMs : 0 });
  }

  clear(id: string): void {
    this.#failures.delete(id);
  }
}
