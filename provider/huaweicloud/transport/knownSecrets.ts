// The secrets that this process has sent, in any call: a service may quote a password later, in the answer to another call and
// also in a successful one.
import { clean, type Forms, makeForms, mergeForms, noForms } from "./redaction";

/** Shorter secrets are ignored: they could be ordinary words, and masking these makes messages unreadable. */
const leastLength = 6;
/** Passwords and keys, and the tokens of some thousand projects. */
const maxSecrets = 2000;
/** Some megabytes. A token of 4 kB has about two thousand parts. */
const maxParts = 200_000;

/** Of a long secret, such as a token, every sixteenth part: enough to find it, and each piece of a useful length. */
function sparse(possible: number): number {
  return possible <= 256 ? 1 : Math.max(16, Math.ceil(possible / 1024));
}

export class KnownSecrets {
  /** Each secret with its number of patterns, which are made when a text is shown; least recently sent first. */
  readonly #secrets = new Map<string, number>();
  #added: string[] = [];
  #forms = noForms();

  add(secret: string): void {
    const isKnown = this.#secrets.has(secret);
    if (!isKnown && clean(secret).trim().length < leastLength) return;
    const parts = this.#secrets.get(secret) ?? 0;
    this.#secrets.delete(secret);
    this.#secrets.set(secret, parts);
    if (isKnown) return;
    this.#added.push(secret);
    if (this.#secrets.size > maxSecrets) this.#keep(maxSecrets / 2, maxParts);
  }

  /** The patterns of all secrets; made when needed, for new secrets only. */
  get forms(): Forms {
    for (const secret of this.#added.splice(0)) {
      const forms = makeForms(secret, sparse);
      this.#secrets.set(secret, forms.parts.size);
      mergeForms(this.#forms, forms);
    }
    if (this.#forms.parts.size <= maxParts) return this.#forms;
    this.#keep(maxSecrets, maxParts / 2);
    return this.forms;
  }

  clear(): void {
    this.#secrets.clear();
    this.#added = [];
    this.#forms = noForms();
  }

  /**
   * Keeps the secrets that were sent last; their patterns are made again. A password is sent again for each token that it
   * obtains, so issued tokens do not push it out.
   */
  #keep(secrets: number, parts: number): void {
    const newest = [...this.#secrets].reverse().slice(0, secrets);
    this.clear();
    let sum = 0;
    const kept = newest.filter(([, size]) => {
      sum += size;
      return sum <= parts;
    });
    for (const [secret] of kept.reverse()) {
      this.#secrets.set(secret, 0);
      this.#added.push(secret);
    }
  }
}

/**
 * One set for the process, because texts are sanitized where no call is known: in schemas of answers, in errors, where a line is
 * printed. Secrets of an earlier run of this process are still secret. Each test file loads its own modules, and so has its
 * own set.
 */
export const knownSecrets = new KnownSecrets();
