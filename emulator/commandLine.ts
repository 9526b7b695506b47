// The command line of `npm run emulator`: what may be said, and what is wrong with what was.

import { parseArgs } from "node:util";

export const usage = `Usage: npm run emulator -- [--port N] [--state FILE] [--json]

A local Huawei Cloud: IAM, STS, KMS and EVS default encryption, on 127.0.0.1.

  --port N      listen on this port (default: any free one)
  --state FILE  keep the state in this file, so that it survives a restart
  --json        print one line of JSON: endpoint, accounts, projects, keys
  --help        print this
`;

export interface RunCommand {
  port: number;
  stateFile?: string;
  json: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** "help", or how to run. Throws UsageError with one line. */
export function parseCommandLine(args: readonly string[]): RunCommand | "help" {
  const { port, state, json, help } = parse(args);
  if (help === true) return "help";
  return {
    port: port === undefined ? 0 : parsePort(port),
    ...(state === undefined ? {} : { stateFile: state }),
    json: json === true,
  };
}

function parse(args: readonly string[]) {
  const options = {
    port: { type: "string" },
    state: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Node explains at length; the first sentence names the option.
    const [firstSentence = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\n/);
    throw new UsageError(`${firstSentence.replace(/\.$/, "")}. See --help.`);
  }
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageError(`--port must be a number from 0 to 65535, such as 9876, not ${JSON.stringify(text)}.`);
  return port;
}
