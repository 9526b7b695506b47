// A server on the loopback that says what a test tells it to say, byte for byte if need be.
import http from "node:http";
import net, { type AddressInfo, type Socket } from "node:net";

export interface HostileServer {
  url: string;
  /** Every request that came in, oldest first. */
  requests: { method: string; url: string; headers: http.IncomingHttpHeaders; body: string }[];
  close(): Promise<void>;
}

type Handler = (request: HostileServer["requests"][number], response: http.ServerResponse) => void;

export async function startServer(handler: Handler): Promise<HostileServer> {
  const requests: HostileServer["requests"] = [];
  const server = http.createServer(async (incoming, response) => {
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    const { method = "", url = "", headers } = incoming;
    const request = { method, url, headers, body };
    requests.push(request);
    handler(request, response);
  });
  return { requests, ...(await listen(server)) };
}

/** Answers each connection with these bytes as soon as something arrives; with nothing if there are none. */
export async function startRawServer(
  bytes: () => string | Buffer | undefined,
): Promise<Omit<HostileServer, "requests">> {
  return listen(
    net.createServer((socket) => {
      socket
        .on("error", () => {})
        .once("data", () => {
          const answer = bytes();
          if (answer !== undefined) socket.end(answer);
        });
    }),
  );
}

async function listen(server: net.Server): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers with this status, as an error of EVS's form. */
export function refuse(response: http.ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { code, message } }));
}
