// A program worth testing. After `up`, new EVS disks of the region's project are encrypted with the key that is configured; in
// production, taking the stack down restores the key that was there before.

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const config = new pulumi.Config();

export const encryption = new evs.DefaultEncryption("encryption", { region: config.require("region") });

export const key = new evs.DefaultEncryptionKey(
  "default-key",
  {
    region: config.require("region"),
    kmsKeyId: config.require("kmsKeyId"),
    onDelete: pulumi.getStack() === "production" ? "restore" : "reset",
  },
  { dependsOn: [encryption] },
);
