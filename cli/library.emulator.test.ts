// What a program uses of this package: the accounts as the audit finds them, and an audit of them into files.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fleetAgency, withFleet } from "../emulator/cloud/fleet";
import type { Seed } from "../emulator/cloud/seed";
import { type Emulator, startEmulator } from "../emulator/server";
import { auditAccounts, findAccounts, shown, UsageError } from "./library";

const seed: Seed = {
  accounts: [
    { name: "management", users: [{ name: "auditor", password: "x", role: "auditor" }], projects: [], agencies: [] },
  ],
  keys: [],
};

let emulator: Emulator;
let folder: string;
const before = { ...process.env };
beforeEach(async () => {
  emulator = await startEmulator({
    seed: withFleet(seed, { accounts: 2, regions: 2, conditions: ["custom-key", "custom-key", "off", "custom-key"] }),
  });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-library-"));
  const { accessKey = "", secretKey = "" } = emulator.cloud.user("management", "auditor") ?? {};
  for (const name of Object.keys(process.env)) if (/^(HW|OS|HC|HUAWEICLOUD)_/.test(name)) delete process.env[name];
  Object.assign(process.env, {
    HOME: folder,
    HW_ENDPOINT_URL: emulator.endpoint,
    HW_ENDPOINT_URL_METADATA: "http://127.0.0.1:9",
    HW_ACCESS_KEY: accessKey,
    HW_SECRET_KEY: secretKey,
    HW_REGION_NAME: "cn-north-4",
    // An audit that was stopped does not wait for what it has sent.
    HW_MAX_RETRIES: "0",
  });
});
afterEach(async () => {
  await emulator.close();
  fs.rmSync(folder, { recursive: true });
  process.env = { ...before };
});

const file = (name: string, content?: object) => {
  const place = path.join(folder, name);
  if (content !== undefined) fs.writeFileSync(place, JSON.stringify(content));
  return place;
};

it("finds the accounts of a file, each with its agency and regions", async () => {
  const accounts = file("accounts.json", {
    accounts: [
      { name: "fleet-0001", agency: "own" },
      { id: "0123456789abcdef0123456789abcdef", regions: ["eu-west-101"] },
      { name: "management" },
    ],
  });
  const found = await findAccounts({ file: accounts, agency: fleetAgency });
  expect(JSON.parse(JSON.stringify(found))).toEqual([
    { account: { id: null, name: "fleet-0001" }, role: { agencyName: "own", domainName: "fleet-0001" } },
    {
      account: { id: "0123456789abcdef0123456789abcdef", name: null },
      role: { agencyName: fleetAgency, domainId: "0123456789abcdef0123456789abcdef" },
      regions: ["eu-west-101"],
    },
    // That of the credentials needs no agency.
    { account: { id: emulator.cloud.account("management")?.id, name: "management" } },
  ]);
});

it("finds the accounts of the organization, and says of a closed one why it cannot be entered", async () => {
  emulator.cloud.setAccountStatus("fleet-0002", "suspended");
  const found = await findAccounts({ organization: {}, agency: fleetAgency });
  expect(found.map(({ account, role, unreachable }) => [account.name, role?.agencyName, unreachable?.cause])).toEqual([
    ["management", undefined, undefined],
    ["fleet-0001", fleetAgency, undefined],
    ["fleet-0002", undefined, "account-closed"],
  ]);
});

it("audits accounts that were found before, and writes what it finds", async () => {
  const found = await findAccounts({ organization: {}, agency: fleetAgency });
  const [, first, second] = found;
  if (first === undefined || second === undefined) throw new Error("the fleet has two accounts");
  const files = { html: file("audit.html"), json: file("audit.json") };
  emulator.clearRequests();

  expect(await auditAccounts([first], { expectKey: "app-disks", ...files })).toBe(0);
  expect(JSON.parse(fs.readFileSync(files.json, "utf8")).summary).toMatchObject({
    accounts: 1,
    projects: 2,
    findings: 0,
  });
  expect(fs.readFileSync(files.html, "utf8")).toContain("fleet-0001");
  // They are not looked for again.
  expect(emulator.requests.filter(({ service }) => service === "organizations")).toEqual([]);

  expect(await auditAccounts([first, second], files)).toBe(1);
  expect(await auditAccounts([second], { ...files, regions: ["ap-southeast-3"] })).toBe(0);
  // Regions of its own beat those of the audit, and none of its own are all.
  const inRegion = (region: string) => ({ ...second, regions: [region] });
  expect(await auditAccounts([inRegion("cn-north-4")], { regions: ["ap-southeast-3"] })).toBe(1);
  expect(await auditAccounts([inRegion("ap-southeast-3")], { regions: ["cn-north-4"] })).toBe(0);
  expect(await auditAccounts([{ ...second, regions: [] }])).toBe(1);
  expect(await auditAccounts([{ ...second, regions: [] }], { regions: ["ap-southeast-3"] })).toBe(0);
  expect(await auditAccounts([first], { expectKey: "another" })).toBe(1);
  const unreachable = { cause: "account-closed", reason: "It is closed." } as const;
  expect(await auditAccounts([{ account: { id: null, name: "c" }, unreachable }])).toBe(2);
  expect(await auditAccounts([first], { stop: AbortSignal.abort() })).toBe(2);
});

it("tells a mistake of the user's from all else", async () => {
  await expect(findAccounts({ file: file("nothing.json") })).rejects.toThrow(UsageError);
  delete process.env.HW_REGION_NAME;
  await expect(findAccounts({ organization: {}, agency: fleetAgency })).rejects.toThrow(/No region is known/);
});

it("shows a text from outside in one line", () => {
  expect(shown("\u001b[31mno\u001b[0m\nwhy")).toBe("no why");
  expect(shown("x".repeat(3000))).toHaveLength(1000);
  expect(shown("x".repeat(3000), 2000)).toHaveLength(2000);
});

it("is what the command's one file exports, and requiring that runs no command", () => {
  const bundle = path.resolve(__dirname, "dist", "main.js");
  const script = `console.log(Object.keys(require(${JSON.stringify(bundle)})).sort().join())`;
  const said = execFileSync(process.execPath, ["-e", script, "audit"], { encoding: "utf8" });
  expect(said).toBe("UsageError,auditAccounts,findAccounts,shown\n");
  const types = fs.readFileSync(path.resolve(__dirname, "index.d.ts"), "utf8");
  const declared = [...types.matchAll(/^export (?:class|function) (\w+)/gm)].map(([, name]) => name);
  expect(declared.sort().join()).toBe(said.trim());
});
