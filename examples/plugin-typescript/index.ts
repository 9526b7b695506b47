// New EVS disks are encrypted, with your key, in two regions of one account and in one of another.
//
//   pulumi plugin install resource huaweicloud-evs VERSION -f TARBALL
//   pulumi config set keyAlias app-disks
//   pulumi config set partnerAccessKey …
//   pulumi config set --secret partnerSecretKey …
//   pulumi up

import * as pulumi from "@pulumi/pulumi";
import * as evs from "pulumi-huaweicloud-evs-sdk";

const config = new pulumi.Config();
const alias = config.require("keyAlias");

const keys = ["cn-north-4", "ap-southeast-3"].map((region) => {
  const encryption = new evs.DefaultEncryption(`encryption-${region}`, { region });
  // Keys are regional: each region has its own of this alias.
  const kmsKeyId = evs.getKmsKeyOutput({ region, alias }).keyId;
  // The first time it is switched on, the service picks its own key: so the key comes after the switch.
  const key = new evs.DefaultEncryptionKey(`key-${region}`, { region, kmsKeyId }, { dependsOn: [encryption] });
  return [region, key.kmsKeyId] as const;
});

// Another account has a provider of its own: with its own credentials, and its own region.
const provider = new evs.Provider("partner", {
  region: "cn-north-4",
  accessKey: config.require("partnerAccessKey"),
  secretKey: config.requireSecret("partnerSecretKey"),
});
const encryption = new evs.DefaultEncryption("encryption-partner", {}, { provider });
const key = new evs.DefaultEncryptionKey(
  "key-partner",
  { kmsKeyId: evs.getKmsKeyOutput({ alias }, { provider }).keyId },
  { provider, dependsOn: [encryption] },
);

export const kmsKeyIds = { ...Object.fromEntries(keys), partner: key.kmsKeyId };
