// SDK-HMAC-SHA256, written from its specification: what a signed request must look like, as pure functions.

import { createHash, createHmac } from "node:crypto";

export const algorithm = "SDK-HMAC-SHA256";

export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  target: string;
  /** Names in lower case, values as sent. */
  headers: Readonly<Record<string, string | undefined>>;
  /** The exact bytes sent. */
  body: Buffer;
}

export interface Authorization {
  accessKey: string;
  signedHeaders: string[];
  signature: string;
}

export function parseAuthorization(header: string): Authorization | undefined {
  const match = /^SDK-HMAC-SHA256 Access=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    header,
  );
  const [, accessKey, signedHeaders, signature] = match ?? [];
  if (accessKey === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKey, signedHeaders: signedHeaders.split(";"), signature };
}

export function getCanonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const [path = "", query = ""] = splitTarget(request.target);
  return [
    request.method.toUpperCase(),
    getCanonicalUri(path),
    getCanonicalQuery(query),
    getCanonicalHeaders(request.headers, signedHeaders),
    [...signedHeaders].sort().join(";"),
    getPayloadHash(request),
  ].join("\n");
}

export function getSignature(canonicalRequest: string, date: string, secretKey: string): string {
  const stringToSign = [algorithm, date, sha256(canonicalRequest)].join("\n");
  return createHmac("sha256", secretKey).update(stringToSign).digest("hex");
}

export function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Milliseconds since the epoch of a date in the form `20260102T030405Z`, or `undefined` for any other form. */
export function parseSdkDate(date: string): number | undefined {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = iso === date ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? undefined : time;
}

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf("?");
  return mark < 0 ? [target, ""] : [target.slice(0, mark), target.slice(mark + 1)];
}

function getCanonicalUri(path: string): string {
  const canonical = path
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
  return canonical.endsWith("/") ? canonical : `${canonical}/`;
}

function getCanonicalQuery(query: string): string {
  if (query === "") return "";
  return query
    .split("&")
    .map((parameter) => {
      const [name = "", ...value] = parameter.split("=");
      return { name: decode(name), value: decode(value.join("=")) };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

function getCanonicalHeaders(headers: SignedRequest["headers"], signedHeaders: readonly string[]): string {
  return [...signedHeaders]
    .sort()
    .map((name) => `${name.toLowerCase()}:${(headers[name.toLowerCase()] ?? "").trim()}\n`)
    .join("");
}

function getPayloadHash({ headers, body }: SignedRequest): string {
  return headers["x-sdk-content-sha256"] === "UNSIGNED-PAYLOAD" ? "UNSIGNED-PAYLOAD" : sha256(body);
}

/** Keeps `A-Za-z0-9-_.~`; encodeURIComponent keeps five characters more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
