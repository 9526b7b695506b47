// The plugin's connections. gRPC says who calls, but not who is gone: so they are taken here, and handed to it.
import net from "node:net";
import * as grpc from "@grpc/grpc-js";

/** A listener, not listening yet. `onGone` is called with the address and port of each connection that has ended. */
export function createListener(server: grpc.Server, onGone: (peer: string) => void): net.Server {
  const { injectConnection } = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  return net.createServer({ noDelay: true }, (socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.once("close", () => onGone(peer));
    injectConnection(socket);
  });
}
