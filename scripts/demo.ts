// `npm start`: a demo of this package by real `pulumi` commands on a local backend and an emulated cloud. Each step is
// checked against the state of the cloud; the first difference ends the demo with an error.
//
// All that it leaves is in .demo: state, configuration and the emulated cloud, so that the user can go on from there.

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { type Emulator, startEmulator } from "../emulator/server";
import { emulatedAccount, withoutCloudVariables } from "./emulatedAccount";
import { type Engine, engineEnvironment, ensureEngine } from "./engine";

const root = path.resolve(__dirname, "../..");
const folder = path.join(root, ".demo");
const stateFile = path.join(folder, "emulator.json");
const SET_KEY = "UpdateDefaultKmsKeyId";

interface Outcome {
  code: number;
  output: string;
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const engine = await ensureEngine();
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(path.join(folder, "backend"), { recursive: true });
  // It hides itself from git, whatever the checkout's own list says.
  fs.writeFileSync(path.join(folder, ".gitignore"), "*\n");
  const emulator = await startEmulator({ stateFile });
  try {
    await runStory(engine, emulator);
  } finally {
    await emulator.close();
  }
}

async function runStory(engine: Engine, emulator: Emulator): Promise<void> {
  const { env: credentials, projectId, keys } = emulatedAccount(emulator.describe());
  const [first, second] = keys;
  if (!first || !second) throw new Error("the emulated cloud has no two keys to choose from");
  const settings = { ...localBackend(), ...credentials };
  writeProject(settings);

  const env = engineEnvironment(engine, { ...withoutCloudVariables(process.env), ...settings });
  const pulumi = (...args: string[]): Promise<Outcome> => run(engine.command, args, env);
  const liveKey = (): string => emulator.cloud.evs(projectId).keyId;
  const writes = (): number => emulator.requests.filter(({ operation }) => operation === SET_KEY).length;

  say(`The program is examples/quickstart, the cloud is emulated at ${emulator.endpoint}: no account is needed.`);
  say("Its project does not encrypt new disks. We want it to, with one of these keys:");
  say(...keys.map(({ alias, keyId }) => `  ${keyId}  ${alias}`));
  await succeeds("setting up the stack", pulumi("stack", "init", "demo"));

  await step(`1. \`up\` switches encryption on, with ${first.alias} as the default key.`, async (name) => {
    await succeeds(name, pulumi("config", "set", "kmsKeyId", first.keyId));
    await succeeds(name, pulumi("up", "--yes", "--skip-preview"));
    expectIn(name, emulator.cloud.evs(projectId).enabled, "encryption is off");
    expectIn(name, liveKey() === first.keyId, `the project's default key is "${liveKey()}", not ${first.keyId}`);
    expectIn(name, writes() === 1, `the key was written ${writes()} times, not once`);
  });

  await step("2. `preview` finds nothing to do.", async (name) => {
    await succeeds(name, pulumi("preview", "--expect-no-changes"));
    expectIn(name, writes() === 1, "a preview wrote to the cloud");
  });

  await step(
    `3. Somebody now sets ${second.alias} by hand, behind our back. \`refresh\` shows the drift; with --expect-no-changes it fails, an alarm for a nightly job.`,
    async (name) => {
      emulator.cloud.setDefaultKey(projectId, second.keyId);
      const args = ["--preview-only", "--diff", "--expect-no-changes"];
      const { code, output } = await pulumi("refresh", ...args);
      expectIn(name, code !== 0, "the drift raised no alarm");
      expectIn(name, output.includes(second.keyId), `the output does not show the live key ${second.keyId}`);
      expectIn(name, liveKey() === second.keyId, "looking at the drift changed the cloud");
    },
  );

  await step(`4. \`up\` converges: ${first.alias} again, though the program is the same.`, async (name) => {
    await succeeds(name, pulumi("up", "--yes", "--skip-preview"));
    expectIn(name, liveKey() === first.keyId, `the project's default key is "${liveKey()}", not ${first.keyId}`);
  });

  await step(
    `5. The key is rotated to ${second.alias}: first a preview, as a pull request would show it.`,
    async (name) => {
      await succeeds(name, pulumi("config", "set", "kmsKeyId", second.keyId));
      const { output } = await succeeds(name, pulumi("preview", "--diff"));
      const change = new RegExp(`~ kmsKeyId *: "${first.keyId}" => "${second.keyId}"`);
      expectIn(name, change.test(output), "the preview does not show the change of key");
      expectIn(name, liveKey() === first.keyId, "a preview changed the cloud");
    },
  );

  await step("6. And applied.", async (name) => {
    await succeeds(name, pulumi("up", "--yes", "--skip-preview"));
    expectIn(name, liveKey() === second.keyId, `the project's default key is "${liveKey()}", not ${second.keyId}`);
    await succeeds(name, pulumi("preview", "--expect-no-changes"));
  });

  say("", "All six steps did what they said.", ...howToGoOn(emulator.port, first.keyId));
}

