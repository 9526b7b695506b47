// How connections are made: kept open for a while, and by which certificates servers and this client are trusted.
import { X509Certificate } from "node:crypto";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { ConfigurationError } from "./errors";
import type { KeyOf } from "./sentence";

/** How servers are trusted, and how this client shows who it is: PEM texts. */
export interface TlsSettings {
  /** Whether certificates go unchecked. */
  insecure: boolean;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
}

/**
 * How long a connection is kept that nothing uses, in milliseconds, or for less if its server says so: a process can outlive
 * many runs, and each has connections of its own.
 */
const idleMs = 10_000;

export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** Throws a `ConfigurationError` where a certificate or key is not what it should be. */
export function createAgents({ insecure, ca, cert, key }: TlsSettings, keyOf: KeyOf = (name) => name): Agents {
  const trusted = ca === undefined ? undefined : [...tls.rootCertificates, ca];
  if (ca !== undefined) check({ ca }, `${keyOf("cacertFile")} (OS_CACERT)`, "a certificate");
  if (cert !== undefined) check({ cert }, `${keyOf("cert")} (OS_CERT)`, "a certificate");
  if (key !== undefined) check({ cert, key }, `${keyOf("key")} (OS_KEY)`, `the private key of ${keyOf("cert")}`);
  return {
    httpAgent: new http.Agent({ keepAlive: true, timeout: idleMs }),
    httpsAgent: new https.Agent({
      keepAlive: true,
      timeout: idleMs,
      minVersion: "TLSv1.2",
      rejectUnauthorized: !insecure,
      ...(trusted ? { ca: trusted } : {}),
      ...(cert === undefined ? {} : { cert, key }),
    }),
  };
}

/** Closes what is idle. From now on a connection is closed after its call; calls under way go on. */
export function closeIdle({ httpAgent, httpsAgent }: Agents): void {
  for (const agent of [httpAgent, httpsAgent]) {
    agent.maxFreeSockets = 0;
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  }
}

/** Now, and not at the first connection, where the error would be about TLS and name no setting. */
function check(options: tls.SecureContextOptions, setting: string, what: string): void {
  try {
    // An authority that cannot be read is passed over in silence by the context.
    if (options.ca !== undefined) new X509Certificate(String(options.ca));
    tls.createSecureContext(options);
  } catch {
    // OpenSSL's own words may quote nothing of the key, but they say nothing to a user either.
    refuse(setting, what);
  }
}

function refuse(setting: string, what: string): never {
  throw new ConfigurationError(`${setting} does not hold ${what} in PEM form.`);
}
