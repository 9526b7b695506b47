// Tries a secret once before concurrent use: IAM locks a user after five wrong passwords, and the gateway locks an access key
// after more than five wrong signatures.

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

interface Host {
  isAccepted: boolean;
  refusal: Refusal | undefined;
  /** Trials that run now: uses before the host has accepted the secret. */
  trials: number;
  /** Trials that the host neither accepted nor refused, or not soon. */
  unclear: number;
}

/** One host may refuse a right secret. After so many refusals, and no acceptance, the secret is sent to no host. */
const maxRefusals = 3;
/** After this time, in milliseconds, a trial no longer delays the next one. */
const trialMs = 5000;
/** After so many unclear trials in a row, a host that is down no longer delays the uses of others. */
const patience = 3;

/** How many trials may run at once: one, and beyond `patience` one more for each unclear trial. */
const maxTrials = (unclear: number) => Math.max(1, unclear - patience + 1);

/**
 * Runs uses of one secret. Until one was accepted there is one at a time, and later one at a time at each host that has not
 * accepted it yet. After an error for which `isRefusal` is true, nothing more is sent to that host. After any other error, such
 * as a network failure, the next use is tried. With `eachHostForItself` each host is judged by its own answers only.
 */
export function guardSecret(
  secret: string,
  isRefusal: (error: unknown) => error is ApiError,
  { eachHostForItself = false } = {},
): <T>(use: Use<T>) => Promise<T> {
  const hosts = new Map<string, Host>();
  let isAccepted = eachHostForItself;
  const waiting: (() => void)[] = [];

  function refusalsFor(host: Host): Refusal[] {
    if (host.refusal) return [host.refusal];
    const all = [...hosts.values()].flatMap(({ refusal }) => refusal ?? []);
    return !isAccepted && all.length >= maxRefusals ? all : [];
  }

  function mayTry(host: Host): boolean {
    if (host.trials >= maxTrials(host.unclear)) return false;
    // A host without a clear answer counts as down: its trials and those of other hosts do not wait for each other.
    if (isAccepted || host.unclear >= patience) return true;
    const others = [...hosts.values()].filter(({ unclear }) => unclear < patience);
    const trials = others.reduce((sum, other) => sum + other.trials, 0);
    return trials < maxTrials([...hosts.values()].filter(({ unclear }) => unclear > 0).length);
  }

  async function tryAt<T>(host: Host, context: RequestContext, work: () => Promise<T>): Promise<T> {
    let isOnTrial = true;
    const endTrial = (unclear: number) => {
      if (!isOnTrial) return;
      isOnTrial = false;
      host.trials -= 1;
      host.unclear += unclear;
      for (const look of waiting.splice(0)) look();
    };
    host.trials += 1;
    const timer = setTimeout(endTrial, trialMs, 1);
    try {
      const result = await work();
      host.isAccepted = true;
      isAccepted = true;
      endTrial(0);
      return result;
    } catch (error) {
      if (isRefusal(error)) host.refusal ??= { error, context };
      endTrial(isRefusal(error) ? 0 : 1);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return async ({ host: name, context, work }) => {
    const host = hosts.get(name) ?? { isAccepted: false, refusal: undefined, trials: 0, unclear: 0 };
    hosts.set(name, host);
    for (;;) {
      const refusals = refusalsFor(host);
      if (refusals.length > 0) throw notSent(secret, refusals, context);
      if (host.isAccepted) return work();
      if (mayTry(host)) return tryAt(host, context, work);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
}

/** The error for a use that was skipped; names the regions of the refusals. */
function notSent(secret: string, refusals: Refusal[], context: RequestContext): ApiError {
  const [{ error, context: refused }] = refusals as [Refusal, ...Refusal[]];
  const same = (["action", "region", "project"] as const).every((part) => refused[part] === context[part]);
  if (same) return withOutcome(error, "refused");
  const places = [...new Set(refusals.map((refusal) => refusal.context.region))].join(", ");
  const happened = `not sent, because the same ${secret} was refused in ${places}: ${error.reason} (${error.code})`;
  const { code, status, requestId, method, path, reason } = error;
  const remedy = context.credentials && `The credentials used: ${context.credentials}.`;
  const message = sentence(context, happened, undefined, remedy);
  return new ApiError(message, code, status, requestId, method, path, reason, undefined, {
    outcome: "refused",
  });
}
