// The command line of `npm run emulator`: its options, and what it prints once it runs.

import { parseArgs } from "node:util";
import type { Description } from "./describe";

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

/** Returns "help", or how to run. Throws `UsageError` with one line. */
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
    // Node's message is long; its first sentence names the option.
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

/** The lines to export, the keys to try, and where to look. */
export function introduce({ endpoint, controlToken, accounts, kmsKeys }: Description): string {
  const [account] = accounts;
  const [user] = account?.users ?? [];
  const [project] = account?.projects ?? [];
  if (account === undefined || user === undefined || project === undefined)
    return `Emulator of Huawei Cloud at ${endpoint}\n`;
  const keys = kmsKeys.filter((key) => key.projectId === project.id);
  const others = accounts.map(
    ({ domainName, users }) => `  ${domainName}: ${users.map(({ name }) => name).join(", ")}`,
  );
  return `Emulator of Huawei Cloud at ${endpoint}. Ctrl+C stops it.

To use it from a shell:

export HW_ENDPOINT_URL=${endpoint}
export HW_REGION_NAME=${project.region}
export HW_DOMAIN_NAME=${account.domainName}
export HW_USER_NAME=${user.name}
export HW_USER_PASSWORD=${user.password}

Or, instead of name and password:

export HW_ACCESS_KEY=${user.accessKey}
export HW_SECRET_KEY=${user.secretKey}

KMS keys of project ${project.name} (${project.id}):

${keys.map(({ keyId, alias, state, spec }) => `  ${keyId}  ${alias.padEnd(16)} ${spec.padEnd(9)} ${state}`).join("\n")}

Users of each account:

${others.join("\n")}

To look at the cloud and to change it, with the token of this start:

export EMULATOR_AUTHORIZATION="Authorization: Bearer ${controlToken}"

Passwords, keys and IDs:   curl -s -H "$EMULATOR_AUTHORIZATION" ${endpoint}/_emulator
What was asked of it:      curl -s -H "$EMULATOR_AUTHORIZATION" ${endpoint}/_emulator/requests
Change the key by hand:
  curl -s -H "$EMULATOR_AUTHORIZATION" -H 'Content-Type: application/json' -X PUT -d '{"keyId":"${keys[1]?.keyId ?? ""}"}' ${endpoint}/_emulator/projects/${project.id}/default-encryption
`;
}
