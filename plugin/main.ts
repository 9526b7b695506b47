// The plugin as the engine starts it: says on standard output which port it listens on, and ends with its engine.
import fs from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import v8 from "node:v8";
import * as grpc from "@grpc/grpc-js";
import { channelOptions, engineAddress } from "./channel";
import { createLifetime, watchParent } from "./lifetime";
import { createListener } from "./listener";

// Lower V8 limits: 86 MB at 500 resources instead of 135 (100 with the first alone, 116 with the second). Set here because a
// launcher would fail on a flag that its Node.js does not know.
v8.setFlagsFromString("--optimize-for-size");
v8.setFlagsFromString("--semi-space-growth-factor=1");

// Nothing here sends by `fetch`. Node.js loads what is behind these when they are looked at, which axios does: 12 MB.
for (const name of ["fetch", "FormData", "Headers", "Request", "Response"]) Reflect.deleteProperty(globalThis, name);

const lifetime = createLifetime();

/** Beside the bundle, or in the checkout. */
function schemaFile(): string {
  const places = [__dirname, path.resolve(__dirname, "../..")].map((folder) => path.join(folder, "schema.json"));
  return places.find((place) => fs.existsSync(place)) ?? path.join(__dirname, "schema.json");
}

/** How long the answers that were given last may take to leave, in milliseconds. */
const lastAnswersMs = 200;

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await lifetime.end();
  // The last answers are handed over, but may not have left yet.
  setTimeout(() => process.exit(0), lastAnswersMs);
  server.tryShutdown(() => process.exit(0));
}

// The engine ends its plugins so, and a terminal everything that runs in it.
process.on("SIGINT", end);
process.on("SIGTERM", end);
process.on("SIGHUP", end);
// An engine that was killed reads no lines any more.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
watchParent(end);

let forget = (_peer: string): void => {};
const server = new grpc.Server(channelOptions);
const listener = createListener(server, (peer) => forget(peer));
listener.once("error", ({ message }) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
listener.listen(0, "127.0.0.1", async () => {
  process.stdout.write(`${(listener.address() as AddressInfo).port}\n`);
  // Loaded while the engine connects: this process takes no connection before it is through.
  const { serve } = await import("./server");
  ({ forget } = serve(server, {
    engineAddress: engineAddress(process.argv.slice(2)),
    environment: process.env,
    lifetime,
    schema: () => fs.readFileSync(schemaFile(), "utf8"),
  }));
});
