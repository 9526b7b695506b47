// The one family of errors, and the only place where a response becomes an error.
import { withoutLongWords, withoutSecrets } from "./redaction";
import { remedyFor } from "./remedies";

/** What was being done, for the message: "setting the default encryption key", in which project and region. */
export interface RequestContext {
  action: string;
  region: string;
  project?: string | undefined;
  /** What the credentials are and where they came from: named where the service does not accept them. */
  credentials?: string | undefined;
}

/** How often a request was tried, and for how long in all. */
export interface Tries {
  count: number;
  elapsedMs: number;
}

/**
 * Base of all errors that are meant to be shown to a user: the message says everything. Pulumi's provider host prints
 * `${error}: ${error.stack}` into the user's terminal, so the stack is the message, and the text form only the name.
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

/** A setting (`huaweicloud:*` key or environment variable) that cannot be right. */
export class ConfigurationError extends HuaweiCloudError {
  override readonly name = "ConfigurationError";
}

/** Whether the service may have done what it was asked to: it said yes in words that cannot be read, or nothing at all. */
export function mayHaveBeenApplied(error: unknown): error is HuaweiCloudError {
  if (error instanceof ApiError) return error.status >= 500 || error.status === 408;
  return error instanceof ResponseError || error instanceof NetworkError || error instanceof TimeoutError;
}

/** A response as the transport hands it over: headers in lower case, body as text. */
export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** Headers as an object of its own, with names in lower case. */
export function plainHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/**
 * Turns a response that is not a success into the error to throw. `secrets` are texts that the request carried: a service
 * or a proxy may quote them.
 */
export function toApiError(
  response: RawResponse,
  request: { method: string; url: string },
  context: RequestContext,
  tries: Tries,
  secrets: readonly string[] = [],
  /** A sentence more, on why there was no further try. */
  hint?: string,
): ApiError {
  const body = withoutSecrets(response.body, secrets);
  const { code, reason, bodyRequestId } = parseErrorBody(body);
  const requestId = response.headers["x-request-id"] ?? bodyRequestId ?? response.headers["x-iam-trace-id"];
  const shownCode = code ?? `HTTP ${response.status}`;
  const words = withoutEcho(reason ?? describeBody({ ...response, body }));
  const facts = [code, `HTTP ${response.status}`, requestId && `request ID ${requestId}`].filter(Boolean).join(", ");
  const path = new URL(request.url).pathname;
  const serverTime = Date.parse(response.headers.date ?? "");
  const remedy = [remedyFor(shownCode, words), hint, [401, 403].includes(response.status) && namedCredentials(context)]
    .filter(Boolean)
    .join(" ");
  const message = sentence(context, `${withoutFullStop(words)} (${facts})`, tries, remedy);
  return new ApiError(
    message,
    shownCode,
    response.status,
    requestId,
    request.method,
    path,
    words,
    Number.isNaN(serverTime) ? undefined : serverTime,
  );
}

function namedCredentials({ credentials }: RequestContext): string | undefined {
  return credentials && `The credentials used: ${credentials}.`;
}

/** The gateway may quote the whole signed request, headers and all, with | for its line ends. */
function withoutEcho(words: string): string {
  return words.replace(/(^|[,:;])[^,:;]*:?\s*\b(GET|PUT|POST)\s*\|.*/s, "");
}

/** Puts a message together: what was done where, what happened, how many tries, what to do next. */
export function sentence(context: RequestContext, happened: string, tries?: Tries, remedy?: string): string {
  const where = context.project ? `project ${context.project} in ${context.region}` : context.region;
  const spent =
    tries && tries.count > 1 ? ` after ${tries.count} tries in ${(tries.elapsedMs / 1000).toFixed(1)} s` : "";
  return `${context.action} (${where}): ${happened}${spent}.${remedy ? ` ${remedy}` : ""}`;
}

/**
 * Finds code, words and request ID in any of the body shapes in use: `{error_code, error_msg}`, `{errorCode, errorMsg}`,
 * `{code, message}`, or the same in a nested object. First match wins, as in the official SDKs. IAM's code is a number.
 */
export function parseErrorBody(body: string): { code?: string; reason?: string; bodyRequestId?: string } {
  const parsed = parseJson(body);
  const bodyRequestId = isRecord(parsed) && typeof parsed.request_id === "string" ? parsed.request_id : undefined;
  return { ...findCode(parsed), ...(bodyRequestId === undefined ? {} : { bodyRequestId }) };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function findCode(value: unknown): { code?: string; reason?: string } {
  if (!isRecord(value)) return {};
  const shapes = [
    [value.error_code, value.error_msg],
    [value.errorCode, value.errorMsg],
    [value.code, value.message],
  ];
  for (const [code, reason] of shapes) {
    if ((typeof code === "string" || typeof code === "number") && typeof reason === "string") {
      // IAM repeats the HTTP status as a number: that is not a code of its own.
      return typeof code === "number" ? { reason } : { code, reason };
    }
  }
  for (const nested of Object.values(value)) {
    const found = findCode(nested);
    if (found.reason !== undefined) return found;
  }
  return {};
}

/** A body that is not an error in JSON comes from a proxy or a load balancer: say what it looks like, in a few words. */
function describeBody({ headers, body }: RawResponse): string {
  const text = body.replace(/\s+/g, " ").trim();
  if (text === "") return "the answer has no body";
  if (/^<(!doctype|html)/i.test(text)) {
    const title = /<title>\s*([^<]{1,100}?)\s*<\/title>/i.exec(text)?.[1];
    return `the answer is an HTML page${title ? ` titled "${title}"` : ""}, probably from a proxy`;
  }
  const parsed = parseJson(body);
  // Of JSON the names alone: it may be the very answer, with a key or a token in it.
  const shown = isRecord(parsed) ? `JSON with ${Object.keys(parsed).join(", ") || "nothing"}` : withoutLongWords(text);
  return `the answer is not an error of the service's form (${headers["content-type"] ?? "no content type"}): ${shown.slice(0, 120)}`;
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/[.!\s]+$/, "");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
