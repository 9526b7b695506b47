// One try of a call: authorize it, wait for its turn, send it, and log one line.
import { AxiosError, type AxiosRequestConfig, type AxiosResponse } from "./axios";
import type { Call } from "./call";
import type { Pacing } from "./pacing";
import { plainHeaders, type RawResponse, requestIdHeader } from "./request";
import { brokeOff, isThrottling, isTooLarge } from "./retry";
import { type Shown, shown } from "./shown";

/** A signature is accepted for 15 minutes, and a token may end: neither may grow old in the queue. */
const freshMs = 60_000;

export interface AttemptOptions {
  pacing: (url: string) => Pacing;
  /** Sends once. Throws an `AxiosError` if there is no answer, or one that is no success. */
  send: (request: AxiosRequestConfig) => Promise<AxiosResponse<unknown>>;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: Shown) => void) | undefined;
  now?: () => number;
  /** Ends what is on the wire. */
  cancelled?: AbortSignal | undefined;
}

/** Makes the function that tries a call once. It throws an `AxiosError`, or what kept the call from being authorized. */
export function createAttempt(options: AttemptOptions): (call: Call) => Promise<RawResponse> {
  const { pacing: pacingOf, now = Date.now } = options;
  return async (call) => {
    const pacing = pacingOf(call.request.url);
    for (let first = false; ; first = true) {
      // Before the turn, not in it: this may wait for a login, which needs a turn of its own.
      const { headers } = await call.authorize();
      const authorizedAt = now();
      const endTurn = await pacing.turn(first);
      try {
        if (now() - authorizedAt > freshMs) continue;
        return await sendOnce(call, headers, pacing, options);
      } finally {
        endTurn();
      }
    }
  };
}

async function sendOnce(
  call: Call,
  authorization: Record<string, string>,
  pacing: Pacing,
  { log, now = Date.now, send, cancelled }: AttemptOptions,
): Promise<RawResponse> {
  const { method, url, body, instanceLocal } = call.request;
  const startedAt = now();
  const timeout = AbortSignal.timeout(call.tryLimitMs());
  call.tries += 1;
  let ended: unknown;
  let requestId: unknown;
  try {
    const { status, headers, data } = await send({
      method,
      url,
      data: body,
      headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...authorization },
      signal: cancelled === undefined ? timeout : AbortSignal.any([timeout, cancelled]),
      // Plain http is for this machine, which a proxy cannot reach.
      ...(instanceLocal || url.startsWith("http:") ? { proxy: false } : {}),
    });
    ended = status;
    const received = plainHeaders(headers);
    requestId = received[requestIdHeader];
    pacing.answered();
    return { status, headers: showable(received, call), body: String(data ?? "") };
  } catch (error) {
    if (!(error instanceof AxiosError)) throw error;
    if (cancelled?.aborted) throw new AxiosError("the run is being cancelled", AxiosError.ERR_CANCELED);
    ended = timeout.aborted ? "no answer" : (error.response?.status ?? error.code ?? "failed");
    requestId = error.response?.headers[requestIdHeader];
    if (timeout.aborted) pacing.unhelpful("silent");
    else if (isThrottling(error)) pacing.unhelpful("throttling");
    else if (isFailing(error)) pacing.unhelpful("failing", `HTTP ${error.response?.status}`);
    else if ((error.response && !brokeOff(error)) || isTooLarge(error)) pacing.answered();
    else pacing.unhelpful("unreachable", error.code);
    throw timeout.aborted ? new AxiosError("no answer in time", AxiosError.ECONNABORTED) : error;
  } finally {
    const durationMs = now() - startedAt;
    call.spentMs += durationMs;
    log?.(describeTry(call, ended, durationMs, requestId));
  }
}

/** The service failed by itself. One such answer means little; a host that gives no other is not worth waiting for. */
function isFailing({ response }: AxiosError): boolean {
  return response !== undefined && response.status >= 500 && response.status <= 504;
}

/**
 * Headers of a success, of which errors about its body quote two. They are made fit to be shown when they are read: to look
 * for secrets in them costs as much as the rest of a request, and few answers are wrong.
 */
function showable(headers: Record<string, string>, { secrets }: Call): Record<string, string> {
  for (const name of [requestIdHeader, "content-type"]) {
    const value = headers[name];
    if (value === undefined) continue;
    Object.defineProperty(headers, name, { enumerable: true, get: () => shownHeader(value, secrets) });
  }
  return headers;
}

function shownHeader(value: unknown, secrets: Iterable<string>): Shown {
  return shown(String(value), { secrets, limit: 128 });
}

/** The query is left out: what is in one is not for a log. */
function describeTry(call: Call, ended: unknown, durationMs: number, requestId: unknown): Shown {
  const { request, tries, secrets } = call;
  const { origin, pathname } = new URL(request.url);
  const id = requestId ? `, request ID ${shownHeader(requestId, secrets)}` : "";
  return shown(`${request.method} ${origin}${pathname} ${ended} ${durationMs} ms, try ${tries}${id}`);
}
