// Describes the command to the cloud client, for messages.
import { type Front, settingVariables } from "../provider/huaweicloud/settings";
import type { KeyOf } from "../provider/huaweicloud/transport/sentence";

export const front: Front = {
  namespace: "huaweicloud:",
  foreignKeys: new Set(),
  sharesEndpoints: false,
  toSetMap: "it is for programs",
  configuration: "a stack's configuration, which only a program reads",
  withoutCredentials: "An audit asks the cloud, so it needs them.",
};

/** A setting has no configuration key here: messages name its first variable. */
export const keyOf: KeyOf = (setting) => settingVariables[setting as keyof typeof settingVariables]?.[0] ?? setting;
