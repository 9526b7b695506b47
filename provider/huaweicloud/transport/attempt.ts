// One try of a call: authorize it, wait for its turn, send it, and log one line. It is an axios adapter, so that each try
// of the retry library comes here.
import axios, { type AxiosAdapter, AxiosError, type InternalAxiosRequestConfig } from "axios";
import type { Call } from "./call";
import type { Pacing } from "./pacing";
import { requestIdHeader } from "./request";
import { isThrottling } from "./retry";

declare module "axios" {
  interface AxiosRequestConfig {
    call?: Call;
  }
}

/** A signature is accepted for 15 minutes, and a token may end: neither may grow old in the queue. */
const freshMs = 60_000;

export interface AttemptOptions {
  pacing: (url: string) => Pacing;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: string) => void) | undefined;
  now?: () => number;
  /** What sends; default axios's own. */
  send?: AxiosAdapter;
}

export function createAttempt(options: AttemptOptions): AxiosAdapter {
  const { pacing: pacingOf, now = Date.now } = options;
  return async (config) => {
    const call = callOf(config);
    const pacing = pacingOf(call.request.url);
    for (let first = false; ; first = true) {
      // Before the turn, not in it: this may wait for a login, which needs a turn of its own.
      const { headers } = await call.authorize();
      const authorizedAt = now();
      const endTurn = await pacing.turn(first);
      try {
        if (now() - authorizedAt > freshMs) continue;
        config.headers.set(headers);
        return await sendOnce(config, call, pacing, options);
      } finally {
        endTurn();
      }
    }
  };
}

async function sendOnce(
  config: InternalAxiosRequestConfig,
  call: Call,
  pacing: Pacing,
  { log, now = Date.now, send = axios.getAdapter("http") }: AttemptOptions,
) {
  const startedAt = now();
  const timeout = AbortSignal.timeout(call.tryLimitMs());
  config.signal = timeout;
  call.tries += 1;
  let outcome: unknown;
  let requestId: unknown;
  try {
    const response = await send(config);
    outcome = response.status;
    requestId = response.headers[requestIdHeader];
    pacing.answered();
    return response;
  } catch (error) {
    if (!(error instanceof AxiosError)) throw error;
    outcome = timeout.aborted ? "no answer" : (error.response?.status ?? error.code ?? "failed");
    requestId = error.response?.headers[requestIdHeader];
    if (error.response && !isThrottling(error)) pacing.answered();
    throw timeout.aborted ? new AxiosError("no answer in time", AxiosError.ECONNABORTED, config) : error;
  } finally {
    // The retry library would take it for the whole call's.
    delete config.signal;
    const durationMs = now() - startedAt;
    call.spentMs += durationMs;
    log?.(describeTry(call, outcome, durationMs, requestId));
  }
}

/** The query is left out: what is in one is not for a log. */
function describeTry({ request, tries }: Call, outcome: unknown, durationMs: number, requestId: unknown): string {
  const { origin, pathname } = new URL(request.url);
  const id = requestId ? `, request ID ${requestId}` : "";
  return `${request.method} ${origin}${pathname} ${outcome} ${durationMs} ms, try ${tries}${id}`;
}

export function callOf({ call }: { call?: Call }): Call {
  if (!call) throw new TypeError("a request without a call");
  return call;
}
