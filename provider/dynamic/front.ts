// Describes the dynamic front to the cloud client: its configuration is shared with Huawei Cloud's Pulumi package.
import { type Front, keyOf as keyOfFront } from "../huaweicloud/settings";

export const front: Front = {
  namespace: "huaweicloud:",
  // Huawei Cloud's own Pulumi package or Pulumi itself reads these.
  foreignKeys: new Set([
    "delegatedProject",
    "enterpriseProjectId",
    "regional",
    "signingAlgorithm",
    "skipCheckUpgrade",
    "skipCheckWebsiteType",
    "tenantId",
    "tenantName",
    "pluginDownloadURL",
    "version",
  ]),
  sharesEndpoints: true,
  toSetMap: "use `pulumi config set --path`",
  configuration: "the stack's configuration",
  withoutCredentials: "To preview without credentials, pass --refresh=false.",
};

export const keyOf = keyOfFront(front);
