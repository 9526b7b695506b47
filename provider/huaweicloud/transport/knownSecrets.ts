// The secrets that this process has sent, whichever call sent them: a service that was given a password may quote it later, in
// the answer to another call, and also in an answer that is a success.
import { clean, type Forms, makeForms, mergeForms, noForms } from "./redaction";

/** Fewer characters are a word like others: without them half of what is shown would be unreadable. */
const leastLength = 6;
/** Passwords and keys, and the tokens of some thousand projects. */
const mostSecrets = 2000;
/** Some megabytes. A token of 4 kB has about two thousand parts. */
const mostParts = 200_000;

/** Of what is long, such as a token, every sixteenth part: that finds it, and each piece of it that is of any use. */
const sparse = (possible: number) => (possible <= 256 ? 1 : Math.max(16, Math.ceil(possible / 1024)));

export class KnownSecrets {
  /** Each with what stands for it, once something was shown since; the one that was not sent for longest first. */
  readonly #secrets = new Map<string, Forms | undefined>();
  #added: string[] = [];
  #forms = noForms();

  add(secret: string): void {
    const isKnown = this.#secrets.has(secret);
    if (!isKnown && clean(secret).trim().length < leastLength) return;
    const forms = this.#secrets.get(secret);
    this.#secrets.delete(secret);
    this.#secrets.set(secret, forms);
    if (isKnown) return;
    this.#added.push(secret);
    if (this.#secrets.size > mostSecrets) this.#keep(mostSecrets / 2, mostParts);
  }

  /** What stands for all of them: made when it is needed, and only of what is new. */
  get forms(): Forms {
    for (const secret of this.#added.splice(0)) {
      const forms = makeForms(secret, sparse);
      this.#secrets.set(secret, forms);
      mergeForms(this.#forms, forms);
    }
    if (this.#forms.parts.size > mostParts) this.#keep(mostSecrets, mostParts / 2);
    return this.#forms;
  }

  clear(): void {
    this.#secrets.clear();
    this.#added = [];
    this.#forms = noForms();
  }

  /**
   * Keeps what was sent last. What logs in is sent again for each token or key that it gets: however many a service issues,
   * they do not push it out.
   */
  #keep(secrets: number, parts: number): void {
    const newest = [...this.#secrets].reverse().slice(0, secrets);
    this.clear();
    let sum = 0;
    const kept = newest.filter(([, forms]) => {
      sum += forms?.parts.size ?? 0;
      return sum <= parts;
    });
    for (const [secret, forms] of kept.reverse()) {
      this.#secrets.set(secret, forms);
      if (forms === undefined) this.#added.push(secret);
      else mergeForms(this.#forms, forms);
    }
  }
}

/**
 * One set for the process, because texts are made fit to be shown where no call is known: in the form of an answer, in an error,
 * where a line is printed. What an earlier run of this process has sent is still secret. Each file of tests loads modules
 * of its own, and so has a set of its own.
 */
export const knownSecrets = new KnownSecrets();
