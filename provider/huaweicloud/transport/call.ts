// What is known of one call, over all its tries: how much of its time is spent, the secrets that it carried, and whether
// any try may have been applied.
import type { Outcome } from "./errors";
import { knownSecrets } from "./knownSecrets";
import type { Authorized, OutgoingRequest } from "./request";

export class Call {
  /** How often it was sent. */
  tries = 0;
  /**
   * Time on the wire and between tries, in milliseconds. What it waits for its turn is not its own fault, and is not
   * counted; nor is a login, which is a call with a deadline of its own.
   */
  spentMs = 0;
  /** The delay that the service asks for, if this call has no time for it, in milliseconds. */
  tooLongDelayMs: number | undefined;
  /** What no error of this call may quote, however short. What else this process has sent, nothing shows. */
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

  /** What authorizes the next try. */
  async authorize(): Promise<Authorized> {
    const { method, url, body = "", authorize } = this.request;
    const authorization = (await authorize?.({ method, url, body })) ?? { headers: {}, secrets: [] };
    const { Authorization: header = "" } = authorization.headers;
    for (const secret of authorization.secrets) {
      // A signature serves one request for some minutes: a run has too many of them to know them all.
      if (header.includes("Signature=") && header.endsWith(secret)) this.secrets.add(secret);
      else this.carries(secret);
    }
    return authorization;
  }

  /** Nothing that is shown may quote this, from now on and whichever call it is about. */
  carries(secret: string): void {
    this.secrets.add(secret);
    knownSecrets.add(secret);
  }

  /** How long the next try may take: a request that got lost must leave time for another. */
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
