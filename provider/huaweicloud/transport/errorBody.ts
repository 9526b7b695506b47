// Reads the body of a response that is not a success.
import { withoutLongWords } from "./redaction";
import type { RawResponse } from "./request";

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
export function describeBody({ headers, body }: RawResponse): string {
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
