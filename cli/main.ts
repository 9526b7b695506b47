#!/usr/bin/env node
// The command `pulumi-huaweicloud-evs`: its parts, how it ends, and what it prints when it fails. Each part is loaded when it
// is called.
import process from "node:process";
import v8 from "node:v8";
import { Command, CommanderError } from "commander";
import { version } from "../provider/huaweicloud/transport/version";
import { addAuditCommand } from "./audit/command";
import { addEmulatorCommand } from "./emulator/command";
import { shown } from "./library";
import { UsageError } from "./usageError";

export { auditAccounts, findAccounts, shown, UsageError } from "./library";

// Lower V8 limits: 117 MB for 1,000 accounts instead of 251, most of which was garbage (docs/quality.md).
v8.setFlagsFromString("--optimize-for-size");
v8.setFlagsFromString("--semi-space-growth-factor=1");

/** As sysexits.h has it: the command was used in a wrong way. */
const usageExitCode = 64;
/** Characters of a message, as of an error of the client. */
const maxMessage = 10_000;
/** A failed command has checked nothing. */
const failureExitCode = 2;

async function main(): Promise<number> {
  const stop = new AbortController();
  // A second signal ends the process at once.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  // The reader may close the pipe early, as `head` does.
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE") process.stderr.write(`error: standard output cannot be written (${code}).\n`);
    process.exit(failureExitCode);
  });
  let exitCode = 0;
  const program = new Command("pulumi-huaweicloud-evs")
    .description("Default encryption of Huawei Cloud EVS disks: look at it everywhere, and try it without a cloud.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(--help shows all options)");
  addAuditCommand(program, async (options) => {
    const { runAudit } = await import("./audit/run");
    const { env: environment, stdout, stderr } = process;
    exitCode = await runAudit(options, { environment, stdout, stderr, stop: stop.signal, now: () => new Date() });
  });
  addEmulatorCommand(program, async (options) => {
    const { runEmulator } = await import("./emulator/run");
    await runEmulator(options, { stdout: process.stdout, stop: stop.signal });
  });
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync();
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageExitCode;
    const { message } = error as Error;
    process.stderr.write(`error: ${shown(message, maxMessage)}\n`);
    return error instanceof UsageError ? usageExitCode : failureExitCode;
  }
}

// Pending requests would keep the process alive.
if (require.main === module) main().then((code) => process.exit(code));
