// The emulator in a process of its own, so that its work is not counted as that of what is measured: started by audit.ts with a
// fleet in its first argument. It answers every message with the requests that it has had.

import process from "node:process";
import { type Fleet, withFleet } from "../../emulator/cloud/fleet";
import type { Seed } from "../../emulator/cloud/seed";
import type { Throttle } from "../../emulator/gateway";
import { startEmulator } from "../../emulator/server";

export interface FleetProcess {
  fleet: Fleet;
  latencyMs: number;
  throttle?: Throttle;
}

export interface Started {
  endpoint: string;
  accessKey: string;
  secretKey: string;
}

export interface Counted {
  sent: number;
  refused: number;
}

/** An account that manages the others, and has nothing itself. */
const seed: Seed = {
  accounts: [
    {
      name: "management",
      users: [{ name: "auditor", password: "unused", role: "auditor" }],
      projects: [],
      agencies: [],
    },
  ],
  keys: [],
};

async function main(): Promise<void> {
  const { fleet, ...options }: FleetProcess = JSON.parse(process.argv[2] ?? "");
  const emulator = await startEmulator({ ...options, seed: withFleet(seed, fleet) });
  const { accessKey = "", secretKey = "" } = emulator.cloud.user("management", "auditor") ?? {};
  process.on("message", () => {
    const refused = emulator.requests.filter(({ status }) => status === 429).length;
    process.send?.({ sent: emulator.requests.length, refused } satisfies Counted);
  });
  process.send?.({ endpoint: emulator.endpoint, accessKey, secretKey } satisfies Started);
}

void main();
