// `npm run --silent pulumi -- ARGS`: the engine that was found, run as if it had been typed. The user's backend, login
// and environment are theirs; only the engine's own folder comes first on PATH.

import { spawn } from "node:child_process";
import os from "node:os";
import process from "node:process";
import { engineEnvironment, ensureEngine } from "./engine";

/** Set for what this starts: a `pulumi` on PATH that calls `npm run pulumi` would start itself for ever. */
const marker = "PULUMI_EVS_RUNNING";

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  if (process.env[marker]) {
    throw new Error("The pulumi on PATH is a script that runs `npm run pulumi`, and so itself: take it off PATH.");
  }
  process.env[marker] = "1";
  const engine = await ensureEngine();
  const child = spawn(engine.command, process.argv.slice(2), {
    stdio: "inherit",
    env: engineEnvironment(engine, process.env),
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // A terminal sends Ctrl-C to the engine as well; it would count a second one as "stop at once".
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.once("error", (error) => {
    process.stderr.write(`${engine.command}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.once("close", (code, signal) => {
    process.exitCode = code ?? (signal ? 128 + os.constants.signals[signal] : 1);
  });
}
