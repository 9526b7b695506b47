// What an authentication error says about the credentials: whether others would help.

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

/** "This token is stale: get a new one and try once more." */
export function saysTokenIsStale(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (staleTokenCodes.has(error.code)) return true;
  // IAM has no code for it, only words.
  if (error.status === 401 && /X-Auth-Token is invalid/i.test(error.reason)) return true;
  return gatewayAuthenticationCode.test(error.code) && staleTokenWords.test(error.reason);
}

/** "The temporary access key is over." Its security token is not a token in the sense above. */
export function saysKeyIsStale(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && staleKeyWords.test(error.reason);
}

/** The gateway allows a signature to be this old or this new, in milliseconds. */
const allowedSkewMs = 15 * 60_000;

/** A clock that is further off is not believed: what is signed for a day to come could be sent again on that day. */
const mostSkewMs = 24 * 3600_000;

/**
 * How far the service's clock is ahead of ours in milliseconds, where that is why it has refused a signature; nothing
 * otherwise. Its words for this are not documented, so its clock decides.
 */
export function skewThatWasRefused(error: unknown, now: number): number | undefined {
  if (!(error instanceof ApiError) || error.status !== 401 || error.serverTime === undefined) return undefined;
  const skew = error.serverTime - now;
  // The time of the answer is later than that of the signature, and has no fractions of a second.
  return Math.abs(skew) > allowedSkewMs - 5000 && Math.abs(skew) <= mostSkewMs ? skew : undefined;
}

/** A 401 of whatever code and form, such as a proxy's page, but for one that speaks of something else. */
function refusesCaller(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 401 && !codesAboutOthers.has(error.code);
}

/** A signature was refused. More than five in a row lock the access key for five minutes. */
export function refusesSignature(error: unknown): error is ApiError {
  return refusesCaller(error) && !saysTokenIsStale(error);
}

/**
 * The service behind the gateway has refused what was asked: then the signature had passed. What comes from anybody before
 * it, or from a service that fails, proves nothing.
 */
export function provesSignature(error: unknown): boolean {
  return error instanceof ApiError && [400, 403, 404, 409].includes(error.status) && serviceCode.test(error.code);
}

/**
 * A password, or what else a login needs, was refused. After some wrong passwords IAM locks the user. STS says so of an ID
 * token with other statuses too.
 */
export function refusesPassword(error: unknown): error is ApiError {
  if (refusesCaller(error)) return true;
  return error instanceof ApiError && [400, 403].includes(error.status) && stsCode.test(error.code);
}

/** The service has refused a token that cannot be renewed. */
export function refusesToken(error: unknown): error is ApiError {
  return saysTokenIsStale(error) || refusesCaller(error);
}
