// The transport: all requests pass through it. Its answers and errors contain no credentials.
import { setTimeout as sleep } from "node:timers/promises";
import { type Agents, closeIdle, createAgents, type TlsSettings } from "./agents";
import type { RemedyFor } from "./apiError";
import { createAttempt } from "./attempt";
import axios, { type AxiosInstance } from "./axios";
import { Call } from "./call";
import { NetworkError } from "./errors";
import { mayHaveBeenApplied, neverLeft, toHuaweiCloudError } from "./failure";
import { pacingByHost } from "./pacing";
import { secretsOfProxies } from "./proxies";
import type { Send } from "./request";
import { type Delays, delayBefore, isRetryable, isThrottling } from "./retry";
import { type KeyOf, sentence } from "./sentence";
import type { Shown } from "./shown";
import { shown } from "./shown";
import { version } from "./version";

export interface TransportOptions extends Delays {
  /** How often a request is tried again after its first try. */
  maxRetries: number;
  /** Deadline for one call with all its tries, in milliseconds. Waiting for a slot does not count. */
  deadlineMs: number;
  tls?: TlsSettings;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: Shown) => void) | undefined;
  /** Shows the user a warning of one line. */
  warn?: (line: Shown) => void;
  /** What messages call a setting; default its bare name. */
  keyOf?: KeyOf;
  /** Finds the remedy for an error of a service. */
  remedyFor?: RemedyFor;
  /** Codes that are retried although their status is not. */
  retryableCodes?: ReadonlySet<string>;
  /** Called when a service throttles: with the URL, and for how long its host gets no requests, in milliseconds. */
  throttled?: (url: string, delayMs: number) => void;
  /** Aborts requests and the waits between tries; nothing is sent afterwards. */
  cancelled?: AbortSignal | undefined;
}

/** A `Send` whose idle connections can be closed. */
export type Transport = Send & {
  /** Closes idle connections, and later ones after their call. */
  closeIdle(): void;
};

/** An answer of these APIs has a few hundred bytes, a page of keys some hundred thousand. */
const maxResponseBytes = 4 * 1024 * 1024;
/** Services on this machine answer fast or not at all. */
const instanceLocal = { deadlineMs: 3000, maxRetries: 2, baseDelayMs: 100 };

/** Throws a `ConfigurationError` if a certificate of the settings or the URL of a proxy is invalid. */
export function createTransport(options: TransportOptions): Transport {
  const {
    deadlineMs,
    maxRetries,
    tls,
    log,
    warn,
    keyOf = (name) => name,
    remedyFor,
    baseDelayMs = 500,
    cancelled,
  } = options;
  if (tls?.insecure) {
    warn?.(
      shown(
        `Certificates of servers are not checked (${keyOf("insecure")}): anyone on the network path can read and change requests.`,
      ),
    );
  }
  const agents = createAgents(tls ?? { insecure: false, ca: undefined, cert: undefined, key: undefined }, keyOf);
  const client = createClient(agents);
  const pacing = pacingByHost(deadlineMs);
  const proxySecrets = secretsOfProxies(process.env);
  const attempt = createAttempt({ pacing, log, cancelled, send: (request) => client.request(request) });

  /** How long to wait before another try, in milliseconds; `undefined` if there is to be none. */
  function delayAfter(error: unknown, call: Call): number | undefined {
    if (call.tries > call.maxRetries || !isRetryable(error, options.retryableCodes)) return undefined;
    const local = call.request.instanceLocal;
    if (local && neverLeft(error)) return undefined;
    const delays = local ? { ...options, baseDelayMs: Math.min(instanceLocal.baseDelayMs, baseDelayMs) } : options;
    const delay = (count: number) => delayBefore(count, error, delays);
    const pauses = isThrottling(error) && call.canWait(delay(1));
    const delayMs = pauses ? pacing(call.request.url).throttled(delay) : delay(call.tries);
    if (isThrottling(error)) options.throttled?.(call.request.url, delayMs);
    return call.canWait(delayMs) ? delayMs : undefined;
  }

  const send: Send = async (request) => {
    const call = request.instanceLocal
      ? new Call(request, Math.min(instanceLocal.deadlineMs, deadlineMs), instanceLocal.maxRetries)
      : new Call(request, deadlineMs, maxRetries);
    for (const secret of proxySecrets) call.carries(secret);
    for (;;) {
      if (cancelled?.aborted) {
        throw new NetworkError(sentence(request.context, "not sent, because the run is being cancelled"), {
          outcome: call.outcome,
        });
      }
      try {
        return await attempt(call);
      } catch (error) {
        if (mayHaveBeenApplied(error)) call.outcome = "unknown";
        const delayMs = delayAfter(error, call);
        if (delayMs === undefined) throw toHuaweiCloudError(error, call, { keyOf, remedyFor });
        call.spentMs += delayMs;
        await sleep(delayMs, undefined, { signal: cancelled }).catch(() => undefined);
      }
    }
  };
  return Object.assign(send, { closeIdle: () => closeIdle(agents) });
}

function createClient(agents: Agents): AxiosInstance {
  return axios.create({
    ...agents,
    maxRedirects: 0, // a redirect must never carry a token to another host
    maxContentLength: maxResponseBytes,
    responseType: "text",
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    headers: {
      common: { Accept: "application/json", "User-Agent": `pulumi-huaweicloud-evs/${version}` },
      post: {},
      put: {},
    },
  });
}
