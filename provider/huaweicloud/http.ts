// The transport: the only file that does network I/O. Everything that leaves it, answer or error, is free of credentials.
import http from "node:http";
import https from "node:https";
import axios, { type AxiosAdapter, AxiosError, type AxiosInstance, type InternalAxiosRequestConfig } from "axios";
import axiosRetry from "axios-retry";
import {
  HuaweiCloudError,
  NetworkError,
  type RawResponse,
  type RequestContext,
  sentence,
  TimeoutError,
  toApiError,
} from "./errors";
import { createPacing, type Pacing } from "./pacing";
import { type Delays, delayBefore, isRetryable } from "./retry";
import { version } from "./version";
import { headers as headerNames } from "./wire";

export interface TransportOptions extends Delays {
  /** How often a request is tried again after its first try. */
  maxRetries: number;
  /** Deadline for one call with all its tries, in milliseconds. */
  deadlineMs: number;
  tls?: TlsSettings;
  /** Called with one line for each try, by allow-list: method, URL, status, duration, request ID. Never headers or bodies. */
  log?: ((line: string) => void) | undefined;
  /** Tells the user one line that is no error. */
  warn?: (line: string) => void;
}

/** How servers are trusted, and how this client shows who it is: PEM texts. */
export interface TlsSettings {
  /** Whether certificates go unchecked. */
  insecure: boolean;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
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

declare module "axios" {
  interface AxiosRequestConfig {
    authorize?: OutgoingRequest["authorize"];
    /** When this try began, in milliseconds since 1970. */
    startedAt?: number;
    /** Texts that this try carried and nobody may see. */
    carriedSecrets?: string[];
  }
}

export function createTransport(options: TransportOptions): Send {
  const client = createClient(options);
  return async (request) => {
    const { method, url, body, authorize, instanceLocal } = request;
    const deadlineMs = instanceLocal ? Math.min(instanceLocalDeadlineMs, options.deadlineMs) : options.deadlineMs;
    const startedAt = Date.now();
    try {
      const response = await client.request<string>({
        method,
        url,
        data: body,
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
        signal: AbortSignal.timeout(deadlineMs),
        ...(authorize ? { authorize } : {}),
        ...(instanceLocal ? { proxy: false, "axios-retry": { retries: 0 } } : {}),
      });
      return { status: response.status, headers: plainHeaders(response.headers), body: response.data ?? "" };
    } catch (error) {
      throw toFamily(error, request, { elapsedMs: Date.now() - startedAt, deadlineMs });
    }
  };
}

function createClient(options: TransportOptions): AxiosInstance {
  const { maxRetries, tls, log, warn = () => {} } = options;
  if (tls?.insecure)
    warn(
      "Certificates of servers are not checked (huaweicloud:insecure): anyone between can read and change what is sent.",
    );
  const pacing = pacingByHost();
  const client = axios.create({
    adapter: pacedAdapter(pacing),
    httpAgent: new http.Agent({ keepAlive: true }),
    httpsAgent: new https.Agent({
      keepAlive: true,
      minVersion: "TLSv1.2",
      rejectUnauthorized: !tls?.insecure,
      ...(tls?.ca ? { ca: tls.ca } : {}),
      ...(tls?.cert ? { cert: tls.cert, key: tls.key } : {}),
    }),
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
      const authorization = await config.authorize({ method: method.toUpperCase(), url, body: data ?? "" });
      config.carriedSecrets = secretsOf(authorization);
      config.headers.set(authorization);
    }
    config.startedAt = Date.now();
    return config;
  });
  if (log) logTries(client, log);
  axiosRetry(client, {
    retries: maxRetries,
    shouldResetTimeout: true,
    retryCondition: isRetryable,
    retryDelay(count, error) {
      const delayMs = delayBefore(count, error, options);
      // What one request is told holds for all to this host.
      if (error.response?.status === 429) pacing(error.config?.url).pauseUntil(Date.now() + delayMs);
      return delayMs;
    },
  });
  return client;
}

