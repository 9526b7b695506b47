// New EVS disks of this project are encrypted, with the key that `pulumi config set kmsKeyId KEY-ID` names.

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const config = new pulumi.Config();

const encryption = new evs.DefaultEncryption("encryption");

// The first time it is switched on, the service picks its own key: so the key comes after the switch.
const key = new evs.DefaultEncryptionKey(
  "default-key",
  { kmsKeyId: config.require("kmsKeyId") },
  { dependsOn: [encryption] },
);

export const { enabled } = encryption;
export const { kmsKeyId, region, projectId } = key;
