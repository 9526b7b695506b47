// The emulator over HTTP: one loopback port that answers for IAM, STS, KMS, EVS and instance metadata.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Refusal, refuseControl, refusePages } from "./access";
import { Authentication } from "./authentication";
import { type Clock, systemClock } from "./clock";
import { Cloud } from "./cloud/cloud";
import { randomHex } from "./cloud/ids";
import { buildState, type Seed } from "./cloud/seed";
import { readState, writeState } from "./cloud/state";
import { type Controlled, controlPrefix, handleControl } from "./control";
import { defaultSeed } from "./defaults";
import { describe } from "./describe";
import { type FaultRule, Faults } from "./faults";
import { Gateway, type Settings, type Throttle } from "./gateway";
import { type Hold, type HoldPoint, Holds } from "./holds";
import { RequestLog } from "./requestLog";
import { type Delivery, type Reply, toReply } from "./wire";

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

export interface Emulator extends Controlled {
  /** http://127.0.0.1:PORT */
  readonly endpoint: string;
  readonly port: number;
  /** Of this start: what control calls send as `Authorization: Bearer TOKEN`. */
  readonly controlToken: string;
  /** Holds the next call that matches, before it is applied (default) or before it is answered. */
  hold(match: NonNullable<FaultRule["match"]>, point?: HoldPoint): Hold;
  /** Ends open connections at once. */
  close(): Promise<void>;
}

const host = "127.0.0.1";
const defaultTokenLifetimeMs = 24 * 3600 * 1000;
/** Longer than a client keeps an idle connection, so that it is never the server that closes one in use. */
const keepAliveMs = 120_000;

/** Resolves when it listens. Rejects with the system's error, such as EADDRINUSE. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, stateFile, clock = systemClock, tokenLifetimeMs = defaultTokenLifetimeMs } = options;
  const saved = stateFile === undefined ? undefined : readState(stateFile);
  const cloud = new Cloud(saved ?? buildState(options.seed ?? defaultSeed), clock, tokenLifetimeMs, (state) => {
    if (stateFile !== undefined) writeState(stateFile, state());
  });
  const settings: Settings = {
    latencyMs: options.latencyMs ?? 0,
    throttle: options.throttle,
    clockSkewMs: 0,
    alsoHosts: [],
  };
  const log = new RequestLog();
  const faults = new Faults();
  const holds = new Holds();
  const controlToken = randomHex(16);
  const gateway = new Gateway(new Authentication(cloud), faults, holds, log, settings);

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      // The client has gone away before the end of its request.
      if (request.destroyed && !request.complete) return;
      process.stderr.write(`emulator: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      request.socket.destroy();
    });
  });
  server.keepAliveTimeout = keepAliveMs;
  // Before listening: a file that cannot be written must stop the start.
  cloud.changed();
  await listen(server, port);

  const { port: listening } = server.address() as AddressInfo;
  const emulator: Emulator = {
    endpoint: `http://${host}:${listening}`,
    port: listening,
    controlToken,
    requests: log.records,
    cloud,
    faults,
    settings,
    describe: () => describe(emulator.endpoint, controlToken, cloud),
    clearRequests: () => log.clear(),
    hold: (match, point) => holds.add(match, point),
    close: () => close(server),
  };
  return emulator;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url: target = "/" } = request;
    const [path = "/"] = target.split("?");
    const isControl = path === controlPrefix || path.startsWith(`${controlPrefix}/`);
    // Before anything is read: a page may send as much as it likes.
    const pageRefusal = refusePages(request.headers, listening, settings.alsoHosts);
    const body = pageRefusal === undefined ? await readAll(request) : undefined;
    if (pageRefusal !== undefined || body === undefined) {
      refuse(response, pageRefusal ?? tooLarge);
      return;
    }
    const refusal = isControl ? refuseControl(request.headers, controlToken, body) : undefined;
    if (refusal !== undefined) {
      send(response, toReply({ status: refusal.status, body: { error: refusal.reason } }));
      return;
    }
    if (isControl) {
      send(response, handleControl(emulator, method, path, body));
      return;
    }
    const { headers, delivery } = await gateway.handle({ method, target, path, headers: flatHeaders(request), body });
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    put(request, response, delivery);
  }
}

/** Of a request whose body is not read, or not to its end: nothing more can come on its connection. */
function refuse(response: ServerResponse, { status, reason }: Refusal): void {
  response.setHeader("Connection", "close");
  send(response, toReply({ status, body: { error: reason } }));
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

/** Repeated headers are joined as HTTP joins them. */
function flatHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

/** More than the gateway takes: it refuses that itself, as a service does. */
const maxBytes = 16 * 1024 * 1024;
const tooLarge: Refusal = { status: 413, reason: `send ${maxBytes / 1024 / 1024} MB at most` };

/** The body; `undefined` if it is too large. Then it is not read to its end. */
async function readAll(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop must not end the connection, on which the refusal goes.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > maxBytes) return undefined;
  }
  return Buffer.concat(chunks);
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
