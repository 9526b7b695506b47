// The only place where a response becomes an error.
import { describeBody, parseErrorBody } from "./errorBody";
import { ApiError, type Outcome, outcomeOfStatus } from "./errors";
import { type RawResponse, requestIdHeader, traceIdHeader } from "./request";
import { type RequestContext, sentence, type Tries, withoutSecretsIn } from "./sentence";
import { shown } from "./shown";

/** What helps against an error, by its code and the service's words; nothing where no help is known. */
export type RemedyFor = (code: string, reason: string) => string | undefined;

/** What is to be said in an error besides what the service says. */
export interface ApiErrorFacts {
  context: RequestContext;
  tries: Tries;
  /** What the request carried: a service or a proxy may quote it. */
  secrets?: Iterable<string>;
  remedyFor?: RemedyFor | undefined;
  /** A sentence more, on why there was no further try. */
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
  const reason = show(found.reason ?? describeBody(response, show), mostOfReason);
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

/** Statuses that say of the host, and not of the request, that it cannot answer. */
function isOfGateway(status: number): boolean {
  return status >= 502 && status <= 504;
}

/** The most characters of the service's own words. */
const mostOfReason = 1000;

function namedCredentials({ credentials }: RequestContext): string | undefined {
  return credentials && `The credentials used: ${credentials}.`;
}

/** The gateway may quote the whole signed request, headers and all, with | for its line ends: what leads to it goes too. */
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