function localBackend(): Record<string, string> {
  return {
    PULUMI_BACKEND_URL: `file://${path.join(folder, "backend")}`,
    // Of its own, so that the user's login and selected stacks stay as they are.
    PULUMI_HOME: path.join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "demo",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_STACK: "demo",
  };
}

/** A project whose stacks are kept here and whose program is the example itself. */
function writeProject(settings: Record<string, string>): void {
  const example = fs.readFileSync(path.join(root, "examples", "quickstart", "Pulumi.yaml"), "utf8");
  fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `${example.trimEnd()}\nmain: ../examples/quickstart\n`);
  const exports = Object.entries(settings).map(
    ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
  );
  fs.writeFileSync(path.join(folder, "env"), exports.join(""));
}

/** Pulumi's own output as it comes, and kept for the check. */
function run(command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  process.stdout.write(`$ pulumi ${args.join(" ")}\n`);
  const color = process.stdout.isTTY && !process.env.NO_COLOR ? "always" : "never";
  const all = [...args, "--cwd", folder, "--non-interactive", "--color", color];
  return new Promise((resolve, reject) => {
    const child = spawn(command, all, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        to.write(text);
      });
    }
    child.once("error", reject);
    // Colour codes lie between the words that the checks look for.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they begin with one
    child.once("close", (code) => resolve({ code: code ?? 1, output: output.replace(/\u001b\[[0-9;]*m/g, "") }));
  });
}

async function step(title: string, body: (name: string) => Promise<void>): Promise<void> {
  say("", title, "");
  await body(`step ${title.split(".")[0]}`);
}

async function succeeds(name: string, command: Promise<Outcome>): Promise<Outcome> {
  const outcome = await command;
  expectIn(name, outcome.code === 0, `the command ended with code ${outcome.code}`);
  return outcome;
}

function expectIn(name: string, condition: boolean, problem: string): void {
  if (!condition) throw new Error(`The demo failed in ${name}: ${problem}.`);
}

function say(...lines: string[]): void {
  const [bold, plain] = process.stdout.isTTY && !process.env.NO_COLOR ? ["\u001b[1m", "\u001b[0m"] : ["", ""];
  for (const line of lines) process.stdout.write(line === "" ? "\n" : `${bold}${line}${plain}\n`);
}

function howToGoOn(port: number, otherKey: string): string[] {
  const pulumi = "npm run --silent pulumi --";
  return [
    "",
    "To go on with this stack, start its cloud again, in a terminal of its own:",
    `  npm run emulator -- --port ${port} --state .demo/emulator.json`,
    "and in another:",
    "  . .demo/env",
    `  ${pulumi} -C .demo stack`,
    `  ${pulumi} -C .demo config set kmsKeyId ${otherKey}`,
    `  ${pulumi} -C .demo up`,
    `  ${pulumi} -C .demo destroy`,
    "",
    "With a real account, in a new terminal (or with your own backend, after `pulumi login`):",
    "  export PULUMI_BACKEND_URL=file://~ PULUMI_CONFIG_PASSPHRASE=choose-one",
    "  export HW_REGION_NAME=eu-west-101 HW_DOMAIN_NAME=account HW_USER_NAME=user HW_USER_PASSWORD=password",
    `  ${pulumi} -C examples/quickstart stack init dev`,
    `  ${pulumi} -C examples/quickstart config set kmsKeyId KEY-ID`,
    `  ${pulumi} -C examples/quickstart preview --diff`,
    `  ${pulumi} -C examples/quickstart up`,
  ];
}
