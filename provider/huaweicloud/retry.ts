// Which failures are worth another try, and how long to wait before it: pure rules. axios-retry runs the loop.
import { AxiosError } from "axios";
import { retryAfter } from "axios-retry";
import { parseErrorBody } from "./errors";
import { retryableCodes, retryableStatuses } from "./wire";

export interface Delays {
  /** First delay before another try, in milliseconds; it doubles each time. Default 500. */
  baseDelayMs?: number;
  random?: () => number;
}

/** Longest pause before another try, in milliseconds, unless the service asks for more. */
const maxDelayMs = 20_000;

/** A name that does not resolve or a certificate that is not trusted will not get better in seconds. */
const permanentNetworkFailures =
  /^(ENOTFOUND|ERR_BAD_|ERR_INVALID_URL|ERR_FR_|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS_|ERR_SSL_|HPE_)/;

/** All calls of this project are idempotent, so a lost answer is worth another try too. */
export function isRetryable(error: AxiosError): boolean {
  if (!(error instanceof AxiosError) || error.code === AxiosError.ERR_CANCELED) return false;
  if (!error.response) return error.code !== undefined && !permanentNetworkFailures.test(error.code);
  if (retryableStatuses.has(error.response.status)) return true;
  const { code } = parseErrorBody(String(error.response.data ?? ""));
  return code !== undefined && retryableCodes.has(code);
}

/** Exponential, with jitter so that many resources do not come back at once; a Retry-After of the service beats it. */
export function delayBefore(
  count: number,
  error: AxiosError,
  { baseDelayMs = 500, random = Math.random }: Delays,
): number {
  const asked = retryAfter(error);
  if (asked > 0) return asked + random() * Math.min(baseDelayMs, 200);
  return Math.min(maxDelayMs, baseDelayMs * 2 ** (count - 1)) * (0.5 + random() / 2);
}
