// The transport: the only file that does network I/O. Everything that leaves it, answer or error, is free of credentials.
import http from "node:http";
import https from "node:https";
import axios, { AxiosError, type AxiosInstance, type InternalAxiosRequestConfig } from "axios";
import axiosRetry, { retryAfter } from "axios-retry";
import {
  HuaweiCloudError,
  NetworkError,
  parseErrorBody,
  type RawResponse,
  type RequestContext,
  sentence,
  TimeoutError,
  type Tries,
  toApiError,
} from "./errors";
import { version } from "./version";
import { headers as headerNames, retryableCodes, retryableStatuses } from "./wire";

export interface TransportOptions {
  /** How often a request is tried again after its first try. */
  maxRetries: number;
  /** Deadline for one call with all its tries, in milliseconds. */
  deadlineMs: number;
  /** First delay before another try, in milliseconds; it doubles each time. */
  baseDelayMs?: number;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: string) => void) | undefined;
  random?: () => number;
}

export interface OutgoingRequest {
  method: "GET" | "POST" | "PUT";
  url: string;
  /** Sent as it is, byte for byte, because a signature covers it. */
  body?: string;
  /** Headers that authorize the request. Asked for anew at each try. */
  authorize?: (request: { method: string; url: string; body: string }) => Promise<Record<string, string>>;
  context: RequestContext;
}

/** Sends a request; answers with the response if it is a success, else throws an error of the family. */
export type Send = (request: OutgoingRequest) => Promise<RawResponse>;

/** Longest pause before another try, in milliseconds, unless the service asks for more. */
const maxDelayMs = 20_000;
/** An answer of these APIs has a few hundred bytes, a page of keys some hundred thousand. */
const maxResponseBytes = 4 * 1024 * 1024;
/** Enough for the engine's own parallelism; more would only provoke throttling. */
const maxConnectionsPerHost = 16;

declare module "axios" {
  interface AxiosRequestConfig {
    authorize?: OutgoingRequest["authorize"];
    startedAt?: number;
  }
}

export function createTransport(options: TransportOptions): Send {
  const client = createClient(options);
  return async (request) => {
    const startedAt = Date.now();
    const signal = AbortSignal.timeout(options.deadlineMs);
    try {
      const response = await client.request<string>({
        method: request.method,
        url: request.url,
        data: request.body,
        headers: request.body === undefined ? {} : { "Content-Type": "application/json" },
        signal,
        ...(request.authorize ? { authorize: request.authorize } : {}),
      });
      return { status: response.status, headers: plainHeaders(response.headers), body: response.data ?? "" };
    } catch (error) {
      throw toFamily(error, request, { elapsedMs: Date.now() - startedAt, deadlineMs: options.deadlineMs });
    }
  };
}

function createClient(options: TransportOptions): AxiosInstance {
  const agent = { keepAlive: true, maxSockets: maxConnectionsPerHost };
  const client = axios.create({
    httpAgent: new http.Agent(agent),
    httpsAgent: new https.Agent(agent),
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
  client.interceptors.request.use(async (config) => {
    if (config.authorize) {
      const { method = "get", url = "", data } = config;
      config.headers.set(await config.authorize({ method: method.toUpperCase(), url, body: data ?? "" }));
    }
    config.startedAt = Date.now();
    return config;
  });
  if (options.log) logTries(client, options.log);
  axiosRetry(client, {
    retries: options.maxRetries,
    shouldResetTimeout: true,
    retryCondition: isRetryable,
    retryDelay: (count, error) => delayBefore(count, error, options),
  });
  return client;
}

/** Which failures are worth another try. All calls of this project are idempotent, so a lost answer is one of them. */
export function isRetryable(error: AxiosError): boolean {
  if (error.code === AxiosError.ERR_CANCELED) return false;
  if (!(error instanceof AxiosError)) return false;
  if (!error.response) return error.code !== undefined && !permanentNetworkFailures.test(error.code);
  if (retryableStatuses.has(error.response.status)) return true;
  const { code } = parseErrorBody(String(error.response.data ?? ""));
  return code !== undefined && retryableCodes.has(code);
}

/** A name that does not resolve or a certificate that is not trusted will not get better in seconds. */
const permanentNetworkFailures =
  /^(ENOTFOUND|ERR_BAD_|ERR_INVALID_URL|ERR_FR_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|HPE_)/;

/** Exponential, with jitter so that many resources do not come back at once; a Retry-After of the service beats it. */
function delayBefore(count: number, error: AxiosError, { baseDelayMs = 500, random = Math.random }: TransportOptions) {
  const asked = retryAfter(error);
  if (asked > 0) return asked + random() * baseDelayMs;
  return Math.min(maxDelayMs, baseDelayMs * 2 ** (count - 1)) * (0.5 + random() / 2);
}

function logTries(client: AxiosInstance, log: (line: string) => void): void {
  const line = (config: InternalAxiosRequestConfig | undefined, outcome: string, requestId?: unknown) => {
    if (!config) return;
    const tries = (config["axios-retry"]?.retryCount ?? 0) + 1;
    const duration = Date.now() - (config.startedAt ?? Date.now());
    log(
      `${config.method?.toUpperCase()} ${config.url} ${outcome} ${duration} ms, try ${tries}${requestId ? `, request ID ${requestId}` : ""}`,
    );
  };
  client.interceptors.response.use(
    (response) => {
      line(response.config, String(response.status), response.headers[headerNames.requestId]);
      return response;
    },
    (error: AxiosError) => {
      line(
        error.config,
        String(error.response?.status ?? error.code ?? "failed"),
        error.response?.headers[headerNames.requestId],
      );
      throw error;
    },
  );
}

/** Turns whatever axios throws into an error of ours. No AxiosError gets out: it holds the request with its headers. */
function toFamily(error: unknown, request: OutgoingRequest, spent: { elapsedMs: number; deadlineMs: number }): Error {
  if (error instanceof HuaweiCloudError || !(error instanceof AxiosError)) return error as Error;
  const tries: Tries = { count: (error.config?.["axios-retry"]?.retryCount ?? 0) + 1, elapsedMs: spent.elapsedMs };
  const { origin } = new URL(request.url);
  if (error.response) {
    const { status, headers, data } = error.response;
    if (status >= 300 && status < 400) {
      const happened = `${origin} answered with a redirect (HTTP ${status}), which is not followed so that no credential goes to another host`;
      return new NetworkError(sentence(request.context, happened, tries, "Check the endpoint."));
    }
    const response = { status, headers: plainHeaders(headers), body: String(data ?? "") };
    return toApiError(response, request, request.context, tries);
  }
  if (error.code === AxiosError.ERR_CANCELED) {
    const happened = `no answer from ${origin} within ${spent.deadlineMs / 1000} s`;
    return new TimeoutError(
      sentence(
        request.context,
        happened,
        tries,
        "Check the network and any proxy; huaweicloud:requestTimeout changes the limit.",
      ),
    );
  }
  const cause = error.cause instanceof Error ? { cause: error.cause } : undefined;
  const happened = `cannot reach ${origin}: ${error.message || error.code}`;
  return new NetworkError(
    sentence(request.context, happened, tries, "Check region, endpoint, network and proxy (HTTPS_PROXY)."),
    cause,
  );
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
