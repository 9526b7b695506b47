// Lets one use of a secret go first, so that a wrong one is sent once: IAM locks a user after some wrong passwords, and the
// gateway locks an access key after more than five wrong signatures.

import { ApiError, withOutcome } from "../transport/errors";
import { type RequestContext, sentence } from "../transport/sentence";

/** A use of the secret, at one host. */
export interface Use<T> {
  host: string;
  context: RequestContext;
  work: () => Promise<T>;
}

interface Refusal {
  error: ApiError;
  context: RequestContext;
}

/**
 * Runs uses of one secret. Until one was accepted there is one at a time, and later one at a time at each host that has not
 * accepted it yet. `isRefusal` tells whether an error is about the secret. After such an error nothing more is sent: to that
 * host, or to any if no host has accepted the secret. If the first gets no verdict, because the network is down, say, the
 * others do not wait for each other's deadlines. With `eachHostForItself` a refusal is always about one host.
 */
export function guardSecret(
  secret: string,
  isRefusal: (error: unknown) => error is ApiError,
  { eachHostForItself = false } = {},
): <T>(use: Use<T>) => Promise<T> {
  const anywhere = "";
  const open = new Set<string>();
  const trials = new Map<string, Promise<void>>();
  const refusals = new Map<string, Refusal>();
  let accepted = false;

  async function through<T>(place: string, context: RequestContext, work: () => Promise<T>): Promise<T> {
    for (;;) {
      const refusal = refusals.get(place) ?? refusals.get(anywhere);
      if (refusal) throw notSent(secret, refusal, context);
      if (open.has(place)) return work();
      const trial = trials.get(place);
      if (trial === undefined) {
        const first = work();
        trials.set(place, first.then(succeeded, failed));
        return first;
      }
      await trial;
    }

    function succeeded(): void {
      accepted = true;
      refusals.delete(anywhere); // it was about one host
      open.add(place);
    }

    function failed(error: unknown): void {
      if (!isRefusal(error)) {
        open.add(place);
        return;
      }
      const refusal = refusals.get(place) ?? { error, context };
      refusals.set(place, refusal);
      if (!eachHostForItself && !accepted && !refusals.has(anywhere)) refusals.set(anywhere, refusal);
    }
  }

  return ({ host, context, work }) => {
    const atHost = () => through(host, context, work);
    return eachHostForItself ? atHost() : through(anywhere, context, atHost);
  };
}

/** The error of a use that was not even tried. It is about that use, and names the region of the refusal. */
function notSent(secret: string, { error, context: refused }: Refusal, context: RequestContext): ApiError {
  const same = (["action", "region", "project"] as const).every((part) => refused[part] === context[part]);
  if (same) return withOutcome(error, "refused");
  const happened = `not sent, because the same ${secret} was refused in ${refused.region}: ${error.reason} (${error.code})`;
  const { code, status, requestId, method, path, reason } = error;
  const remedy = context.credentials && `The credentials used: ${context.credentials}.`;
  const message = sentence(context, happened, undefined, remedy);
  return new ApiError(message, code, status, requestId, method, path, reason, undefined, {
    outcome: "refused",
  });
}
