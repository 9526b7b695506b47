import type { Credentials, ServiceClock } from "./credentials/credentials";
import type { AccountConnection, Connection, ProjectScope } from "./services/context";
import {
  answeredProjectId,
  checkedProjectId,
  type EndpointOverrides,
  endpointOf,
  type Service,
} from "./services/endpoints";
import { remedyFor } from "./services/remedies";
import { retryableCodes } from "./services/wire";
import { parseAnswer } from "./transport/answer";
import type { Send } from "./transport/request";
import type { KeyOf } from "./transport/sentence";
import { createTransport, type Transport, type TransportOptions } from "./transport/transport";

/** The transport with the services' retryable codes and remedies. */
export function createSend(
  options: Omit<TransportOptions, "remedyFor" | "retryableCodes"> & { keyOf: KeyOf },
): Transport {
  const { keyOf } = options;
  return createTransport({
    ...options,
    retryableCodes,
    remedyFor: (code, reason) => remedyFor(code, reason, keyOf),
  });
}

export interface ConnectionOptions {
  send: Send;
  /** The deadline of one call, in milliseconds; a list with all its pages has a multiple of it. */
  deadlineMs?: number | undefined;
  credentials: Credentials;
  cloud?: string | undefined;
  endpoints: EndpointOverrides;
  now?: () => number;
  /** Shared by all connections of a run, so that clock skew is corrected once. */
  clock?: ServiceClock;
  /** Shows the user a warning of one line. */
  warn?: (line: string) => void;
  /** Name of a setting in messages; default: the setting itself. */
  keyOf?: KeyOf;
}

/** Opens a connection. Sends only the look-up of the project's ID, if the scope has none. */
export async function connect(scope: ProjectScope, options: ConnectionOptions): Promise<Connection> {
  const { send, deadlineMs, credentials, cloud, endpoints: overrides } = options;
  const { now = Date.now, clock = {}, warn = () => {}, keyOf = (name: string) => name } = options;
  const { region } = scope;
  const given = scope.projectId === undefined ? undefined : checkedProjectId(scope.projectId);
  const endpoint = (service: Service) => endpointOf(service, region, { cloud, overrides });
  const authorization = credentials.bind(
    { ...scope, projectId: given },
    { region, send, endpoint, now, clock, warn, keyOf },
  );
  endpoint("iam"); // throws if the region is invalid
  const projectId = given ?? answeredProjectId(await authorization.projectId());
  return {
    region,
    projectId,
    deadlineMs,
    async call(service, action, { method, path, body }, answer) {
      const request = {
        method,
        url: endpoint(service) + path,
        projectId,
        ...(body ? { body: JSON.stringify(body) } : {}),
        context: { action, region, project: projectId, credentials: credentials.source },
      };
      return parseAnswer(await authorization.send(request), answer, request.context);
    },
  };
}

/**
 * Opens a connection for calls without a project: the account's list of projects, and Organizations. Sends nothing itself.
 * Credentials that need a project, such as a password, log in to the region's own project.
 */
export function connectToAccount(region: string, options: ConnectionOptions): AccountConnection {
  const { send, deadlineMs, credentials, cloud, endpoints: overrides } = options;
  const { now = Date.now, clock = {}, warn = () => {}, keyOf = (name: string) => name } = options;
  const endpoint = (service: Service) => endpointOf(service, region, { cloud, overrides });
  const authorization = credentials.bind(
    { region, projectName: region },
    { region, send, endpoint, now, clock, warn, keyOf },
  );
  return {
    region,
    deadlineMs,
    async call(service, action, { method, path, body }, answer) {
      const context = { action, region, credentials: credentials.source };
      const request = {
        method,
        url: endpoint(service) + path,
        ...(body ? { body: JSON.stringify(body) } : {}),
        context,
      };
      return parseAnswer(await authorization.send(request), answer, context);
    },
  };
}
