// Lets one use of a secret go first, so that a wrong one is sent few times: IAM locks a user after five wrong passwords, and
// the gateway locks an access key after more than five wrong signatures.

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
  /** Uses that are on trial now. */
  trials: number;
  /** Trials that got no verdict, or none soon. */
  unclear: number;
}

/** One host may refuse what is right. If so many have, and none has accepted it, it is sent nowhere any more. */
const mostRefusals = 3;
/** A verdict comes soon or not at all: after so many milliseconds a trial no longer holds up the next one. */
const trialMs = 5000;
/** After so many trials without a verdict, in a row, what is down must not hold up hundreds for hours. */
const patience = 3;

/** How many trials may run at once: one until patience has ended, and then one more for each that got no verdict. */
const mostTrials = (unclear: number) => Math.max(1, unclear - patience + 1);

/**
 * Runs uses of one secret. Until one was accepted there is one at a time, and later one at a time at each host that has not
 * accepted it yet. `isRefusal` tells whether an error is about the secret: after that nothing more is sent to that host. What
 * ends otherwise, because the network is down, say, lets the next one go. With `eachHostForItself` hosts have nothing to do
 * with each other.
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
    return !isAccepted && all.length >= mostRefusals ? all : [];
  }

  function mayTry(host: Host): boolean {
    if (host.trials >= mostTrials(host.unclear)) return false;
    // A host without a verdict is as good as down. It waits for itself alone, and no other waits for it.
    if (isAccepted || host.unclear >= patience) return true;
    const others = [...hosts.values()].filter(({ unclear }) => unclear < patience);
    const trials = others.reduce((sum, other) => sum + other.trials, 0);
    return trials < mostTrials([...hosts.values()].filter(({ unclear }) => unclear > 0).length);
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

/** The error of a use that was not even tried. It is about that use, and names the regions of the refusals. */
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
