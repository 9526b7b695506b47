// `withStack`: a test's own Pulumi stack, worked by the real engine's commands and taken down whatever happens.
//
//   await withStack({ program, emulator, config: { "huaweicloud:region": "eu-west-101" } }, async (stack) => {
//     const up = succeeded(await stack.up());
//     expect(up.changes).toEqual({ create: 2 }); // the stack itself is one
//   });
//
// KEEP=1 leaves each stack's folder in place and prints its path.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import type { Engine } from "../../scripts/engine";
import { type CommandOptions, type CommandResult, killCommandsIn, runCommand } from "./command";
import { type Events, parseEvents } from "./events";
import { currentFront, type Front, settingOf } from "./front";
import { expectNoLeak, secretsOf } from "./leaks";
import { createProject, type Project, type ProjectOptions, writeProgramText } from "./project";
import { checkout, ready } from "./readiness";

export interface StackOptions extends ProjectOptions {
  /** Stack configuration; `{ secret }` is stored encrypted. A namespace is needed but for the program's own keys. */
  config?: Config;
}

export type Config = Record<string, string | { secret: string }>;

export interface OperationOptions extends Pick<CommandOptions, "timeoutMs" | "signal" | "interrupt"> {
  /** Further arguments, such as `--expect-no-changes`. */
  args?: string[];
  /** Added to the environment of this command only; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  /** Runs in a pseudo-terminal, in colours, by the command `script` of util-linux. */
  terminal?: boolean;
  /** Where the engine's events are kept; by default they are read and removed. */
  eventLog?: string;
}

export interface PreviewOptions extends OperationOptions {
  diff?: boolean;
  json?: boolean;
}

export interface OperationResult extends CommandResult, Events {}

export type Deployment = z.infer<typeof exported>["deployment"];

const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.looseObject({
          urn: z.string(),
          type: z.string(),
          id: z.string().optional(),
          parent: z.string().optional(),
          inputs: z.record(z.string(), z.unknown()).optional(),
          outputs: z.record(z.string(), z.unknown()).optional(),
          initErrors: z.array(z.string()).optional(),
        }),
      )
      .default([]),
  }),
});

const STACK = "test";

/** Arguments for all that the engine can log, to its last detail. */
export const loudest = ["--debug", "--logtostderr", "-v=9"];

// A command takes two to five seconds, and a test has several; jest's own limit is for unit tests.
jest.setTimeout(180_000);

