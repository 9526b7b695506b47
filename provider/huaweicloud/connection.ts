// A connection to one project of one region: knows its ID, authorizes each call, logs in anew once when told to.
import type { ZodType } from "zod";
import { parseAnswer } from "./answer";
import type { Authorization, Credentials, ProjectScope } from "./credentials/credentials";
import { type EndpointOverrides, endpointOf, type Service } from "./endpoints";
import { ApiError } from "./errors";
import type { OutgoingRequest, Send } from "./http";
import { gatewayAuthenticationCode, staleTokenCodes, staleTokenWords } from "./wire";

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
}

/** Opens a connection. Sends nothing itself, but for the look-up of the project's ID where the scope has none. */
export async function connect(scope: ProjectScope, options: ConnectionOptions): Promise<Connection> {
  const { send, credentials, cloud, endpoints: overrides, now = Date.now } = options;
  const { region } = scope;
  const iamEndpoint = endpointOf("iam", region, { cloud, overrides });
  const authorization = credentials.bind(scope, { send, iamEndpoint, now });
  const projectId = scope.projectId ?? (await authorization.projectId());
  return {
    region,
    projectId,
    async call(service, action, { method, path, body }, answer) {
      const request: OutgoingRequest = {
        method,
        url: endpointOf(service, region, { cloud, overrides }) + path,
        ...(body ? { body: JSON.stringify(body) } : {}),
        context: { action, region, project: projectId },
      };
      const response = await sendWithFreshLogin(request, send, authorization);
      return parseAnswer(response, answer, request.context);
    },
  };
}

/** Sends; where the service calls the login stale, logs in anew and sends once more, and never again. */
async function sendWithFreshLogin(request: OutgoingRequest, send: Send, authorization: Authorization) {
  let used: Record<string, string> = {};
  const authorize: OutgoingRequest["authorize"] = async (outgoing) => {
    used = await authorization.headers(outgoing);
    return used;
  };
  try {
    return await send({ ...request, authorize });
  } catch (error) {
    if (!saysTokenIsStale(error) || !authorization.renew(used)) throw error;
    return await send({ ...request, authorize });
  }
}

export function saysTokenIsStale(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  if (staleTokenCodes.has(error.code)) return true;
  return gatewayAuthenticationCode.test(error.code) && staleTokenWords.test(error.reason);
}
