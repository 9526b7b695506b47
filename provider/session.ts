// One run's view of the cloud: the configuration that the front handed over, and a connection for each project, made on
// first use and shared by all resources. The cloud client and its libraries are loaded on first use, so that a run
// without requests does not pay for them.
import { type Configuration, resolveConfiguration } from "./configuration";
import { Declarations, OneAtATime } from "./declarations";
import { findCredentials, withRole } from "./huaweicloud/credentials/chain";
import type { Credentials, ServiceClock } from "./huaweicloud/credentials/credentials";
import type { Connection } from "./huaweicloud/services/context";
import type { KmsKeyId, LiveKmsKeyId } from "./huaweicloud/services/identifiers";
import { type Environment, type Front, keyOf as keyOfFront, type StackConfiguration } from "./huaweicloud/settings";
import type { KeyOf } from "./huaweicloud/transport/sentence";
import type { Shown } from "./huaweicloud/transport/shown";
import type { Transport } from "./huaweicloud/transport/transport";
import { Notices } from "./notices";
import type { Notify } from "./protocol";
import type { AssumeRole, TargetInputs } from "./target";

export interface Session {
  /** Throws a `ConfigurationError` if a setting is invalid. */
  configuration(): Configuration;
  /** Throws a `CredentialsError` if credentials are incomplete. Sends nothing. */
  checkCredentials(): void;
  /** Throws a `CredentialsError` if there are no credentials, or incomplete ones. */
  connect(scope: TargetInputs): Promise<Connection>;
  /** Closes idle connections, and from now on each after its call: another session takes over. Calls under way go on. */
  closeIdle(): void;
  /** Which resources of the program declare a default key, and the previous keys. */
  readonly keys: Declarations<KmsKeyId, LiveKmsKeyId>;
  /** Which resources of the program declare whether default encryption is on, and the previous settings. */
  readonly switches: Declarations<boolean, boolean>;
  /** Everything that reads and writes a target goes through this. */
  readonly writes: OneAtATime;
  /** Answers of KMS about keys, by question: the reason why a key cannot be used, or `undefined`. */
  readonly preflights: Map<string, Promise<string | undefined>>;
  /** Informational lines, one per cause. */
  readonly notices: Notices;
  readonly notify: Notify;
  /** What messages call a setting: `huaweicloud:region`, say. */
  readonly keyOf: KeyOf;
}

/** What a front provides to a session. */
export interface FrontOptions {
  front: Front;
  notify: Notify;
  /** Ends all calls when it is aborted. */
  cancelled?: AbortSignal;
}

export function createSession(
  stack: StackConfiguration,
  environment: Environment,
  { front, notify, cancelled }: FrontOptions,
): Session {
  const keyOf = keyOfFront(front);
  const warn = (line: string) => notify(line, { severity: "warning" });
  let resolved: Configuration | undefined;
  const configuration = () => (resolved ??= resolveConfiguration(stack, environment, front));
  const connections = new Map<string, Promise<Connection>>();
  const byRole = new Map<string, Credentials>();
  const clock: ServiceClock = {};
  let send: Transport | undefined;

  /** One object for each role, because it holds what was obtained: all projects of an account share a key. */
  function credentialsFor(role: AssumeRole | undefined): Credentials {
    const key = JSON.stringify(role ?? null);
    const base = byRole.get("null") ?? findCredentials(configuration().settings, front);
    byRole.set("null", base);
    const credentials = byRole.get(key) ?? withRole(base, role);
    byRole.set(key, credentials);
    return credentials;
  }

  async function open(scope: TargetInputs): Promise<Connection> {
    const { cloud, endpoints, maxRetries, requestTimeoutMs, tls } = configuration();
    const credentials = credentialsFor(scope.assumeRole);
    const { connect, createSend } = await import("./huaweicloud/connection");
    const log = debugLog(environment, notify);
    send ??= createSend({ maxRetries, deadlineMs: requestTimeoutMs, tls, log, warn, keyOf, cancelled });
    const { region, projectId, projectName = region } = scope;
    const options = { send, deadlineMs: requestTimeoutMs, credentials, cloud, endpoints, clock, warn, keyOf };
    return connect({ region, projectId, projectName }, options);
  }

  function connectTo(scope: TargetInputs): Promise<Connection> {
    const key = connectionKey(scope);
    const known = connections.get(key);
    if (known) return known;
    const opened = open(scope);
    connections.set(key, opened);
    opened.then(
      // A later request for the project by its ID, as update makes, shares what was opened by its name.
      ({ projectId }) => connections.set(connectionKey({ ...scope, projectId }), opened),
      () => connections.delete(key),
    );
    return opened;
  }

  return {
    configuration,
    checkCredentials: () => void credentialsFor(undefined),
    connect: connectTo,
    closeIdle: () => send?.closeIdle(),
    keys: new Declarations("DefaultEncryptionKey", connectTo),
    switches: new Declarations("DefaultEncryption", connectTo),
    writes: new OneAtATime(),
    preflights: new Map(),
    notices: new Notices(notify),
    notify,
    keyOf,
  };
}

function connectionKey({ region, projectId, projectName, assumeRole }: TargetInputs): string {
  return JSON.stringify([region, projectId?.toLowerCase() ?? ["by name", projectName ?? region], assumeRole]);
}

function debugLog(environment: Environment, notify: Notify): ((line: Shown) => void) | undefined {
  if (!environment.HW_DEBUG || environment.HW_DEBUG === "0") return undefined;
  return (line) => notify(`huaweicloud: ${line}`);
}
