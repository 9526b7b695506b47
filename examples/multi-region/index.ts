// New EVS disks of every region that the configuration names are encrypted, with the region's own key: keys are regional.
//
//   pulumi config set --path 'keys["cn-north-4"]' KEY-ID
//   pulumi config set --path 'keys["ap-southeast-3"]' KEY-ID
//   pulumi up --continue-on-error

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const keys = new pulumi.Config().requireObject<Record<string, string>>("keys");

const baseline = new evs.DefaultEncryptionBaseline("baseline", {
  projects: keys,
  // Taking the stack down leaves each region as it was found.
  onDelete: "restore",
});

export const projects = baseline.projects;
