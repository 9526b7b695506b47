// Reads the body of a response that is not a success. The results are not sanitized.
import { withoutLongWords } from "./redaction";
import type { RawResponse } from "./request";

/** An error has a few hundred bytes. */
const maxCharacters = 256 * 1024;
/** At least as deep as the official SDKs. */
const maxLevels = 8;

/**
 * Finds code, words and request ID in any of the body shapes in use: `{error_code, error_msg}`, `{errorCode, errorMsg}`,
 * `{code, message}`, or the same in a nested object. First match wins, as in the official SDKs. IAM's code is a number.
 */
export function parseErrorBody(body: string): { code?: string; reason?: string; bodyRequestId?: string } {
  const parsed = parseJson(body);
  const bodyRequestId = isRecord(parsed) && typeof parsed.request_id === "string" ? parsed.request_id : undefined;
  return { ...findCode(parsed, maxLevels), ...(bodyRequestId === undefined ? {} : { bodyRequestId }) };
}

function parseJson(body: string): unknown {
  if (body.length > maxCharacters) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function findCode(value: unknown, levels: number): { code?: string; reason?: string } {
  if (!isRecord(value) || levels === 0) return {};
  const shapes = [
    [value.error_code, value.error_msg],
    [value.errorCode, value.errorMsg],
    [value.code, value.message],
  ];
  for (const [code, reason] of shapes) {
    if ((typeof code === "string" || typeof code === "number") && typeof reason === "string") {
      // IAM repeats the HTTP status as a number, which is not an error code.
      return typeof code === "number" ? { reason } : { code, reason };
    }
  }
  for (const nested of Object.values(value)) {
    const found = findCode(nested, levels - 1);
    if (found.reason !== undefined) return found;
  }
  return {};
}

/** Sanitizes a text, with a maximum of characters. */
type Show = (text: string, limit: number) => string;

/** Describes a body that is not an error in JSON, which comes from a proxy or a load balancer, in a few words. */
export function describeBody({ headers, body }: RawResponse, show: Show): string {
  const text = show(body, 4096).trim();
  if (text === "") return "the answer has no body";
  if (/^<(!doctype|html)/i.test(text)) {
    const title = titleOf(text);
    return `the answer is an HTML page${title ? ` titled "${title}"` : ""}, probably from a proxy`;
  }
  const parsed = parseJson(body);
  // Of JSON only the property names: it may be a real answer with a key or a token in it.
  const words = isRecord(parsed)
    ? `JSON with ${show(Object.keys(parsed).join(", "), 4096) || "nothing"}`
    : withoutLongWords(text);
  const type = show(headers["content-type"] ?? "no content type", 100);
  return `the answer is not an error in the service's format (${type}): ${words.slice(0, 120)}`;
}

/** The title of an HTML page; `undefined` if it has none, or an unusual one. */
function titleOf(html: string): string | undefined {
  const start = html.search(/<title>/i);
  const end = start < 0 ? -1 : html.indexOf("<", start + 1);
  if (end < 0) return undefined;
  const title = html.slice(start + "<title>".length, end).trim();
  return title.length <= 100 && /^<\/title>/i.test(html.slice(end, end + 8)) ? title : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