function pacingByHost(): (url: string | undefined) => Pacing {
  const hosts = new Map<string, Pacing>();
  return (url = "") => {
    const { origin } = new URL(url);
    const pacing = hosts.get(origin) ?? createPacing();
    hosts.set(origin, pacing);
    return pacing;
  };
}

/** In the adapter, and not around the request: that may wait for a login, which needs a turn of its own. */
function pacedAdapter(pacing: (url: string | undefined) => Pacing): AxiosAdapter {
  const send = axios.getAdapter("http");
  return (config) => pacing(config.url).run(() => send(config), config.signal as AbortSignal | undefined);
}

/** The values that must not be quoted, also the access key's ID, which is a part of a header. */
function secretsOf(authorization: Record<string, string>): string[] {
  const { Authorization = "", ...others } = authorization;
  const [, accessKey, signature] = /Access=([^,]+),.*Signature=(\w+)/.exec(Authorization) ?? [];
  const named = [headerNames.token, headerNames.securityToken, "X-Metadata-Token"].map((name) => others[name]);
  return [accessKey, signature, Authorization, ...named].filter((value): value is string => Boolean(value));
}

function logTries(client: AxiosInstance, log: (line: string) => void): void {
  const line = (config: InternalAxiosRequestConfig | undefined, outcome: string, requestId?: unknown) => {
    if (!config) return;
    const tries = (config["axios-retry"]?.retryCount ?? 0) + 1;
    const duration = Date.now() - (config.startedAt ?? Date.now());
    const request = `${config.method?.toUpperCase()} ${config.url}`;
    log(`${request} ${outcome} ${duration} ms, try ${tries}${requestId ? `, request ID ${requestId}` : ""}`);
  };
  client.interceptors.response.use(
    (response) => {
      line(response.config, String(response.status), response.headers[headerNames.requestId]);
      return response;
    },
    (error: AxiosError) => {
      const { config, response, code } = error;
      line(config, String(response?.status ?? code ?? "failed"), response?.headers[headerNames.requestId]);
      throw error;
    },
  );
}

/** Turns whatever axios throws into an error of ours. No AxiosError gets out: it holds the request with its headers. */
function toFamily(error: unknown, request: OutgoingRequest, spent: { elapsedMs: number; deadlineMs: number }): Error {
  if (error instanceof HuaweiCloudError || !(error instanceof AxiosError)) return error as Error;
  const tries = { count: (error.config?.["axios-retry"]?.retryCount ?? 0) + 1, elapsedMs: spent.elapsedMs };
  const { context } = request;
  const { origin } = new URL(request.url);
  if (error.response) {
    const { status, headers, data } = error.response;
    if (status >= 300 && status < 400) {
      const happened = `${origin} answered with a redirect (HTTP ${status}), which is not followed so that no credential goes to another host`;
      return new NetworkError(sentence(context, happened, tries, "Check the endpoint."));
    }
    const response = { status, headers: plainHeaders(headers), body: String(data ?? "") };
    const secrets = [...(error.config?.carriedSecrets ?? []), ...(request.secrets ?? [])];
    return toApiError(response, request, context, tries, secrets);
  }
  if (error.code === AxiosError.ERR_CANCELED) {
    const happened = `no answer from ${origin} within ${spent.deadlineMs / 1000} s`;
    const remedy = "Check the network and any proxy; huaweicloud:requestTimeout changes the limit.";
    return new TimeoutError(sentence(context, happened, tries, remedy));
  }
  const cause = error.cause instanceof Error ? { cause: error.cause } : undefined;
  const happened = `cannot reach ${origin}: ${error.message || error.code}`;
  const remedy = /CERT|SIGNATURE|TLS|SSL/.test(error.code ?? "")
    ? "The server's certificate is not trusted here: where a proxy or a private cloud has its own authority, name it by huaweicloud:cacertFile (OS_CACERT)."
    : "Check region, endpoint, network and proxy (HTTPS_PROXY).";
  return new NetworkError(sentence(context, happened, tries, remedy), cause);
}

function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
