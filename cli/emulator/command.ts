// `emulator` on the command line: the emulated cloud, for users' own tests.
import type { Command } from "commander";

export interface EmulatorOptions {
  port?: string;
  state?: string;
  fleet?: string;
  json?: true;
}

export function addEmulatorCommand(program: Command, run: (options: EmulatorOptions) => Promise<void>): void {
  program
    .command("emulator")
    .description("Start a local Huawei Cloud on 127.0.0.1, for tests: IAM, STS, Organizations, KMS and EVS")
    .option("--port <number>", "listen on this port (default: any free one)")
    .option("--state <file>", "keep the state in this file, so that it survives a restart")
    .option("--fleet <AxR>", "A accounts more with a project in each of R regions, set in every way; for a new state")
    .option("--json", "print one line of JSON: endpoint, accounts, projects, keys")
    .action(run);
}
