// New EVS disks of several accounts are encrypted, in the same regions everywhere. Your credentials are the trusted party:
// each account has an agency that trusts your account and may manage EVS and read KMS keys. The key is found by its alias.
//
//   pulumi config set --path 'accounts[0]' example-partner
//   pulumi config set --path 'regions[0]' cn-north-4
//   pulumi config set agencyName evs-deployer
//   pulumi config set keyAlias app-disks
//   pulumi up --continue-on-error

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const config = new pulumi.Config();
const agencyName = config.require("agencyName");
const alias = config.require("keyAlias");

const entries = config.requireObject<string[]>("accounts").flatMap((domainName) =>
  config.requireObject<string[]>("regions").map((region) => {
    const target = { region, assumeRole: { agencyName, domainName } };
    return [`${domainName}-${region}`, { ...target, kmsKeyId: evs.getKmsKeyOutput({ ...target, alias }).keyId }];
  }),
);

const baseline = new evs.DefaultEncryptionBaseline("baseline", { projects: Object.fromEntries(entries) });

export const projects = baseline.projects;
