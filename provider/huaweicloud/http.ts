// The transport: the only door to the network. Everything that leaves it, answer or error, is free of credentials.
import axios, { type AxiosInstance } from "axios";
import axiosRetry from "axios-retry";
import { createAgents, type TlsSettings } from "./agents";
import { Call } from "./call";
import { plainHeaders, type RawResponse, type RequestContext } from "./errors";
import { callOf, createExchange } from "./exchange";
import { toFamily } from "./failure";
import { pacingByHost } from "./pacing";
import { type Delays, delayBefore, isRetryable, isThrottling } from "./retry";
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
}

export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT";
  url: string;
  /** Sent as it is, byte for byte, because a signature covers it. */
  body?: string;
  /** Headers that authorize the request. Asked for anew at each try. */
  authorize?: (request: { method: string; url: string; body: string }) => Promise<Record<string, string>>;
  /** Secrets in the body, which no error may quote. Those in headers are known. */
  secrets?: readonly string[];
  /** Asks this very machine: not by a proxy, not for long, and only once. */
  instanceLocal?: boolean;
  context: RequestContext;
}

/** Sends a request; answers with the response if it is a success, else throws an error of the family. */
export type Send = (request: OutgoingRequest) => Promise<RawResponse>;

/** An answer of these APIs has a few hundred bytes, a page of keys some hundred thousand. */
const maxResponseBytes = 4 * 1024 * 1024;
/** Whoever is on this machine answers at once. */
const instanceLocalDeadlineMs = 1000;
const uncheckedCertificates =
  "Certificates of servers are not checked (huaweicloud:insecure): anyone between can read and change what is sent.";

/** Throws a `ConfigurationError` where a certificate of the settings is none. */
export function createTransport(options: TransportOptions): Send {
  const { deadlineMs, maxRetries, tls, warn } = options;
  if (tls?.insecure) warn?.(uncheckedCertificates);
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
      throw toFamily(error, call);
    }
  };
}

function createClient(options: TransportOptions): AxiosInstance {
  const { tls = { insecure: false, ca: undefined, cert: undefined, key: undefined }, log } = options;
  const pacing = pacingByHost();
  const client = axios.create({
    ...createAgents(tls),
    adapter: createExchange({ pacing, log }),
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
      if (!error.config || !isRetryable(error)) return false;
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
