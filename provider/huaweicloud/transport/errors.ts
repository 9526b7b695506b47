// The one family of errors: everything that is meant to be shown to a user.

/**
 * Base of all errors that are meant to be shown to a user: the message says everything. A program that shows
 * one may print `${error}: ${error.stack}`, so the stack is the message, and the text form only the name.
 */
export abstract class HuaweiCloudError extends Error {
  abstract override readonly name: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // Read-only, because axios adds its own stack to whatever passes through it.
    Object.defineProperty(this, "stack", { value: message, writable: false, configurable: true });
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
    /** The service's clock when it answered, in milliseconds since 1970; nothing where it did not tell. */
    readonly serverTime?: number | undefined,
  ) {
    super(message);
  }
}

/** The service could not be reached: name resolution, connection, TLS, or a connection that broke. */
export class NetworkError extends HuaweiCloudError {
  override readonly name = "NetworkError";
}

/** The service did not answer in time. */
export class TimeoutError extends HuaweiCloudError {
  override readonly name = "TimeoutError";
}

/** The service answered with success, but not with what its API promises. */
export class ResponseError extends HuaweiCloudError {
  override readonly name = "ResponseError";
}

/** No credentials, incomplete ones, or ones that cannot serve this project. */
export class CredentialsError extends HuaweiCloudError {
  override readonly name = "CredentialsError";
}

/** A setting (configuration key or environment variable) that cannot be right. */
export class ConfigurationError extends HuaweiCloudError {
  override readonly name = "ConfigurationError";
}

/** Whether the service may have done what it was asked to: it said yes in words that cannot be read, or nothing at all. */
export function mayHaveBeenApplied(error: unknown): error is HuaweiCloudError {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 408;
  return error instanceof ResponseError || error instanceof NetworkError || error instanceof TimeoutError;
}
