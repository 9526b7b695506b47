// The command line of `npm run emulator`: its options, and what it prints once it runs.

import { parseArgs } from "node:util";
import { conditions, fleetAgency, withFleet } from "./cloud/fleet";
import type { Seed } from "./cloud/seed";
import { defaultSeed } from "./defaults";
import type { Description } from "./describe";

export const usage = `Usage: npm run emulator -- [--port N] [--state FILE] [--fleet AxR] [--json]

A local Huawei Cloud: IAM, STS, KMS, EVS and Organizations, on 127.0.0.1.

  --port N      listen on this port (default: any free one)
  --state FILE  keep the state in this file, so that it survives a restart
  --fleet AxR   A accounts more with a project in each of R regions, set in every way, right and wrong; for a new state
  --json        print one line of JSON: endpoint, accounts, projects, keys
  --help        print this
`;

export interface RunCommand {
  port: number;
  stateFile?: string;
  seed?: Seed;
  json: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Returns "help", or how to run. Throws `UsageError` with one line. */
export function parseCommandLine(args: readonly string[]): RunCommand | "help" {
  const { port, state, fleet, json, help } = parse(args);
  if (help === true) return "help";
  return {
    port: port === undefined ? 0 : parsePort(port),
    ...(state === undefined ? {} : { stateFile: state }),
    ...(fleet === undefined ? {} : { seed: parseFleet(fleet) }),
    json: json === true,
  };
}

function parse(args: readonly string[]) {
  const options = {
    port: { type: "string" },
    state: { type: "string" },
    fleet: { type: "string" },
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

function parseFleet(text: string): Seed {
  const [, accounts, regions] = /^([1-9]\d{0,3})x([1-9]\d?)$/.exec(text) ?? [];
  if (accounts === undefined || regions === undefined)
    throw new UsageError(`--fleet must be numbers of accounts and regions, such as 3x4, not ${JSON.stringify(text)}.`);
  try {
    return withFleet(defaultSeed, { accounts: Number(accounts), regions: Number(regions), conditions });
  } catch (error) {
    throw new UsageError(`--fleet ${text}: ${(error as Error).message}`);
  }
}

/** The lines to export, the keys to try, and where to look. */
export function introduce({ endpoint, controlToken, accounts, kmsKeys }: Description): string {
  const [account] = accounts;
  const [user] = account?.users ?? [];
  const [project] = account?.projects ?? [];
  if (account === undefined || user === undefined || project === undefined)
    return `Emulator of Huawei Cloud at ${endpoint}\n`;
  const keys = kmsKeys.filter((key) => key.projectId === project.id);
  const others = accounts
    .filter(({ users }) => users.length > 0)
    .map(({ domainName, users }) => `  ${domainName}: ${users.map(({ name }) => name).join(", ")}`);
  const fleet = accounts.filter(({ agencies }) => agencies.some(({ name }) => name === fleetAgency)).length;
  const audit = `To audit the fleet, ${fleet} accounts that trust this one, with the access key:

pulumi-huaweicloud-evs audit --organization --agency ${fleetAgency}

`;
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

${fleet > 0 ? audit : ""}KMS keys of project ${project.name} (${project.id}):

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
