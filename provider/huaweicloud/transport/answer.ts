// Checks that a successful response matches the API.

import { ResponseError } from "./errors";
import { type RawResponse, requestIdHeader } from "./request";
import { type RequestContext, sentence } from "./sentence";
import type { ZodType } from "./zod";

export function parseAnswer<T>(response: RawResponse, answer: ZodType<T>, context: RequestContext): T {
  let body: unknown;
  try {
    body = JSON.parse(response.body);
  } catch {
    const kind = response.headers["content-type"] ?? "no content type";
    throw new ResponseError(
      sentence(
        context,
        `the answer is not JSON (${kind}, ${whereOf(response)})`,
        undefined,
        "Check the endpoint, and whether a proxy answers in its place.",
      ),
    );
  }
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = issue ? `${issue.path.join(".") || "body"}: ${issue.message}` : "unexpected form";
  throw new ResponseError(sentence(context, `the answer does not match the API: ${what} (${whereOf(response)})`));
}

/** For errors only, because reading this header sanitizes it, which takes time. */
function whereOf({ status, headers }: RawResponse): string {
  const requestId = headers[requestIdHeader];
  return `HTTP ${status}${requestId ? `, request ID ${requestId}` : ""}`;
}
