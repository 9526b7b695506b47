// `emulator` on the command line: the emulated cloud, for users' own tests. It is the same as `npm run emulator`.
import { type Command, InvalidArgumentError } from "commander";

export interface EmulatorOptions {
  port: number;
  state?: string;
  json?: true;
}

export function addEmulatorCommand(program: Command, run: (options: EmulatorOptions) => Promise<void>): void {
  program
    .command("emulator")
    .description("Start a local Huawei Cloud on 127.0.0.1, for tests: IAM, STS, Organizations, KMS and EVS")
    .option("--port <number>", "listen on this port; 0 for any free one", parsePort, 0)
    .option("--state <file>", "keep the state in this file, so that it survives a restart")
    .option("--json", "print one line of JSON: endpoint, accounts, projects, keys")
    .action(run);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new InvalidArgumentError("It must be a number from 0 to 65535, such as 9876.");
  return port;
}
