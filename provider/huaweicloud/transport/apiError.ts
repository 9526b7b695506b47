// The only place where a response becomes an error.
import { describeBody, parseErrorBody } from "./errorBody";
import { ApiError, type Outcome, outcomeOfStatus } from "./errors";
import { type RawResponse, requestIdHeader, traceIdHeader } from "./request";
import { type RequestContext, sentence, type Tries, withoutSecretsIn } from "./sentence";
import { shown } from "./shown";

/** Returns the remedy for an error's code and text, or `undefined`. */
export type RemedyFor = (code: string, reason: string) => string | undefined;

/** Facts for an error besides the service's answer. */
export interface ApiErrorFacts {
  context: RequestContext;
  tries: Tries;
  /** The secrets of the request: a service or a proxy may quote them. */
  secrets?: Iterable<string>;
  remedyFor?: RemedyFor | undefined;
  /** A sentence on why there was no further try. */
  hint?: string | undefined;
  outcome?: Outcome;
}

/** Turns a response that is not a success into the error to throw. */
export function toApiError(
  response: RawResponse,
  request: { method: string; url: string },
  { context, tries, secrets = [], remedyFor, hint, outcome = outcomeOfStatus(response.status) }: ApiErrorFacts,
): ApiError {
  const { status, headers } = response;
  const found = parseErrorBody(response.body);
  const show = (text: string, limit: number) => shown(text, { secrets, limit });
  const code = show(found.code ?? "", 64);
  const reason = show(found.reason ?? describeBody(response, show), maxReason);
  const requestId = show(headers[requestIdHeader] ?? found.bodyRequestId ?? headers[traceIdHeader] ?? "", 128);
  const words = withoutEcho(reason);
  const shownCode = code || `HTTP ${status}`;
  const facts = [code, `HTTP ${status}`, requestId && `request ID ${requestId}`].filter(Boolean).join(", ");
  const serverTime = Date.parse((headers.date ?? "").slice(0, 64));
  const remedy = [remedyFor?.(shownCode, words), hint, [401, 403].includes(status) && namedCredentials(context)]
    .filter(Boolean)
    .join(" ");
  const message = sentence(context, `${withoutFullStop(words)} (${facts})`, tries, remedy);
  return new ApiError(
    withoutSecretsIn(message, secrets),
    shownCode,
    status,
    requestId || undefined,
    request.method,
    new URL(request.url).pathname,
    words,
    Number.isNaN(serverTime) ? undefined : serverTime,
    { outcome, ...(isOfGateway(status) ? { commonCause: `HTTP ${status} at ${new URL(request.url).origin}` } : {}) },
  );
}

/** Whether the status is about the host and not about the request. */
function isOfGateway(status: number): boolean {
  return status >= 502 && status <= 504;
}

/** Characters of the service's text that are kept. */
const maxReason = 1000;

function namedCredentials({ credentials }: RequestContext): string | undefined {
  return credentials && `The credentials used: ${credentials}.`;
}

/** Removes the gateway's quote of the whole signed request, with | for line ends, and the words that introduce it. */
function withoutEcho(words: string): string {
  const echo = words.search(/\b(?:GET|PUT|POST)\s{0,3}\|/);
  if (echo < 0) return words;
  const before = words.slice(0, echo).trimEnd().replace(/:$/, "");
  return before.slice(0, Math.max(before.lastIndexOf(","), before.lastIndexOf(":"), before.lastIndexOf(";"), 0));
}

function withoutFullStop(text: string): string {
  let end = text.length;
  while (end > 0 && ".! ".includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).trimStart();
}
