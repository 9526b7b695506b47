// Which failures are retried, and after which delay: pure rules. The loop is in transport.ts.
import { AxiosError } from "./axios";
import { parseErrorBody } from "./errorBody";

export interface Delays {
  /** First delay before another try, in milliseconds; it doubles each time. Default 500. */
  baseDelayMs?: number;
  random?: () => number;
}

/** Statuses of temporary failures. */
const retryableStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Longest delay before another try, in milliseconds, unless the service asks for more. */
const maxDelayMs = 20_000;

/**
 * A name that does not resolve, an untrusted certificate, a redirect or a too large answer stays so for longer than seconds.
 * ERR_BAD_RESPONSE is not listed: a connection that breaks during an answer has that code too.
 */
const permanentNetworkFailures =
  /^(ENOTFOUND|ERR_BAD_OPTION|ERR_BAD_REQUEST|ERR_CANCELED|ERR_INVALID_URL|ERR_FR_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HPE_)/;

/** All calls of this project are idempotent, so a lost answer is retried too. `codes` are retried whatever their status. */
export function isRetryable(error: unknown, codes: ReadonlySet<string> = new Set()): error is AxiosError {
  if (!(error instanceof AxiosError)) return false;
  if (brokeOff(error)) return true;
  if (!error.response) {
    return error.code !== undefined && !permanentNetworkFailures.test(error.code) && !isTooLarge(error);
  }
  if (retryableStatuses.has(error.response.status)) return true;
  const { code } = parseErrorBody(String(error.response.data ?? ""));
  return code !== undefined && codes.has(code);
}

/** Whether the connection broke during the answer of a success. */
export function brokeOff(error: AxiosError): boolean {
  return error.response !== undefined && error.response.status < 300;
}

/** Whether the answer exceeds the size limit, for which axios has no code. */
export function isTooLarge(error: AxiosError): boolean {
  return /^maxContentLength size/.test(error.message);
}

/** Whether the service throttles; applies to all requests to the host. */
export function isThrottling(error: AxiosError): boolean {
  return error.response?.status === 429 || retryAfterMs(error) > 0;
}

/** The delay of a Retry-After header (seconds or a date), in milliseconds; 0 if absent or invalid. */
function retryAfterMs({ response }: AxiosError): number {
  const asked: unknown = response?.headers["retry-after"];
  if (typeof asked !== "string" || asked.length > 64) return 0;
  const delayMs = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Math.max(delayMs, 0);
}

/**
 * Delay before try number `count + 1`, in milliseconds: exponential, with jitter so that many resources do not retry at once. A
 * Retry-After header takes precedence. After throttling it is longer, because services count calls by the second.
 */
export function delayBefore(
  count: number,
  error: AxiosError,
  { baseDelayMs = 500, random = Math.random }: Delays,
): number {
  const asked = retryAfterMs(error);
  if (asked > 0) return asked + random() * Math.min(baseDelayMs, 200);
  const delayMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (count - 1));
  return error.response?.status === 429 ? delayMs * (2 + random()) : delayMs * (0.5 + random() / 2);
}
