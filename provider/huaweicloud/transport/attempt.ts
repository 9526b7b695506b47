// One try of a call: authorize it, wait for a slot, send it, and log one line.
import { AxiosError, type AxiosRequestConfig, type AxiosResponse } from "./axios";
import type { Call } from "./call";
import type { Pacing } from "./pacing";
import { plainHeaders, type RawResponse, requestIdHeader } from "./request";
import { brokeOff, isThrottling, isTooLarge } from "./retry";
import { type Shown, shown } from "./shown";

/** Re-authorize after this time in the queue, in milliseconds: signatures and tokens expire. */
const maxQueuedMs = 60_000;

export interface AttemptOptions {
  pacing: (url: string) => Pacing;
  /** Sends once. Throws an `AxiosError` if there is no answer, or not a success. */
  send: (request: AxiosRequestConfig) => Promise<AxiosResponse<unknown>>;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: Shown) => void) | undefined;
  now?: () => number;
  /** Aborts the request. */
  cancelled?: AbortSignal | undefined;
}

/** Makes the function that tries a call once. It throws an `AxiosError`, or the error of the authorization. */
export function createAttempt(options: AttemptOptions): (call: Call) => Promise<RawResponse> {
  const { pacing: pacingOf, now = Date.now } = options;
  return async (call) => {
    const pacing = pacingOf(call.request.url);
    for (let first = false; ; first = true) {
      // Before taking a slot: this may wait for a login, which needs a slot too.
      const { headers } = await call.authorize();
      const authorizedAt = now();
      const release = await pacing.slot(first);
      try {
        if (now() - authorizedAt > maxQueuedMs) continue;
        return await sendOnce(call, headers, pacing, options);
      } finally {
        release();
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
      // Plain http is for this machine only, which a proxy cannot reach.
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
    if (timeout.aborted) pacing.failed("silent");
    else if (isThrottling(error)) pacing.failed("throttling");
    else if (isFailing(error)) pacing.failed("failing", `HTTP ${error.response?.status}`);
    else if ((error.response && !brokeOff(error)) || isTooLarge(error)) pacing.answered();
    else pacing.failed("unreachable", error.code);
    throw timeout.aborted ? new AxiosError("no answer in time", AxiosError.ECONNABORTED) : error;
  } finally {
    const durationMs = now() - startedAt;
    call.spentMs += durationMs;
    log?.(describeTry(call, ended, durationMs, requestId));
  }
}

/** The service failed. One such answer is normal; a host that gives no other is given up. */
function isFailing({ response }: AxiosError): boolean {
  return response !== undefined && response.status >= 500 && response.status <= 504;
}

/**
 * Headers of a success, of which errors about its body quote two. These are sanitized when they are read, because a search for
 * secrets takes as long as the rest of a request, and few answers are invalid.
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

/** Leaves out the query, which may be private. */
function describeTry(call: Call, ended: unknown, durationMs: number, requestId: unknown): Shown {
  const { request, tries, secrets } = call;
  const { origin, pathname } = new URL(request.url);
  const id = requestId ? `, request ID ${shownHeader(requestId, secrets)}` : "";
  return shown(`${request.method} ${origin}${pathname} ${ended} ${durationMs} ms, try ${tries}${id}`);
}
