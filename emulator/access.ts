// Which callers are accepted: programs of this machine, not pages in its browser. A page can send requests to a loopback port,
// and one whose own host name resolves to 127.0.0.1 (DNS rebinding) can read the answers: passwords, keys, the log.

import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface Refusal {
  status: 401 | 403 | 413 | 415;
  /** Never quotes the request. */
  reason: string;
}

const loopbackNames = ["127.0.0.1", "localhost", "[::1]"];

/** Returns why the request is refused, or `undefined`. `alsoHosts` are values of the Host header that are accepted too. */
export function refusePages(
  headers: IncomingHttpHeaders,
  port: number,
  alsoHosts: readonly string[] = [],
): Refusal | undefined {
  const hosts = [...loopbackNames.map((name) => new URL(`http://${name}:${port}`).host), ...alsoHosts];
  if (!hosts.includes(headers.host?.toLowerCase() ?? ""))
    return forbidden(`the emulator answers only if it is called ${hosts.join(" or ")} in the Host header`);
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return forbidden("the emulator does not answer pages of another origin");
  // Pages of all ports of localhost are of the same site, so "same-site" is refused too.
  if (![undefined, "none", "same-origin"].includes(headers["sec-fetch-site"]))
    return forbidden("the emulator does not answer what a page of another origin makes a browser send");
  return undefined;
}

/** Control calls need the token that was made at the start. Their bodies must be of type JSON, which no HTML form can send. */
export function refuseControl(headers: IncomingHttpHeaders, token: string, body: Buffer): Refusal | undefined {
  if (!isEqual(headers.authorization ?? "", `Bearer ${token}`))
    return {
      status: 401,
      reason: "send Authorization: Bearer TOKEN with the token that the emulator printed at its start",
    };
  if (body.length > 0 && !/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? ""))
    return { status: 415, reason: "send Content-Type: application/json" };
  return undefined;
}

/** Compares in a time that does not depend on where the texts differ. */
export function isEqual(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function forbidden(reason: string): Refusal {
  return { status: 403, reason };
}
