// What an authentication error says about the credentials: whether new ones would help.

import {
  codesAboutOthers,
  gatewayAuthenticationCode,
  serviceCode,
  staleKeyWords,
  staleTokenCodes,
  staleTokenWords,
  stsCode,
} from "../services/wire";
import { ApiError } from "../transport/errors";

/** Whether the error says that the token expired or was revoked. */
export function saysTokenIsStale(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (staleTokenCodes.has(error.code)) return true;
  // IAM has no code for this, only a text.
  if (error.status === 401 && /X-Auth-Token is invalid/i.test(error.reason)) return true;
  return gatewayAuthenticationCode.test(error.code) && staleTokenWords.test(error.reason);
}

/** Whether the error says that the temporary access key expired. Its security token is not a token as above. */
export function saysKeyIsStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && staleKeyWords.test(error.reason);
}

/** The gateway allows a signature to be this old or this new, in milliseconds. */
const allowedSkewMs = 15 * 60_000;

/** A larger skew is ignored: a signature for a later day could be replayed on that day. */
const maxSkewMs = 24 * 3600_000;

/**
 * Returns the clock skew in milliseconds (positive if the service's clock is ahead) if it explains the refused signature, else
 * `undefined`. The error's text for this is not documented, so the service's clock decides.
 */
export function skewThatWasRefused(error: unknown, now: number): number | undefined {
  if (!(error instanceof ApiError) || error.status !== 401 || error.serverTime === undefined) return undefined;
  const skew = error.serverTime - now;
  // The time of the answer is later than that of the signature, and has no fractions of a second.
  return Math.abs(skew) > allowedSkewMs - 5000 && Math.abs(skew) <= maxSkewMs ? skew : undefined;
}

/** A 401 of any code and format, also a proxy's page, except codes that are not about the caller. */
function refusesCaller(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 401 && !codesAboutOthers.has(error.code);
}

/** A signature was refused. More than five in a row lock the access key for five minutes. */
export function refusesSignature(error: unknown): error is ApiError {
  return refusesCaller(error) && !saysTokenIsStale(error);
}

/**
 * The service behind the gateway has refused the request itself, so the signature was accepted. An answer of the gateway or of
 * a proxy, or a failure of the service, proves nothing.
 */
export function provesSignature(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404, 409].includes(error.status) && serviceCode.test(error.code);
}

/**
 * A password or an ID token was refused. IAM locks the user after some wrong passwords. STS refuses an ID token with other
 * statuses too.
 */
export function refusesPassword(error: unknown): error is ApiError {
  if (refusesCaller(error)) return true;
  return error instanceof ApiError && [400, 403].includes(error.status) && stsCode.test(error.code);
}

/** The service has refused a token that cannot be renewed. */
export function refusesToken(error: unknown): error is ApiError {
  return saysTokenIsStale(error) || refusesCaller(error);
}
