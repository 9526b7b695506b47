// What the real engine asks in the life of a stack, recorded in tests/fixtures/engineSession.json, and replayed to the server
// without an engine. `RECORD=1 npx jest tests/plugin/session` records it anew.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { Server } from "@grpc/grpc-js";
import { channelOptions } from "../../plugin/channel";
import { createLifetime } from "../../plugin/lifetime";
import { serve } from "../../plugin/server";
import { type EmulatedCloud, region, startCloud } from "../fixtures/emulatedCloud";
import { answersOf, listen, replay, type Session, session, startRecorder } from "../fixtures/engineSession";
import { type OperationOptions, succeeded, withStack } from "../harness/stack";

const file = path.join(__dirname, "../fixtures/engineSession.json");

let cloud: EmulatedCloud;
const servers: Server[] = [];

beforeEach(async () => {
  cloud = await startCloud();
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) server.forceShutdown();
  await cloud.close();
});

/** The port of a plugin of its own, as each command of an engine has. */
function startPlugin(): Promise<number> {
  const server = new Server(channelOptions);
  serve(server, {
    engineAddress: undefined,
    environment: { ...cloud.credentials(), HW_ENDPOINT_URL: cloud.emulator.endpoint, HW_MAX_RETRIES: "0" },
    lifetime: createLifetime(),
    schema: () => "{}",
  });
  servers.push(server);
  return listen(server);
}

/**
 * A secret key found by a function, for a project that is not known before the switch is made. One asks after the other, so that
 * the order is the same each time.
 */
const program = (alias: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const evs = require("pulumi-huaweicloud-evs");
  const region = "${region}";
  const on = new evs.DefaultEncryption("on", { region, onDelete: "restore" });
  const { keyId } = evs.getKmsKeyOutput({ alias: "${alias}", region: on.region });
  new evs.DefaultEncryptionKey("disks", { region, projectId: on.projectId, kmsKeyId: pulumi.secret(keyId) });
`;

async function record(): Promise<Session> {
  const commands: Session = [];
  await withStack({ program: program("app-disks"), front: "plugin", refresh: "never" }, async (stack) => {
    const recorded = async (command: "preview" | "up" | "refresh" | "destroy") => {
      const recorder = await startRecorder(await startPlugin());
      const env = { PULUMI_DEBUG_PROVIDERS: `huaweicloud-evs:${recorder.port}` };
      const options: OperationOptions = { args: ["--parallel", "1"], env };
      succeeded(await stack[command](options));
      recorder.close();
      commands.push({ command, calls: recorder.calls });
    };
    await recorded("preview");
    await recorded("up");
    await recorded("preview");
    stack.setProgram(program("app-disks-next"));
    await recorded("preview");
    await recorded("up");
    await recorded("refresh");
    await recorded("destroy");
  });
  return commands;
}

const kept = (): Session => session.parse(JSON.parse(fs.readFileSync(file, "utf8")));
const answers = (of: Session) => of.map(({ command, calls }) => ({ command, answers: answersOf(calls) }));

it("is what the engine still asks", async () => {
  const recorded = await record();
  if (process.env.RECORD) fs.writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
  expect(answers(recorded)).toEqual(answers(kept()));
});

it("is answered as it was, without an engine", async () => {
  const asked = kept();
  const methods = new Set(asked.flatMap(({ calls }) => calls.map(({ method }) => method)));
  for (const method of ["configure", "check", "diff", "create", "read", "update", "delete", "invoke"]) {
    expect(methods).toContain(method);
  }
  const replayed: Session = [];
  for (const { command, calls } of asked) {
    replayed.push({ command, calls: await replay(calls, await startPlugin()) });
  }
  expect(answers(replayed)).toEqual(answers(asked));
  expect(cloud.liveAlias()).toBe("evs/default");
  expect(cloud.live().enabled).toBe(false);
});
