// The emulator as a command: it runs until it is stopped.
import { introduce } from "../../emulator/commandLine";
import { startEmulator } from "../../emulator/server";
import { UsageError } from "../usageError";
import type { EmulatorOptions } from "./command";

/** Resolves when it is stopped. Throws a `UsageError` if it cannot start. */
export async function runEmulator(
  { port, state, json }: EmulatorOptions,
  { stdout, stop }: { stdout: NodeJS.WritableStream; stop: AbortSignal },
): Promise<void> {
  const emulator = await startEmulator({ port, ...(state === undefined ? {} : { stateFile: state }) }).catch(refuse);
  const description = emulator.describe();
  stdout.write(json ? `${JSON.stringify(description)}\n` : introduce(description));
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await emulator.close();
}

function refuse(error: NodeJS.ErrnoException): never {
  if (error.code === "EADDRINUSE") throw new UsageError("The port is in use: name another with --port.");
  throw new UsageError(error.message);
}
