// Many accounts, all alike, from one line: what an organization looks like that makes an account for each team.

import type { AccountSeed, Contents, Seed } from "./seed";
import type { DiskSeed, KeySeed } from "./state";

/** How default encryption of a project is set. */
export type Condition =
  | "custom-key"
  | "off"
  | "never-set"
  | "service-key"
  | "disabled-key"
  | "doomed-key"
  | "deleted-key"
  | "asymmetric-key";

export const conditions: readonly Condition[] = [
  "custom-key",
  "off",
  "never-set",
  "service-key",
  "disabled-key",
  "doomed-key",
  "deleted-key",
  "asymmetric-key",
];

export interface Fleet {
  accounts: number;
  /** How many, from the list below; or which. */
  regions: number | readonly string[];
  /** In each region: its own project, and further ones named `{region}_{n}`. Default 1. */
  projectsPerRegion?: number;
  /** Dealt to the projects of an account in turn, and on from account to account. Default `custom-key` for all. */
  conditions?: readonly Condition[];
}

/** The unit that the accounts are in, and the agencies by which the management account reads each of them, and changes it. */
export const fleetUnit = "Fleet";
export const fleetAgency = "evs-auditor";
export const fleetDeployer = "evs-deployer";

const regions = [
  ...["cn-north-4", "ap-southeast-3", "eu-west-101", "la-south-2", "cn-north-1", "cn-east-3", "cn-south-1"],
  ...["ap-southeast-1", "ap-southeast-2", "ap-southeast-4", "af-south-1", "tr-west-1", "sa-brazil-1", "na-mexico-1"],
];

const symmetric = { spec: "AES_256", usage: "ENCRYPT_DECRYPT" };
const keys: readonly KeySeed[] = [
  { ...symmetric, alias: "app-disks", state: "enabled", rotation: { intervalDays: 365, rotations: 1 } },
  { ...symmetric, alias: "evs/default", state: "enabled", isDefault: true },
  { ...symmetric, alias: "retired-disks", state: "disabled" },
  { ...symmetric, alias: "doomed-disks", state: "pendingDeletion" },
  { alias: "rsa-envelopes", spec: "RSA_3072", usage: "ENCRYPT_DECRYPT", state: "enabled" },
];
const disks: readonly DiskSeed[] = [{ name: "legacy-data" }, { name: "app-data", key: "app-disks" }];

const contents: Record<Condition, Contents> = {
  "custom-key": { enabled: true, key: "app-disks", keys, disks },
  off: { enabled: false, key: "app-disks", keys, disks },
  "never-set": { enabled: false, keys, disks },
  "service-key": { enabled: true, key: "evs/default", keys, disks },
  "disabled-key": { enabled: true, key: "retired-disks", keys, disks },
  "doomed-key": { enabled: true, key: "doomed-disks", keys, disks },
  "deleted-key": { enabled: true, key: "deleted-disks", keys, disks },
  "asymmetric-key": { enabled: true, key: "rsa-envelopes", keys, disks },
};

/** The seed with the accounts `fleet-0001` and so on. Its first account, or the one that manages, can read them. */
export function withFleet(seed: Seed, fleet: Fleet): Seed {
  const management = seed.organization?.management ?? seed.accounts[0]?.name ?? "";
  const dealt = fleet.conditions ?? ["custom-key"];
  const names = projectNames(fleet);
  const accounts = Array.from({ length: fleet.accounts }, (_, index): AccountSeed => {
    return {
      name: `fleet-${String(index + 1).padStart(4, "0")}`,
      unit: fleetUnit,
      users: [],
      agencies: [
        { name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" },
        { name: fleetAgency, trust: { account: management }, role: "readOnly" },
        { name: fleetDeployer, trust: { account: management }, role: "admin" },
      ],
      projects: names.map((project, turn) => {
        const condition = dealt[(index * names.length + turn) % dealt.length] ?? "custom-key";
        return { ...project, contents: contents[condition] };
      }),
    };
  });
  const units = [...(seed.organization?.units ?? []), { name: fleetUnit }];
  return {
    ...seed,
    accounts: [...seed.accounts, ...accounts],
    organization: { management, ...seed.organization, units },
  };
}

function projectNames({ regions: wanted, projectsPerRegion = 1 }: Fleet): { region: string; name: string }[] {
  if (typeof wanted === "number" && wanted > regions.length)
    throw new Error(`A fleet has at most ${regions.length} regions, or a list of their names.`);
  const chosen = typeof wanted === "number" ? regions.slice(0, wanted) : wanted;
  return chosen.flatMap((region) =>
    Array.from({ length: projectsPerRegion }, (_, index) => ({
      region,
      name: index === 0 ? region : `${region}_${index}`,
    })),
  );
}
