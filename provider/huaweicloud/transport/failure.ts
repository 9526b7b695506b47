// Converts errors of axios. No AxiosError leaves the transport, because it holds the request with its headers.

import { type RemedyFor, toApiError } from "./apiError";
import { AxiosError } from "./axios";
import type { Call } from "./call";
import { HuaweiCloudError, NetworkError, outcomeOfStatus, ResponseError, TimeoutError, withOutcome } from "./errors";
import { GivenUp } from "./pacing";
import { plainHeaders } from "./request";
import { brokeOff, isTooLarge } from "./retry";
import { type KeyOf, sentence } from "./sentence";
import { shown } from "./shown";

export interface Wording {
  keyOf: KeyOf;
  remedyFor?: RemedyFor | undefined;
}

export function toHuaweiCloudError(error: unknown, call: Call, { keyOf, remedyFor }: Wording): Error {
  // The authorization failed, which is another call: its outcome is not that of this one.
  if (error instanceof HuaweiCloudError) return withOutcome(error, call.outcome);
  if (!(error instanceof AxiosError) && !(error instanceof GivenUp)) return error as Error;
  const { request, deadlineMs, secrets, outcome } = call;
  const { context } = request;
  const { origin } = new URL(request.url);
  const tries = { count: call.tries, elapsedMs: call.spentMs };
  const tooLong = askedForTooLong(call, keyOf);
  const silence = `no answer from ${origin}`;
  if (error instanceof GivenUp) {
    const { why, afterMs, last = "no connection" } = error;
    const [what, commonCause] = {
      silent: ["has not answered", silence],
      unreachable: [`could not be reached (${last})`, `${last} at ${origin}`],
      failing: [`has answered every request with an error (${last})`, `${last} at ${origin}`],
      throttling: ["has throttled every request", `too many requests at ${origin}`],
    }[why] as [string, string];
    const happened = `${origin} ${what} for ${Math.round(afterMs / 1000)} s, so nothing more is sent to it in this run`;
    const remedy = `Check the network and any proxy, or run again later; ${keyOf("requestTimeout")} changes the limit.`;
    return new TimeoutError(sentence(context, happened, undefined, remedy), { outcome, commonCause });
  }
  if (error.response && !brokeOff(error)) {
    const { status, headers, data } = error.response;
    if (status < 400) {
      const happened = `${origin} answered with a redirect (HTTP ${status}), which is not followed so that no credential goes to another host`;
      return new NetworkError(sentence(context, happened, tries, "Check the endpoint."), {
        outcome,
        commonCause: `a redirect from ${origin}`,
      });
    }
    const response = { status, headers: plainHeaders(headers), body: String(data ?? "") };
    return toApiError(response, request, { context, tries, secrets, remedyFor, hint: tooLong, outcome });
  }
  if (error.code === AxiosError.ECONNABORTED) {
    const happened = `${silence} within ${deadlineMs / 1000} s`;
    const remedy = `Check the network and any proxy; ${keyOf("requestTimeout")} changes the limit.`;
    return new TimeoutError(sentence(context, happened, tries, remedy), { outcome, commonCause: silence });
  }
  if (error.code === AxiosError.ERR_CANCELED) {
    return new NetworkError(sentence(context, `given up before ${origin} answered: ${error.message}`, tries), {
      outcome,
    });
  }
  if (isTooLarge(error)) {
    const happened = `the answer of ${origin} is too large to be one of this API`;
    const remedy = "Check the endpoint, and whether a proxy answers in its place.";
    return new ResponseError(sentence(context, happened, tries, remedy), {
      outcome,
      commonCause: `too large an answer from ${origin}`,
    });
  }
  const words = shown(error.message || error.code || "no reason given", { secrets });
  const happened = brokeOff(error) ? `the answer of ${origin} broke off: ${words}` : `cannot reach ${origin}: ${words}`;
  return new NetworkError(sentence(context, happened, tries, networkRemedy(error, keyOf)), {
    cause: error.cause,
    outcome,
    commonCause: `${error.code ?? "no connection"} at ${origin}`,
  });
}

/** Whether this try may have been applied: it was sent, and no definite refusal came. */
export function mayHaveBeenApplied(error: unknown): boolean {
  if (!(error instanceof AxiosError)) return false; // not sent at all
  if (error.response && !brokeOff(error)) return outcomeOfStatus(error.response.status) === "unknown";
  return !neverLeft(error);
}

/** Codes of failures before anything of a request is sent: a name that does not resolve, a server that is not trusted. */
const beforeSending =
  /^(ENOTFOUND|EAI_|ECONNREFUSED|ERR_INVALID_URL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_CERT)/;

/** Whether nothing of a request was sent: the name did not resolve, the connection was refused, or the server is not trusted. */
export function neverLeft({ response, code = "", cause }: AxiosError): boolean {
  if (response) return false;
  if (beforeSending.test(code)) return true;
  // Of several addresses, all failed.
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.every((one) => one instanceof Error && "syscall" in one && one.syscall === "connect");
}

function networkRemedy({ code = "", message }: AxiosError, keyOf: KeyOf): string {
  if (/alert (certificate required|bad certificate|unknown ca|handshake failure)/i.test(message)) {
    return `The server requires a client certificate that it trusts: set ${keyOf("cert")} and ${keyOf("key")} (OS_CERT, OS_KEY).`;
  }
  if (/CERT|SIGNATURE|TLS|SSL/.test(code)) {
    return `The server's certificate is not trusted. If a proxy or a private cloud uses its own certificate authority, set ${keyOf("cacertFile")} (OS_CACERT) to it.`;
  }
  return "Check region, endpoint, network and proxy (HTTPS_PROXY).";
}

function askedForTooLong({ tooLongDelayMs, deadlineMs }: Call, keyOf: KeyOf): string | undefined {
  if (tooLongDelayMs === undefined) return undefined;
  const delay = `${Math.ceil(tooLongDelayMs / 1000)} s`;
  return `The next try would be in ${delay}, and a call may take ${deadlineMs / 1000} s in all (${keyOf("requestTimeout")}).`;
}
