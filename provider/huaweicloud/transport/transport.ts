// The transport: the only door to the network. Everything that leaves it, answer or error, is free of credentials.
import axios, { type AxiosInstance } from "axios";
import axiosRetry from "axios-retry";
import { createAgents, type TlsSettings } from "./agents";
import type { RemedyFor } from "./apiError";
import { callOf, createAttempt } from "./attempt";
import { Call } from "./call";
import { toFamily } from "./failure";
import { pacingByHost } from "./pacing";
import { plainHeaders, type Send } from "./request";
import { type Delays, delayBefore, isRetryable, isThrottling } from "./retry";
import type { KeyOf } from "./sentence";
import { version } from "./version";

export interface TransportOptions extends Delays {
  /** How often a request is tried again after its first try. */
  maxRetries: number;
  /** Deadline for one call with all its tries, in milliseconds. Waiting for its turn among other calls does not count. */
  deadlineMs: number;
  tls?: TlsSettings;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: string) => void) | undefined;
  /** Tells the user one line that is no error. */
  warn?: (line: string) => void;
  /** What messages call a setting; default its bare name. */
  keyOf?: KeyOf;
  /** What helps against an error of a service. */
  remedyFor?: RemedyFor;
  /** Codes that are worth another try although their status is not. */
  retryableCodes?: ReadonlySet<string>;
}

/** An answer of these APIs has a few hundred bytes, a page of keys some hundred thousand. */
const maxResponseBytes = 4 * 1024 * 1024;
/** Whoever is on this machine answers at once. */
const instanceLocalDeadlineMs = 1000;
/** Throws a `ConfigurationError` where a certificate of the settings is none. */
export function createTransport(options: TransportOptions): Send {
  const { deadlineMs, maxRetries, tls, warn, keyOf = (name) => name, remedyFor } = options;
  if (tls?.insecure) {
    warn?.(
      `Certificates of servers are not checked (${keyOf("insecure")}): anyone between can read and change what is sent.`,
    );
  }
  const client = createClient(options);
  return async (request) => {
    const { method, url, body, instanceLocal } = request;
    const call = instanceLocal
      ? new Call(request, Math.min(instanceLocalDeadlineMs, deadlineMs), 0)
      : new Call(request, deadlineMs, maxRetries);
    try {
      const response = await client.request<string>({
        method,
        url,
        data: body,
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        call,
        "axios-retry": { retries: call.maxRetries },
        // Plain http is for this machine, which a proxy cannot reach.
        ...(instanceLocal || url.startsWith("http:") ? { proxy: false } : {}),
      });
      return { status: response.status, headers: plainHeaders(response.headers), body: response.data ?? "" };
    } catch (error) {
      throw toFamily(error, call, { keyOf, remedyFor });
    }
  };
}

function createClient(options: TransportOptions): AxiosInstance {
  const {
    tls = { insecure: false, ca: undefined, cert: undefined, key: undefined },
    log,
    keyOf,
    retryableCodes,
  } = options;
  const pacing = pacingByHost();
  const client = axios.create({
    ...createAgents(tls, keyOf),
    adapter: createAttempt({ pacing, log }),
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
  axiosRetry(client, {
    shouldResetTimeout: true,
    retryCondition(error) {
      if (!error.config || !isRetryable(error, retryableCodes)) return false;
      const call = callOf(error.config);
      const delay = (count: number) => delayBefore(count, error, options);
      const pauses = isThrottling(error) && call.canWait(delay(1));
      call.delayMs = pauses ? pacing(call.request.url).throttled(delay) : delay(call.tries);
      return call.canWait(call.delayMs);
    },
    retryDelay(_count, error) {
      const call = callOf(error.config ?? {});
      call.spentMs += call.delayMs;
      return call.delayMs;
    },
  });
  return client;
}
