// The way of an audit to the cloud: the provider's configuration, credentials and transport, which let only reading through.
import { resolveConfiguration } from "../../provider/configuration";
import { type ConnectionOptions, connect, connectToAccount, createSend } from "../../provider/huaweicloud/connection";
import type { Role } from "../../provider/huaweicloud/credentials/agency";
import { findCredentials, withRole } from "../../provider/huaweicloud/credentials/chain";
import type { Credentials } from "../../provider/huaweicloud/credentials/credentials";
import type { AccountConnection, Connection } from "../../provider/huaweicloud/services/context";
import type { Environment } from "../../provider/huaweicloud/settings";
import { front, keyOf } from "../front";
import { Pace } from "./pace";
import { onlyPermitted } from "./permitted";

/** One account as this run reaches it. All its projects share the keys that were obtained for it. */
export interface AccountClient {
  /** Sends nothing itself. */
  account(): AccountConnection;
  /** Sends nothing itself. */
  project(project: { region: string; projectId: string; projectName: string }): Promise<Connection>;
}

export interface Client {
  /** The region whose IAM is asked about accounts; `undefined` if none is configured. */
  configuredRegion: string | undefined;
  /** `role` is the agency to act as; none for the account of the credentials. `region` is the one whose IAM is asked. */
  of(role: Role | undefined, region: string): AccountClient;
}

export interface ClientOptions {
  environment: Environment;
  /** Called with a warning of one line. */
  warn: (line: string) => void;
  /** Called with one line for each try, if `HW_DEBUG` is set. */
  log: (line: string) => void;
  /** Called when a service throttles, with the time in milliseconds for which its host gets no requests. */
  throttled: (delayMs: number) => void;
}

/** Throws a `ConfigurationError` or a `CredentialsError` if the environment cannot be right. Sends nothing. */
export function createClient({ environment, warn, log, throttled }: ClientOptions): Client {
  const configuration = resolveConfiguration({}, environment, front);
  const { cloud, endpoints, maxRetries, requestTimeoutMs, tls, settings, region } = configuration;
  const pace = new Pace();
  const send = createSend({
    maxRetries,
    deadlineMs: requestTimeoutMs,
    tls,
    warn,
    keyOf,
    ...(environment.HW_DEBUG && environment.HW_DEBUG !== "0" ? { log } : {}),
    throttled: (url, delayMs) => {
      pace.throttled(url);
      throttled(delayMs);
    },
  });
  const base = findCredentials(settings, front);
  const options: Omit<ConnectionOptions, "credentials"> = {
    send: onlyPermitted(send, (host) => pace.turn(host)),
    deadlineMs: requestTimeoutMs,
    cloud,
    endpoints,
    clock: {},
    warn,
    keyOf,
  };
  return {
    configuredRegion: region,
    of(role, home) {
      const credentials: Credentials = withRole(base, role, { oneForAllRegions: true });
      return {
        account: () => connectToAccount(home, { ...options, credentials }),
        project: (project) => connect(project, { ...options, credentials }),
      };
    },
  };
}
