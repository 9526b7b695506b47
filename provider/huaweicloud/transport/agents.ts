// The HTTP agents: keep-alive, and the certificates of servers and of this client.
import { X509Certificate } from "node:crypto";
import http from "node:http";
import https from "node:https";
import tls from "node:tls";
import { ConfigurationError } from "./errors";
import type { KeyOf } from "./sentence";

/** The trusted authority and the client certificate, as PEM texts. */
export interface TlsSettings {
  /** Whether server certificates are not checked. */
  insecure: boolean;
  ca: string | undefined;
  cert: string | undefined;
  key: string | undefined;
}

/**
 * How long an idle connection is kept, in milliseconds, or less if its server says so: a process can outlive many runs, and
 * each has its own connections.
 */
const idleMs = 10_000;

export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** Throws a `ConfigurationError` if a certificate or key is invalid. */
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

/** Closes idle connections, and later ones after their call. Running calls continue. */
export function closeIdle({ httpAgent, httpsAgent }: Agents): void {
  for (const agent of [httpAgent, httpsAgent]) {
    agent.maxFreeSockets = 0;
    for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy();
  }
}

/** Checked in advance, because an error of the first connection would not name the setting. */
function check(options: tls.SecureContextOptions, setting: string, what: string): void {
  try {
    // The context silently ignores an authority that cannot be read.
    if (options.ca !== undefined) new X509Certificate(String(options.ca));
    tls.createSecureContext(options);
  } catch {
    // OpenSSL's message does not help a user.
    refuse(setting, what);
  }
}

function refuse(setting: string, what: string): never {
  throw new ConfigurationError(`${setting} is not ${what} in PEM format.`);
}
