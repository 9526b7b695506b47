// The emulator over HTTP: one loopback port that answers for IAM, STS, KMS, EVS and instance metadata.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Authentication, authKindOf } from "./authentication";
import { type Clock, systemClock } from "./clock";
import { Cloud } from "./cloud/cloud";
import { randomHex } from "./cloud/ids";
import { buildState, type Seed } from "./cloud/seed";
import { controlPrefix, handleControl } from "./control";
import { defaultSeed } from "./defaults";
import { type Description, describe } from "./describe";
import { type Arrival, dispatch } from "./dispatch";
import { CloudError, gatewayError } from "./errors";
import { type FaultAction, Faults } from "./faults";
import { operations } from "./operations/registry";
import { RequestLog, type RequestRecord } from "./requestLog";
import { findOperation } from "./routing";
import { readState, writeState } from "./stateFile";
import { type Throttle, Throttling } from "./throttle";
import { type Delivery, deliver, type Reply, toErrorReply, toReply } from "./wire";

export interface EmulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Where the state survives a restart. Default: memory only. */
  stateFile?: string;
  clock?: Clock;
  /** Default 24 hours. */
  tokenLifetimeMs?: number;
  /** Added before every call. Default 0. */
  latencyMs?: number;
  throttle?: Throttle;
  /** The cloud of a first start. Default: that of defaults.ts. */
  seed?: Seed;
}

/** What can be changed while it runs. */
export interface Settings {
  latencyMs: number;
  throttle: Throttle | undefined;
  /** How far the server's clock is ahead of the true time. */
  clockSkewMs: number;
}

export interface Emulator {
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
  readonly port: number;
  readonly requests: readonly Readonly<RequestRecord>[];
  readonly cloud: Cloud;
  readonly faults: Faults;
  readonly settings: Settings;
  describe(): Description;
  clearRequests(): void;
  /** Ends open connections at once. */
  close(): Promise<void>;
}

const host = "127.0.0.1";
const defaultTokenLifetimeMs = 24 * 3600 * 1000;
const maxBodyBytes = 12 * 1024 * 1024;
/** Longer than a client keeps an idle connection, so that it is never the server that closes one in use. */
const keepAliveMs = 120_000;

/** Resolves when it listens. Rejects with the system's error, such as EADDRINUSE. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, stateFile, clock = systemClock, tokenLifetimeMs = defaultTokenLifetimeMs } = options;
  const saved = stateFile === undefined ? undefined : readState(stateFile);
  const cloud = new Cloud(saved ?? buildState(options.seed ?? defaultSeed), clock, tokenLifetimeMs, (state) => {
    if (stateFile !== undefined) writeState(stateFile, state());
  });
  const log = new RequestLog();
  const throttling = new Throttling(options.throttle);
  const settings: Settings = {
    latencyMs: options.latencyMs ?? 0,
    clockSkewMs: 0,
    get throttle() {
      return throttling.limit;
    },
    set throttle(limit) {
      throttling.limit = limit;
    },
  };
  const faults = new Faults();
  const authentication = new Authentication(cloud);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      process.stderr.write(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      request.socket.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  // Before listening: a file that cannot be written must stop the start.
  cloud.changed();
  await listen(server, port);

  const emulator: Emulator = {
    endpoint: `http://${host}:${(server.address() as AddressInfo).port}`,
    port: (server.address() as AddressInfo).port,
    requests: log.records,
    cloud,
    faults,
    settings,
    describe: () => describe(emulator.endpoint, cloud),
    clearRequests: () => log.clear(),
    close: () => close(server),
  };
  return emulator;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readAll(request);
    const url = new URL(request.url ?? "/", `http://${host}`);
    if (url.pathname === controlPrefix || url.pathname.startsWith(`${controlPrefix}/`))
      return send(response, handleControl(emulator, request.method ?? "GET", url.pathname, body));
    return answer(request, response, url, body);
  }

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL, body: Buffer): Promise<void> {
    const { method = "GET" } = request;
    const path = url.pathname;
    const headers = flatHeaders(request);
    const match = findOperation(operations, method, path, safeJson(body));
    const service = match?.operation.service;
    const requestId = randomHex(16);
    const projectId = match?.params.project_id;
    const actions = faults.take({ service, operation: match?.operation.name, method, path, projectId });
    const action = actions.at(-1);
    const record = log.add({
      time: new Date(clock.now()).toISOString(),
      service: service ?? "unknown",
      operation: match?.operation.name ?? "unknown",
      method,
      path,
      query: url.search.slice(1),
      projectId,
      requestId,
      userAgent: headers["user-agent"],
      authKind: authKindOf(headers),
      bodyBytes: body.length,
      ...(action === undefined ? {} : { fault: action.type }),
    });
    await pause(settings.latencyMs + sum(actions, "latency"));
    const now = clock.now() + settings.clockSkewMs + sum(actions, "clockSkew");

    const apply = (): Reply => {
      try {
        if (body.length > maxBodyBytes) throw new CloudError("gateway", 413, "APIGW.0201", "Request entity too large.");
        if (match === undefined) throw unknownRoute(method, path);
        const { service } = match.operation;
        const arrival: Arrival = {
          service,
          method,
          path,
          headers,
          body,
          now,
          target: request.url ?? "/",
          query: url.searchParams,
        };
        return toReply(dispatch(authentication, match, arrival));
      } catch (error) {
        if (error instanceof CloudError) return toErrorReply(error, requestId);
        throw error;
      }
    };
    const revokeToken = () => cloud.sessions.revokeToken(headers["x-auth-token"] ?? "");
    const refusal =
      service === undefined || service === "metadata" ? undefined : throttling.refuse(service, clock.now());
    const delivery: Delivery =
      refusal === undefined
        ? deliver(action, { service, path, requestId, now, apply, revokeToken })
        : { type: "send", reply: toErrorReply(refusal, requestId) };
    response.setHeader("Date", new Date(now).toUTCString());
    response.setHeader("X-Request-Id", requestId);
    if (service === "iam") response.setHeader("X-IAM-Trace-Id", `token_${requestId}`);
    if (delivery.type === "send" || delivery.type === "half") record.status = delivery.reply.status;
    return put(request, response, delivery);
  }
}

function put(request: IncomingMessage, response: ServerResponse, delivery: Delivery): void {
  switch (delivery.type) {
    case "send":
      send(response, delivery.reply);
      return;
    case "half": {
      const { status, headers, body } = delivery.reply;
      response.writeHead(status, { ...headers, "Content-Length": body.length });
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () => request.socket.destroy());
      return;
    }
    case "cut":
      request.socket.resetAndDestroy();
      return;
    case "hang":
      return;
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, "Content-Length": body.length });
  response.end(body);
}

function unknownRoute(method: string, path: string): CloudError {
  process.stderr.write(`emulator: no such operation: ${method} ${path}\n`);
  return gatewayError("APIGW.0101", `the emulator does not have ${method} ${path}`);
}

/** Repeated headers are joined as HTTP joins them. */
function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function safeJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function sum(actions: FaultAction[], type: "latency" | "clockSkew"): number {
  return actions.reduce((total, action) => total + (action.type === type ? action.ms : 0), 0);
}

function pause(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
