// The plugin as the engine starts it: says on standard output which port it listens on, and ends with its engine.
import fs from "node:fs";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { createLifetime, watchParent } from "./lifetime";
import { createServer } from "./server";

const lifetime = createLifetime();
const server = createServer({
  engineAddress: process.argv.slice(2).find((argument) => !argument.startsWith("-")),
  environment: process.env,
  lifetime,
  schema: () => fs.readFileSync(schemaFile(), "utf8"),
});

/** Beside the bundle, or in the checkout. */
function schemaFile(): string {
  const places = [__dirname, path.resolve(__dirname, "../..")].map((folder) => path.join(folder, "schema.json"));
  return places.find((place) => fs.existsSync(place)) ?? path.join(__dirname, "schema.json");
}

let isEnding = false;
async function end(): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await lifetime.end();
  process.exit(0);
}

// The engine ends its plugins so, and a terminal everything that runs in it.
process.on("SIGINT", end);
process.on("SIGTERM", end);
process.on("SIGHUP", end);
// An engine that was killed reads no lines any more.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});
watchParent(end);

server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`${port}\n`);
});
