// Lines for the user: where they go, how they are marked, and when the engine has them.
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineLog } from "./engineLog";

let engine: grpc.Server;
let address: string;
let taken: LogRequest[];
/** What lets the engine answer, by line. */
let answers: Map<string, () => void>;
let onStandardError: jest.SpyInstance;

beforeEach(async () => {
  [taken, answers] = [[], new Map()];
  onStandardError = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  engine = new grpc.Server();
  const log: grpc.handleUnaryCall<LogRequest, Empty> = ({ request }, answer) => {
    taken.push(request);
    answers.set(request.getMessage(), () => answer(null, new Empty()));
    if (!request.getMessage().startsWith("slow")) answers.get(request.getMessage())?.();
  };
  engine.addService(EngineService, { log });
  const port = await new Promise<number>((resolve, reject) =>
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  address = `127.0.0.1:${port}`;
});
afterEach(() => {
  jest.restoreAllMocks();
  engine.forceShutdown();
});

it("shows lines as information about nothing in particular, unless they are more", async () => {
  const log = new EngineLog();
  log.connect(address);
  log.show("a");
  await log.flush();
  log.show("b", { severity: "warning", urn: "urn:b" });
  await log.flush();
  log.show("c", { severity: "error" });
  await log.flush();
  expect(taken.map((one) => [one.getMessage(), one.getUrn(), one.getSeverity()])).toEqual([
    ["a", "", LogSeverity.INFO],
    ["b", "urn:b", LogSeverity.WARNING],
    ["c", "", LogSeverity.ERROR],
  ]);
  expect(onStandardError).not.toHaveBeenCalled();
  log.close();
});

it("shows long lines up to a limit", () => {
  new EngineLog().show("x".repeat(4000));
  new EngineLog().show("x".repeat(4001));
  expect(onStandardError.mock.calls).toEqual([[`${"x".repeat(4000)}\n`], [`${"x".repeat(3999)}…\n`]]);
});

it("waits until the engine has taken every line, in whatever order", async () => {
  const log = new EngineLog();
  log.connect(address);
  await log.flush();
  for (const line of ["slow one", "quick", "slow other"]) log.show(line);
  let isFlushed = false;
  const flushed = log.flush().then(() => (isFlushed = true));
  const answer = async (line: string) => {
    while (!answers.has(line)) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isFlushed).toBe(false);
    answers.get(line)?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await answer("slow other");
  await answer("slow one");
  await flushed;
  log.close();
});

it("shows on standard error what comes after the engine is gone", async () => {
  const log = new EngineLog();
  log.connect(address);
  log.show("before");
  await log.flush();
  log.close();
  log.show("after");
  await log.flush();
  expect(taken.map((one) => one.getMessage())).toEqual(["before"]);
  expect(onStandardError.mock.calls).toEqual([["after\n"]]);
  log.close();
});
