// What `npm test` runs: the engine and the tools of other languages, then every check, each to its end whatever the others
// said, and one line of counts. The types are checked beside the tests, because each tsc keeps one processor busy.
// Further arguments go to jest: `npm test -- provider`.

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { end } from "./command";
import { type Engine, ensureEngine } from "./engine";
import { type Counts, line, runJest } from "./jest";
import { ensureHost } from "./languages/hosts";
import { ensurePython } from "./languages/python";
import { ensureGenerator } from "./sdks/build";

const root = path.resolve(__dirname, "../..");
const inCi = Boolean(process.env.CI);
const childEnv = inCi ? { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined } : process.env;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  let found: Engine | undefined;
  const engine = await check("engine", async () => {
    found = await ensureEngine();
    const { source, version, command } = found;
    process.stdout.write(`Pulumi ${version} (${source}: ${command})\n`);
    return true;
  });
  const languages = await check("languages", () => prepareLanguages(found));
  const lint = await check("lint", () =>
    runs("@biomejs/biome/bin/biome", ["check", ...(inCi ? ["--colors=off"] : [])]),
  );
  const compiled = compile();
  compiled.catch(() => {}); // told below
  const tests = await testsOf(engine);
  const types = await check("types", async () => {
    const { ok, output } = await compiled;
    process.stdout.write(output);
    return ok;
  });

  const passed = tests.passed + [languages, lint, types].filter(Boolean).length;
  // The engine is no check of this project, but without one the end-to-end tests have not run.
  const failed = tests.failed + [engine, languages, lint, types].filter((ok) => !ok).length;
  process.stdout.write(line({ passed, failed, skipped: tests.skipped }));
  // A run in which no test ran proves nothing.
  if (failed > 0 || tests.passed === 0) process.exitCode = 1;
}

async function check(name: string, body: () => boolean | Promise<boolean>): Promise<boolean> {
  heading(name);
  try {
    const ok = await body();
    process.stdout.write(`${name}: ${ok ? "ok" : "FAILED"}\n`);
    return ok;
  } catch (error) {
    process.stdout.write(`${name}: FAILED\n${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
}

/** The plugin and what its tests build on a new machine, before the tests: none has to wait minutes for it. */
async function prepareLanguages(engine: Engine | undefined): Promise<boolean> {
  if (!(await runsFile("scripts/plugin.mjs"))) return false;
  // The tests say what is skipped without them.
  if (engine === undefined || !(await answers("go", "version"))) return true;
  for (const language of ["python", "go", "yaml"] as const) await ensureHost(language, engine);
  await ensureGenerator();
  if (await answers("python3", "--version")) await ensurePython();
  return true;
}

/** Whether the command is there. */
function answers(command: string, argument: string): Promise<boolean> {
  return end(command, [argument], root, process.env).then(
    ({ code }) => code === 0,
    () => false,
  );
}

/** The repository, and each example as its user would compile it. */
function typeProjects(): string[] {
  const examples = path.join(root, "examples");
  // That with the generated SDK is compiled by the engine, in tests/languages.test.ts; that with Temporal's in tests/fleet.
  const names = fs.readdirSync(examples).filter((name) => !["plugin-typescript", "fleet-temporal"].includes(name));
  const found = names.map((name) => path.join("examples", name, "tsconfig.json"));
  return ["tsconfig.json", ...found.filter((file) => fs.existsSync(path.join(root, file)))];
}

async function compile(): Promise<{ ok: boolean; output: string }> {
  const all = { ok: true, output: "" };
  for (const project of typeProjects()) {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { code, output } = await end(process.execPath, [tsc, "--project", project], root, childEnv);
    all.ok &&= code === 0;
    all.output += output;
  }
  return all;
}

function testsOf(engineFound: boolean): Promise<Counts> {
  heading("tests");
  const args = process.argv.slice(2);
  // Each would fail for the same reason, and try to make an engine first.
  if (!engineFound) args.push("--testPathIgnorePatterns", `${root}/tests/`);
  return runJest(args, childEnv);
}

function runs(script: string, args: string[]): Promise<boolean> {
  return runsFile(path.join("node_modules", script), args);
}

function runsFile(file: string, args: string[] = []): Promise<boolean> {
  const command = [path.join(root, file), ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: childEnv,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}

function heading(name: string): void {
  process.stdout.write(`\n== ${name}\n`);
}