export async function withStack<T>(options: StackOptions, body: (stack: Stack) => Promise<T>): Promise<T> {
  const engine = await ready();
  const project = await createProject(engine, options);
  const stack = new Stack(engine, project, options.front ?? currentFront());
  try {
    await initStack(stack, options, engine);
    if (options.config) succeeded(await stack.setConfig(options.config));
    const result = await body(stack);
    expectNoLeak(stack, secretsOf(options));
    return result;
  } finally {
    killCommandsIn(project.root);
    if (process.env.KEEP) process.stderr.write(`kept: ${project.root}\n`);
    // A killed engine's children may still be writing.
    else fs.rmSync(project.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

// What `pulumi stack init` writes is kept, and copied for later stacks: for each, that saves 0.3 s of processor time.
async function initStack(stack: Stack, { folder }: StackOptions, { version }: Engine): Promise<void> {
  const kept = path.join(checkout, "dist", ".stacks", version);
  // The backend has the project's name in it: each folder its own.
  const isShared = folder === undefined;
  if (isShared && fs.existsSync(kept)) return fs.cpSync(kept, stack.root, { recursive: true });
  succeeded(await stack.run(["stack", "init", STACK, "--no-select"]));
  if (!isShared) return;
  fs.mkdirSync(path.dirname(kept), { recursive: true });
  const partial = fs.mkdtempSync(`${kept}-`);
  for (const name of ["backend", `project/Pulumi.${STACK}.yaml`]) {
    fs.cpSync(path.join(stack.root, name), path.join(partial, name), { recursive: true });
  }
  try {
    fs.renameSync(partial, kept);
  } catch (error) {
    // Another worker was faster.
    if (!fs.existsSync(kept)) throw error;
    fs.rmSync(partial, { recursive: true });
  }
}

/** The result, if the command succeeded. @throws with all that it printed, if it did not. */
export function succeeded<R extends CommandResult>(result: R): R {
  if (result.code !== 0) throw new Error(`the command ended with code ${result.code}:\n${result.output}`);
  return result;
}

/** Works one stack. No method throws because a command failed: look at `code`, or wrap the call in {@link succeeded}. */
export class Stack {
  /** Everything that was run and printed, in order. Values of configuration are left out of the commands. */
  transcript = "";

  private operations = 0;

  constructor(
    private readonly engine: Engine,
    private readonly project: Project,
    private readonly front: Front,
  ) {}

  /** The root of all that belongs to this stack. */
  get root(): string {
    return this.project.root;
  }

  /** Where the program lies. */
  get folder(): string {
    return this.project.folder;
  }

  /** The home folder of program and provider, for a profile file, say. */
  get home(): string {
    return this.project.home;
  }

  up(options: OperationOptions = {}): Promise<OperationResult> {
    return this.operate(["up", "--yes", "--skip-preview"], options);
  }

  preview({ diff, json, ...options }: PreviewOptions = {}): Promise<OperationResult> {
    const flags = [...(diff ? ["--diff"] : []), ...(json ? ["--json"] : [])];
    return this.operate(["preview", ...flags], options);
  }

  /** Add `args: ["--preview-only"]` to look at the drift and change nothing. */
  refresh(options: OperationOptions = {}): Promise<OperationResult> {
    const previewOnly = options.args?.includes("--preview-only");
    return this.operate(["refresh", ...(previewOnly ? [] : ["--yes", "--skip-preview"])], options);
  }

  destroy(options: OperationOptions = {}): Promise<OperationResult> {
    return this.operate(["destroy", "--yes", "--skip-preview"], options);
  }

  /** The state as the engine exports it, secrets encrypted. */
  async export(): Promise<CommandResult & { deployment: Deployment }> {
    const result = succeeded(await this.run(["stack", "export"]));
    return { ...result, ...exported.parse(JSON.parse(result.stdout)) };
  }

  /** The stack's outputs, secrets in the clear. */
  async outputs(): Promise<Record<string, unknown>> {
    const { transcript } = this;
    const { stdout } = succeeded(await this.run(["stack", "output", "--json", "--show-secrets"]));
    this.transcript = transcript; // the test asked for secrets: that they are shown is no leak
    return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
  }

  setConfig(config: Config): Promise<CommandResult> {
    const renamed = Object.entries(config).map(([key, value]) => [this.#keyOf(key), value] as const);
    const values = renamed.flatMap(([key, value]) =>
      typeof value === "string" ? ["--plaintext", `${key}=${value}`] : ["--secret", `${key}=${value.secret}`],
    );
    return this.run(["config", "set-all", ...values], {}, `config set-all (${Object.keys(config).join(", ")})`);
  }

  /** The plugin has a namespace of its own. */
  #keyOf(key: string): string {
    const [, name] = /^huaweicloud:(.*)$/.exec(key) ?? [];
    return name === undefined ? key : settingOf(name, this.front);
  }

  removeConfig(key: string): Promise<CommandResult> {
    return this.run(["config", "rm", this.#keyOf(key)]);
  }

  setProgram(text: string): void {
    writeProgramText(this.project.folder, text);
  }

  /** Any other command of the CLI, on this stack. */
  async run(args: string[], options: OperationOptions = {}, shown = args.join(" ")): Promise<CommandResult> {
    const { folder, env } = this.project;
    const kind = options.terminal ? ["--color", "always"] : ["--non-interactive", "--color", "never"];
    const all = [...args, ...(options.args ?? []), ...kind, "--cwd", folder];
    const quoted = [this.engine.command, ...all].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
    const [command, words] = options.terminal
      ? ["script", ["-qec", `stty rows 40 cols 200; ${quoted}`, "/dev/null"]]
      : [this.engine.command, all];
    const changed = Object.entries({ ...env, PULUMI_STACK: STACK, ...options.env });
    const result = await runCommand(command, words, {
      ...options,
      cwd: folder,
      env: Object.fromEntries(changed.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    });
    this.transcript += `$ pulumi ${[shown, ...(options.args ?? [])].join(" ")}\n${result.output}\n`;
    return result;
  }

  /** Every file written on behalf of this stack but for the modules: state, history, logs, caches, configuration. */
  writtenFiles(): string[] {
    const files: string[] = [];
    const walk = (folder: string): void => {
      for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
        const file = path.join(folder, entry.name);
        if (entry.isFile()) files.push(file);
        else if (entry.isDirectory() && file !== path.join(this.project.folder, "node_modules")) walk(file);
      }
    };
    walk(this.project.root);
    return files;
  }

  private async operate(args: string[], options: OperationOptions): Promise<OperationResult> {
    // Removed again, because it is the harness's and not a file that a user would have.
    const log = options.eventLog ?? path.join(this.project.root, `events-${this.operations++}.json`);
    const result = await this.run([...args, "--event-log", log], options, args.join(" "));
    const events = parseEvents(fs.existsSync(log) ? fs.readFileSync(log, "utf8") : "");
    if (options.eventLog === undefined) fs.rmSync(log, { force: true });
    return { ...result, ...events };
  }
}
