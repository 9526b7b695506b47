// The cloud as it is on a first start: its accounts, users, agencies, projects and keys, by name. IDs follow from the names.

import type { Seed } from "./cloud/seed";

export const defaultSeed: Seed = {
  organization: {
    management: "example-company",
    delegatedAdministrators: ["example-partner"],
    units: [{ name: "Workloads" }, { name: "Sandbox", parent: "Workloads" }],
  },
  accounts: [
    {
      name: "example-company",
      users: [
        { name: "deployer", password: "Emulator-Deployer-Pa55", role: "admin" },
        { name: "auditor", password: "Emulator-Auditor-Pa55", role: "readOnly" },
        { name: "disk-operator", password: "Emulator-Operator-Pa55", role: "noKms" },
        { name: "pipeline", password: "Emulator-Pipeline-Pa55", role: "noProjectList" },
      ],
      projects: [
        { region: "cn-north-4", name: "cn-north-4" },
        { region: "cn-north-4", name: "cn-north-4_team" },
        { region: "ap-southeast-3", name: "ap-southeast-3" },
        { region: "eu-west-101", name: "eu-west-101" },
        { region: "la-south-2", name: "la-south-2" },
      ],
      agencies: [
        { name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" },
        { name: "ecs-deployer", trust: { service: "ECS" }, role: "admin" },
        { name: "oidc-deployer", trust: "oidc", role: "admin" },
      ],
    },
    {
      name: "example-partner",
      unit: "Workloads",
      users: [{ name: "partner-admin", password: "Emulator-Partner-Pa55", role: "admin" }],
      projects: [
        { region: "cn-north-4", name: "cn-north-4" },
        { region: "ap-southeast-3", name: "ap-southeast-3" },
      ],
      agencies: [
        { name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" },
        { name: "evs-deployer", trust: { account: "example-company" }, role: "admin" },
        { name: "evs-reader", trust: { account: "example-company" }, role: "readOnly" },
      ],
    },
    {
      name: "example-newcomer",
      unit: "Sandbox",
      users: [{ name: "newcomer-admin", password: "Emulator-Newcomer-Pa55", role: "admin" }],
      projects: [{ region: "cn-north-4", name: "cn-north-4" }],
      agencies: [{ name: "evs-chained", trust: { account: "example-partner" }, role: "admin" }],
    },
    {
      name: "example-without-beta",
      defaultEncryptionBeta: false,
      users: [{ name: "waiting-admin", password: "Emulator-Waiting-Pa55", role: "admin" }],
      projects: [{ region: "cn-north-4", name: "cn-north-4" }],
      agencies: [{ name: "EVSAccessKMS", trust: { service: "EVS" }, role: "admin" }],
    },
  ],
  disks: [{ name: "legacy-data" }, { name: "app-data", key: "app-disks" }],
  // Every project has these. The two usable ones come first.
  keys: [
    { alias: "app-disks", spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "enabled" },
    { alias: "app-disks-next", spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "enabled" },
    { alias: "retired-disks", spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "disabled" },
    { alias: "doomed-disks", spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "pendingDeletion" },
    { alias: "awaited-disks", spec: "AES_256", usage: "ENCRYPT_DECRYPT", state: "pendingImport" },
    { alias: "sm4-disks", spec: "SM4", usage: "ENCRYPT_DECRYPT", state: "enabled" },
    { alias: "rsa-envelopes", spec: "RSA_3072", usage: "ENCRYPT_DECRYPT", state: "enabled" },
    { alias: "ec-signatures", spec: "EC_P256", usage: "SIGN_VERIFY", state: "enabled" },
    { alias: "hmac-tokens", spec: "HMAC_256", usage: "GENERATE_VERIFY_MAC", state: "enabled" },
  ],
};
