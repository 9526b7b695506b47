// Describes the plugin to the cloud client, for messages.
import type { Front } from "../provider/huaweicloud/settings";
import { packageName } from "./names";

export const front: Front = {
  namespace: `${packageName}:`,
  // Pulumi itself reads these, and the plugin.
  foreignKeys: new Set(["pluginDownloadURL", "version", "refreshBeforeUpdate"]),
  sharesEndpoints: false,
  toSetMap: "use `pulumi config set --path`, or an object in the program",
  configuration: "the provider's configuration",
  withoutCredentials: "To preview without credentials, pass --refresh=false.",
};
