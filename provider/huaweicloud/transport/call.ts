// The state of one call over all its tries: the time that it has spent, the secrets that it sent, and whether any try may have
// been applied.
import type { Outcome } from "./errors";
import { knownSecrets } from "./knownSecrets";
import type { Authorized, OutgoingRequest } from "./request";

export class Call {
  /** How often it was sent. */
  tries = 0;
  /**
   * Time of requests and between tries, in milliseconds. Waiting for a slot does not count, nor does a login, which is a call
   * with its own deadline.
   */
  spentMs = 0;
  /** The delay in milliseconds that the service requested, if it exceeds the remaining time. */
  tooLongDelayMs: number | undefined;
  /** Secrets of any length that no error of this call may quote; knownSecrets.ts has those of all calls. */
  readonly secrets = new Set<string>();
  outcome: Outcome;

  constructor(
    readonly request: OutgoingRequest,
    readonly deadlineMs: number,
    readonly maxRetries: number,
  ) {
    for (const secret of request.secrets ?? []) this.carries(secret);
    this.outcome = request.outcomeSoFar ?? "refused";
  }

  /** Returns the authorization of the next try. */
  async authorize(): Promise<Authorized> {
    const { method, url, body = "", authorize } = this.request;
    const authorization = (await authorize?.({ method, url, body })) ?? { headers: {}, secrets: [] };
    const { Authorization: header = "" } = authorization.headers;
    for (const secret of authorization.secrets) {
      // A signature is valid for one request and some minutes: a run has too many to remember them all.
      if (header.includes("Signature=") && header.endsWith(secret)) this.secrets.add(secret);
      else this.carries(secret);
    }
    return authorization;
  }

  /** Registers a secret: no later text of any call may show it. */
  carries(secret: string): void {
    this.secrets.add(secret);
    knownSecrets.add(secret);
  }

  /** How long the next try may take: a lost request must leave time for another. */
  tryLimitMs(): number {
    const leftMs = this.deadlineMs - this.spentMs;
    const limitMs = this.maxRetries === 0 ? leftMs : Math.min(leftMs, this.deadlineMs / 2);
    return Math.max(1, Math.round(limitMs));
  }

  /** Whether there is time for another try after this delay. */
  canWait(delayMs: number): boolean {
    const possible = this.spentMs + delayMs < this.deadlineMs;
    this.tooLongDelayMs = possible ? undefined : delayMs;
    return possible;
  }
}
