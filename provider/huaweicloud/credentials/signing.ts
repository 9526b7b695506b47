// Signs requests with an access key: SDK-HMAC-SHA256. The official package does the same, and brings 20 MB for it.
// API reference: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html
import { createHash, createHmac } from "node:crypto";
import { headers as names } from "../services/wire";

const ALGORITHM = "SDK-HMAC-SHA256";

/** An access key. A temporary one has a security token and a time at which it ends. */
export interface AccessKey {
  accessKey: string;
  secretKey: string;
  securityToken?: string | undefined;
  /** Milliseconds since 1970; `undefined` for a permanent key. */
  expiresAt?: number | undefined;
}

export interface SignableRequest {
  method: string;
  url: string;
  /** The very text that is sent; empty for none. */
  body: string;
  /** Further headers that are sent, and so are signed: names in lower case. */
  headers?: Readonly<Record<string, string>>;
}

/** Returns the headers to send so that the request is signed, at this time (milliseconds since 1970). */
export function sign(
  key: AccessKey,
  { method, url, body, headers = {} }: SignableRequest,
  time: number,
): Record<string, string> {
  // What the transport sends is the URL as this class spells it, and its host.
  const { host, pathname, search } = new URL(url);
  const date = toSdkDate(time);
  const added = {
    [names.signedDate]: date,
    ...(key.securityToken === undefined ? {} : { [names.securityToken]: key.securityToken }),
  };
  const signed = Object.entries({ ...headers, ...added, host })
    .map(([name, value]) => ({ name: name.toLowerCase(), value: value.trim() }))
    .sort((a, b) => compare(a.name, b.name));
  const signedNames = signed.map(({ name }) => name).join(";");
  const canonicalRequest = [
    method.toUpperCase(),
    canonicalPath(pathname),
    canonicalQuery(search.slice(1)),
    ...signed.map(({ name, value }) => `${name}:${value}`),
    "",
    signedNames,
    sha256(body),
  ].join("\n");
  const signature = createHmac("sha256", key.secretKey)
    .update([ALGORITHM, date, sha256(canonicalRequest)].join("\n"))
    .digest("hex");
  // The transport sends the content type, as it does the host, by itself.
  const { "content-type": _type, ...sent } = headers;
  return {
    ...sent,
    ...added,
    Authorization: `${ALGORITHM} Access=${key.accessKey}, SignedHeaders=${signedNames}, Signature=${signature}`,
  };
}

/** Each segment decoded, then encoded; with a slash at its end, which the path that is sent need not have. */
function canonicalPath(path: string): string {
  const canonical = path
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
  return canonical.endsWith("/") ? canonical : `${canonical}/`;
}

/** Sorted by name, then by value, both decoded; a name without a value has an empty one. */
function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((parameter) => parameter !== "")
    .map((parameter) => {
      const [name = "", ...value] = parameter.split("=");
      return { name: decode(name), value: decode(value.join("=")) };
    })
    .sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value))
    .map(({ name, value }) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

/** Returns a character for each byte, as `encode` takes them: so every byte passes, and sorting is by code point. */
function decode(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function encode(bytes: string): string {
  return bytes.replace(
    /[^A-Za-z0-9\-_.~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** `20260102T030405Z` */
function toSdkDate(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
