// A connection to one project of one region: knows its ID, and calls its services with the credentials.
import type { ZodType } from "zod";
import { parseAnswer } from "./answer";
import type { Credentials, ProjectScope, ServiceClock } from "./credentials/credentials";
import { type EndpointOverrides, endpointOf, type Service } from "./endpoints";
import type { OutgoingRequest, Send } from "./http";

export interface Connection {
  region: string;
  projectId: string;
  /** Calls a service of this project. `action` says in an error what was being done: "setting the default encryption key". */
  call<T>(service: Service, action: string, request: CallRequest, answer: ZodType<T>): Promise<T>;
}

export interface CallRequest {
  method: OutgoingRequest["method"];
  path: string;
  body?: object;
}

export interface ConnectionOptions {
  send: Send;
  credentials: Credentials;
  cloud?: string | undefined;
  endpoints: EndpointOverrides;
  now?: () => number;
  /** Give all connections of a run the same, so that a wrong clock is put right once. */
  clock?: ServiceClock;
  /** Tells the user one line that is no error. */
  warn?: (line: string) => void;
}

/** Opens a connection. Sends nothing itself, but for the look-up of the project's ID where the scope has none. */
export async function connect(scope: ProjectScope, options: ConnectionOptions): Promise<Connection> {
  const { send, credentials, cloud, endpoints: overrides, now = Date.now, clock = {}, warn = () => {} } = options;
  const { region } = scope;
  const endpoint = (service: Service) => endpointOf(service, region, { cloud, overrides });
  const authorization = credentials.bind(scope, { region, send, endpoint, now, clock, warn });
  const projectId = scope.projectId ?? (await authorization.projectId());
  return {
    region,
    projectId,
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
