// New EVS disks of this project are encrypted with the key that `pulumi config set kmsKeyId KEY-ID` names.

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs";

const config = new pulumi.Config();

const key = new evs.DefaultEncryptionKey("default-key", { kmsKeyId: config.require("kmsKeyId") });

export const { kmsKeyId, region, projectId } = key;
