// New EVS disks are encrypted, in each region with the key that the stack's configuration names for it.

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const config = new pulumi.Config();

const baseline = new evs.DefaultEncryptionBaseline("baseline", {
  projects: config.requireObject<Record<string, string>>("keys"),
});

export const { projects } = baseline;
