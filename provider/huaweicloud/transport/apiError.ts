// The only place where a response becomes an error.
import { describeBody, parseErrorBody } from "./errorBody";
import { ApiError, type Outcome, outcomeOfStatus } from "./errors";
import { withoutSecrets } from "./redaction";
import { type RawResponse, requestIdHeader, traceIdHeader } from "./request";
import { type RequestContext, sentence, type Tries } from "./sentence";

/** What helps against an error, by its code and the service's words; nothing where no help is known. */
export type RemedyFor = (code: string, reason: string) => string | undefined;

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
  /** What helps against this error, by its code and words. */
  remedyFor: RemedyFor = () => undefined,
  /** A sentence more, on why there was no further try. */
  hint?: string,
  outcome: Outcome = outcomeOfStatus(response.status),
): ApiError {
  const body = withoutSecrets(response.body, secrets);
  const { code, reason, bodyRequestId } = parseErrorBody(body);
  const requestId = response.headers[requestIdHeader] ?? bodyRequestId ?? response.headers[traceIdHeader];
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
    { outcome },
  );
}

function namedCredentials({ credentials }: RequestContext): string | undefined {
  return credentials && `The credentials used: ${credentials}.`;
}

/** The gateway may quote the whole signed request, headers and all, with | for its line ends. */
function withoutEcho(words: string): string {
  return words.replace(/(^|[,:;])[^,:;]*:?\s*\b(GET|PUT|POST)\s*\|.*/s, "");
}

function withoutFullStop(text: string): string {
  return text.trim().replace(/[.!\s]+$/, "");
}
