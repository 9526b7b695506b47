// The errors that are meant to be shown to a user.
import { shown } from "./shown";

/**
 * What a failed call may have done: `refused` if every try was refused or not sent, so that nothing has changed; `unknown` if
 * any try may have been applied, whatever the result of the last one.
 */
export type Outcome = "refused" | "unknown";

export interface ErrorDetails {
  cause?: unknown;
  outcome?: Outcome;
  /** The same text for all calls that fail by one cause, such as a host that is silent; default: none is known. */
  commonCause?: string;
  /** The part of the message that says what to do about this resource alone: it stays where the error is shortened. */
  ownRemedy?: string;
}

/** Characters of a message: enough for two errors, of a write and of reading it back. */
const maxMessage = 10_000;

/**
 * Base of all errors that are meant to be shown to a user: the message is complete. A program that shows one may print
 * `${error}: ${error.stack}`, so the stack is the message, and `toString` returns only the name. A message is one line without
 * terminal sequences or pipeline commands, whatever it quotes.
 */
export abstract class HuaweiCloudError extends Error {
  abstract override readonly name: string;
  readonly outcome: Outcome;
  readonly commonCause?: string;
  readonly ownRemedy?: string;

  constructor(message: string, { cause, outcome = "refused", commonCause, ownRemedy }: ErrorDetails = {}) {
    const line = shown(message, { limit: maxMessage });
    super(line, cause === undefined ? undefined : { cause });
    this.outcome = outcome;
    if (commonCause !== undefined) this.commonCause = commonCause;
    if (ownRemedy !== undefined) this.ownRemedy = ownRemedy;
    Object.defineProperty(this, "stack", { value: line, writable: false, configurable: true });
  }

  override toString(): string {
    return this.name;
  }
}

/** The service answered with an error. */
export class ApiError extends HuaweiCloudError {
  override readonly name = "ApiError";

  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
    readonly requestId: string | undefined,
    readonly method: string,
    readonly path: string,
    /** The service's own words. */
    readonly reason: string,
    /** The service's clock when it answered, in milliseconds since 1970; `undefined` if it did not say. */
    readonly serverTime?: number | undefined,
    details?: ErrorDetails,
  ) {
    super(message, { outcome: outcomeOfStatus(status), ...details });
  }
}

/** The service could not be reached: name resolution, connection, TLS, or a connection that broke. */
export class NetworkError extends HuaweiCloudError {
  override readonly name = "NetworkError";

  constructor(message: string, details?: ErrorDetails) {
    super(message, { outcome: "unknown", ...details });
  }
}

/** The service did not answer in time. */
export class TimeoutError extends HuaweiCloudError {
  override readonly name = "TimeoutError";

  constructor(message: string, details?: ErrorDetails) {
    super(message, { outcome: "unknown", ...details });
  }
}

/** The service answered with success, but not with what its API promises. */
export class ResponseError extends HuaweiCloudError {
  override readonly name = "ResponseError";

  constructor(message: string, details?: ErrorDetails) {
    super(message, { outcome: "unknown", ...details });
  }
}

/** No credentials, incomplete ones, or ones that cannot serve this project. */
export class CredentialsError extends HuaweiCloudError {
  override readonly name = "CredentialsError";
}

/** A setting (configuration key or environment variable) that cannot be right. */
export class ConfigurationError extends HuaweiCloudError {
  override readonly name = "ConfigurationError";
}

/** Whether what failed with this error may have been applied; `unknown` of an error that is not of the family. */
export function outcomeOf(error: unknown): Outcome {
  return error instanceof HuaweiCloudError ? error.outcome : "unknown";
}

/** A status of 400 to 499 is a refusal, also from a proxy. Not 408: the service may have read the whole request. */
export function outcomeOfStatus(status: number): Outcome {
  return status >= 400 && status < 500 && status !== 408 ? "refused" : "unknown";
}

/** The error with this outcome: a copy if it has another, because several callers may have been given the same error. */
export function withOutcome<E extends HuaweiCloudError>(error: E, outcome: Outcome): E {
  if (error.outcome === outcome) return error;
  const properties = Object.getOwnPropertyDescriptors(error);
  return Object.create(Object.getPrototypeOf(error), { ...properties, outcome: { value: outcome, enumerable: true } });
}
