// What hostile servers do with bytes and connections: bombs, answers that belong to nobody, drips without an end, connections
// that are closed under a request.
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { getDefaultKey } from "../../provider/huaweicloud/services/evs";
import { NetworkError, ResponseError, TimeoutError } from "../../provider/huaweicloud/transport/errors";
import type { TransportOptions } from "../../provider/huaweicloud/transport/transport";
import { failureOf } from "../fixtures/failureOf";
import { keyId, startRun, ways } from "./cloud";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
const urlOf = async (server: net.Server): Promise<string> => {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const read = (url: string, options: Partial<TransportOptions> = {}) => {
  const way = ways["EVS, with a token"];
  if (!way) throw new Error("no such way");
  return startRun({ ...way, call: getDefaultKey }, url, { maxRetries: 0, ...options });
};
const good = JSON.stringify({ kms_key_id: keyId });
const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

const zeros = Buffer.alloc(32 * 1024 * 1024);
const bombs: Record<string, [encoding: string, body: Buffer]> = {
  gzip: ["gzip", gzipSync(zeros)],
  deflate: ["deflate", deflateSync(zeros)],
  brotli: ["br", brotliCompressSync(zeros)],
};

it.each(Object.entries(bombs))(
  "a bomb by %s is cut off when it is larger than an answer",
  async (_, [encoding, body]) => {
    const server = http.createServer((__, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": encoding }).end(body);
    });
    const before = process.memoryUsage.rss();
    const error = await failureOf(read(await urlOf(server)).go());
    expect(error).toBeInstanceOf(ResponseError);
    expect(error.message).toContain("is too large to be one of this API");
    expect(process.memoryUsage.rss() - before).toBeLessThan(24 * 1024 * 1024);
  },
);

it("an answer that follows an answer is not taken for that of the next request", async () => {
  const evil = answer(JSON.stringify({ kms_key_id: "00000000-0000-0000-0000-000000000000" }));
  let connections = 0;
  const server = net.createServer((socket) => {
    connections += 1;
    const first = connections === 1;
    socket.on("data", () => socket.write(first ? answer(good) + evil : answer(good)));
  });
  const run = read(await urlOf(server), { maxRetries: 2 });
  for (let time = 0; time < 3; time += 1) expect(await run.go()).toBe(keyId);
  expect(connections).toBe(2);
});

it("a connection that was closed while it was kept is opened anew", async () => {
  let requests = 0;
  const server = http.createServer((request, response) => {
    requests += 1;
    // Gone under the second request, before its answer: as if the server had closed it a moment earlier.
    if (requests === 2) request.socket.destroy();
    else response.setHeader("content-type", "application/json").end(good);
  });
  const run = read(await urlOf(server), { maxRetries: 1 });
  expect([await run.go(), await run.go()]).toEqual([keyId, keyId]);
  expect(requests).toBe(3);
});

it.each<[string, (socket: net.Socket) => void]>([
  ["a body", (socket) => void socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")],
  ["headers", (socket) => void socket.write("HTTP/1.1 200 OK\r\nx-a: ")],
  ["informational answers", () => {}],
])("%s that drip without an end are given the deadline, and no more", async (what, begin) => {
  const server = net.createServer((socket) => {
    socket.once("data", () => begin(socket));
    const drip = what === "informational answers" ? "HTTP/1.1 100 Continue\r\n\r\n" : "a";
    const timer = setInterval(() => socket.write(drip), 20);
    socket.on("close", () => clearInterval(timer));
  });
  const startedAt = Date.now();
  const error = await failureOf(read(await urlOf(server), { deadlineMs: 500 }).go());
  expect(error).toBeInstanceOf(TimeoutError);
  expect(Date.now() - startedAt).toBeLessThan(2000);
});

it("headers of a megabyte are no answer", async () => {
  const server = net.createServer((socket) => {
    socket.once("data", () => socket.write(`HTTP/1.1 200 OK\r\n${`x-a: ${"a".repeat(1000)}\r\n`.repeat(1000)}\r\n`));
  });
  const error = await failureOf(read(await urlOf(server)).go());
  expect(error).toBeInstanceOf(NetworkError);
  expect(error.message).toMatch(/cannot reach http:\/\/127\.0\.0\.1:\d+: Parse Error: Header overflow/);
});
