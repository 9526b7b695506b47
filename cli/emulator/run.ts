// The emulator as a command: the same as `npm run emulator` of a checkout. It runs until it is stopped.
import { introduce, parseCommandLine } from "../../emulator/commandLine";
import { startEmulator } from "../../emulator/server";
import { UsageError } from "../usageError";
import type { EmulatorOptions } from "./command";

/** Resolves when it is stopped. Throws a `UsageError` if it cannot start. */
export async function runEmulator(
  options: EmulatorOptions,
  { stdout, stop }: { stdout: NodeJS.WritableStream; stop: AbortSignal },
): Promise<void> {
  const emulator = await start(options);
  const description = emulator.describe();
  stdout.write(options.json ? `${JSON.stringify(description)}\n` : introduce(description));
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await emulator.close();
}

async function start(options: EmulatorOptions) {
  try {
    const command = parseCommandLine(
      (["port", "state", "fleet"] as const).flatMap((name) => options[name]?.replace(/^/, `--${name}=`) ?? []),
    );
    if (command === "help") throw new Error("no help was asked for");
    const { json: _, ...emulator } = command;
    return await startEmulator(emulator);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(code === "EADDRINUSE" ? "The port is in use: name another with --port." : message);
  }
}
