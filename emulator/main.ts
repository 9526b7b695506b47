// `npm run emulator`: starts the emulator, says how to use it, and ends cleanly.

import { introduce, parseCommandLine, UsageError, usage } from "./commandLine";
import { startEmulator } from "./server";

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (command === "help") {
    process.stdout.write(usage);
    return;
  }
  const { json, ...options } = command;
  const emulator = await startEmulator(options);
  const description = emulator.describe();
  process.stdout.write(json ? `${JSON.stringify(description)}\n` : introduce(description));
  const stop = () => void emulator.close();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "the port is in use. Name another with --port, or leave it out for a free one.";
  if (code === "EACCES") return `${message}. Name another port or file.`;
  return message;
}

main().catch((error: unknown) => {
  process.stderr.write(`emulator: ${explain(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
