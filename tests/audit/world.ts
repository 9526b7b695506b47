// A cloud of three accounts with four regions each, every kind of failure among them, and the command as a user runs it.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { type ProjectFinding, type Report, report } from "../../cli/report/findings";
import type { AccountSeed, Contents, Seed } from "../../emulator/cloud/seed";
import { type Emulator, startEmulator } from "../../emulator/server";
import { type CommandOptions, type CommandResult, runCommand } from "../harness/command";
import { checkout, compiled } from "../harness/readiness";

export const regions = ["cn-north-4", "ap-southeast-3", "eu-west-101", "la-south-2"] as const;
type Region = (typeof regions)[number];

const symmetric = { spec: "AES_256", usage: "ENCRYPT_DECRYPT" };
const keys: Contents["keys"] = [
  { ...symmetric, alias: "app-disks", state: "enabled", rotation: { intervalDays: 90, rotations: 1 } },
  { ...symmetric, alias: "other-disks", state: "enabled" },
  { ...symmetric, alias: "evs/default", state: "enabled", isDefault: true },
  { ...symmetric, alias: "retired-disks", state: "disabled" },
  { ...symmetric, alias: "doomed-disks", state: "pendingDeletion" },
  { alias: "rsa-envelopes", spec: "RSA_3072", usage: "ENCRYPT_DECRYPT", state: "enabled" },
];
const disks: Contents["disks"] = [
  { name: "legacy" },
  { name: "app", key: "app-disks" },
  { name: "more", key: "app-disks" },
];
const on = (key: string): Contents => ({ enabled: true, key, keys, disks });
const off = (key?: string): Contents => ({ enabled: false, ...(key === undefined ? {} : { key }), keys, disks });

/** What each project of each account is like. */
export const world: Record<string, Record<Region, Contents>> = {
  alpha: {
    "cn-north-4": on("app-disks"),
    "ap-southeast-3": off(),
    "eu-west-101": on("evs/default"),
    "la-south-2": off("app-disks"),
  },
  beta: {
    "cn-north-4": on("other-disks"),
    "ap-southeast-3": on("retired-disks"),
    "eu-west-101": on("doomed-disks"),
    "la-south-2": on("deleted-disks"),
  },
  gamma: {
    "cn-north-4": on("rsa-envelopes"),
    "ap-southeast-3": on("app-disks"),
    "eu-west-101": on("app-disks"),
    "la-south-2": on("app-disks"),
  },
};

const password = "Emulator-Auditor-Pa55";

function accountSeed([name, projects]: [string, Record<Region, Contents>]): AccountSeed {
  return {
    name,
    users:
      name === "alpha"
        ? [
            { name: "auditor", password, role: "auditor" },
            { name: "admin", password, role: "admin" },
          ]
        : [],
    projects: Object.entries(projects).map(([region, contents]) => ({ region, name: region, contents })),
    agencies: [
      { name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" },
      { name: "evs-auditor", trust: { account: "alpha" }, role: "readOnly" },
      { name: "evs-admin", trust: { account: "alpha" }, role: "admin" },
    ],
    ...(name === "alpha" ? {} : { unit: "Products" }),
  };
}

export const seed: Seed = {
  accounts: [
    ...Object.entries(world).map(accountSeed),
    { name: "closed", status: "suspended", unit: "Products", users: [], projects: [], agencies: [] },
    { name: "stranger", unit: "Guests", users: [], projects: [], agencies: [] },
  ],
  keys: [],
  organization: {
    management: "alpha",
    units: [{ name: "Products" }, { name: "Guests", parent: "Products" }, { name: "Empty" }],
  },
};

jest.setTimeout(120_000);

export class World {
  readonly folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-audit-"));
  readonly env: Record<string, string>;

  private constructor(readonly emulator: Emulator) {
    this.env = {
      PATH: process.env.PATH ?? "",
      HOME: this.folder,
      HW_ENDPOINT_URL: emulator.endpoint,
      HW_REGION_NAME: "cn-north-4",
      HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9",
      ...this.credentials("auditor"),
    };
  }

  static async start(): Promise<World> {
    await compiled();
    return new World(await startEmulator({ seed }));
  }

  credentials(user: string): Record<string, string> {
    const { accessKey, secretKey } = this.emulator.cloud.user("alpha", user) ?? { accessKey: "", secretKey: "" };
    return { HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey };
  }

  async end(): Promise<void> {
    await this.emulator.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  project(account: string, name: string): string {
    const owner = this.emulator.cloud.account(account);
    return this.emulator.cloud.projects(owner?.id).find((project) => project.name === name)?.id ?? "";
  }

  key(account: string, project: string, alias: string): string {
    return this.emulator.cloud.keyByAlias(this.project(account, project), alias)?.id ?? "";
  }

  /** Writes a file beside the command, and returns its name. */
  file(name: string, content: string | object): string {
    fs.writeFileSync(path.join(this.folder, name), typeof content === "string" ? content : JSON.stringify(content));
    return name;
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.folder, name), "utf8");
  }

  run(args: string[], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
    const command = [path.join(checkout, "cli", "dist", "main.js"), ...args];
    return runCommand(process.execPath, command, {
      cwd: this.folder,
      ...options,
      env: { ...this.env, ...options.env },
    });
  }

  audit(args: string[] = [], options: Partial<CommandOptions> = {}): Promise<CommandResult> {
    return this.run(["audit", ...args], options);
  }

  /** The report of `--format json`, as its schema has it, and the exit code. */
  async report(args: string[] = [], options: Partial<CommandOptions> = {}): Promise<Report & { code: number }> {
    const { code, stdout, stderr } = await this.audit([...args, "--format", "json"], options);
    if (stdout === "") throw new Error(`nothing on standard output:\n${stderr}`);
    return { code, ...report.parse(JSON.parse(stdout)) };
  }
}

/** Account, region and verdict of each entry: `alpha cn-north-4 ok`. */
export function verdictsOf({ projects }: Report): string[] {
  return projects.map(({ account, region, projectName, verdict, cause }) => {
    const place = projectName === region ? region : (projectName ?? region);
    return [account.name, place, verdict, cause].filter((part) => part !== null && part !== undefined).join(" ");
  });
}

export function findingOf({ projects }: Report, account: string, region: string): ProjectFinding {
  const found = projects.find((finding) => finding.account.name === account && finding.region === region);
  if (found === undefined) throw new Error(`no finding of ${account} in ${region}`);
  return found;
}
