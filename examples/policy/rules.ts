// The rules, apart from the pack that serves them, so that they can be tested one by one. Rules about one resource see
// its inputs, with region and project resolved from configuration; rules about the stack see all resources.

import {
  type Policies,
  type PolicyResource,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
  validateResourceOfType,
} from "@pulumi/policy";
import * as evs from "pulumi-huaweicloud-evs";

export const encryptionOn: ResourceValidationPolicy = {
  name: "evs-encryption-on",
  description: "Default encryption of EVS disks is not switched off.",
  validateResource: validateResourceOfType(evs.DefaultEncryption, ({ enabled }, _, reportViolation) => {
    if (enabled === false)
      reportViolation("Default encryption is switched off: leave out `enabled`, or set it to true.");
  }),
};

export const keyOfOurs: StackValidationPolicy = {
  name: "evs-key-of-ours",
  description:
    "Where default encryption is on, a default key is declared. Else disks use the service's key, evs/default.",
  validateStack: ({ resources }, reportViolation) => {
    const keys = resources.filter((resource) => resource.isType(evs.DefaultEncryptionKey));
    for (const encryption of resources.filter((resource) => resource.isType(evs.DefaultEncryption))) {
      if (encryption.props.enabled === false || keys.some((key) => isSameProject(key, encryption))) continue;
      const message = "No DefaultEncryptionKey is declared for this project, so disks would use evs/default.";
      reportViolation(message, encryption.urn);
    }
  },
};

export const keyInUse: StackValidationPolicy = {
  name: "evs-key-in-use",
  description: "Where a default key is declared, default encryption is declared too. A key alone encrypts nothing.",
  validateStack: ({ resources }, reportViolation) => {
    const encryptions = resources.filter((resource) => resource.isType(evs.DefaultEncryption));
    for (const key of resources.filter((resource) => resource.isType(evs.DefaultEncryptionKey))) {
      if (encryptions.some((encryption) => isSameProject(key, encryption))) continue;
      const message =
        "No DefaultEncryption is declared for this project: setting its key does not switch encryption on.";
      reportViolation(message, key.urn);
    }
  },
};

/** Whether an ID is the one of evs/default cannot be seen in a program, so it takes a list. */
export const forbiddenKeys: ResourceValidationPolicy = {
  name: "evs-forbidden-keys",
  description: "The default key is none of `keyIds`: such as those of evs/default, or of keys that are being retired.",
  configSchema: { properties: { keyIds: { type: "array", items: { type: "string" }, default: [] } } },
  validateResource: validateResourceOfType(evs.DefaultEncryptionKey, ({ kmsKeyId }, args, reportViolation) => {
    const { keyIds } = args.getConfig<{ keyIds: string[] }>();
    if (keyIds.some((forbidden) => isSameId(forbidden, kmsKeyId))) {
      reportViolation(`Key ${kmsKeyId} must not be used for EVS disks.`);
    }
  }),
};

/**
 * Destroying a key resets the project to evs/default unless it says `restore`; destroying a switch that says `reset`
 * turns encryption off. A protected resource is not destroyed at all.
 */
export const destroyKeepsEncryption: ResourceValidationPolicy = {
  name: "evs-destroy-keeps-encryption",
  description:
    "Destroying does not leave a project less encrypted: `onDelete` is `restore`, or the resource is protected.",
  validateResource: [
    validateResourceOfType(evs.DefaultEncryptionKey, ({ onDelete }, { opts }, reportViolation) => {
      if (onDelete === "restore" || opts.protect) return;
      reportViolation("Destroying would make evs/default the key: set onDelete to restore, or protect the resource.");
    }),
    validateResourceOfType(evs.DefaultEncryption, ({ onDelete }, { opts }, reportViolation) => {
      if (onDelete !== "reset" || opts.protect) return;
      reportViolation("Destroying would switch encryption off: set onDelete to restore, or protect the resource.");
    }),
  ],
};

const allowedRegion = (
  region: string | undefined,
  allowed: string[],
  reportViolation: (message: string) => void,
): void => {
  if (region !== undefined && allowed.includes(region)) return;
  reportViolation(`Region ${region ?? "(none)"} is not allowed. Allowed are ${allowed.join(", ")}.`);
};

export const allowedRegions: ResourceValidationPolicy = {
  name: "evs-allowed-regions",
  description: "Projects are in the regions of `regions` only.",
  configSchema: {
    properties: { regions: { type: "array", items: { type: "string" }, minItems: 1 } },
    required: ["regions"],
  },
  validateResource: [
    validateResourceOfType(evs.DefaultEncryptionKey, ({ region }, args, reportViolation) =>
      allowedRegion(region, args.getConfig<{ regions: string[] }>().regions, reportViolation),
    ),
    validateResourceOfType(evs.DefaultEncryption, ({ region }, args, reportViolation) =>
      allowedRegion(region, args.getConfig<{ regions: string[] }>().regions, reportViolation),
    ),
  ],
};

export const rules: Policies = [
  encryptionOn,
  keyOfOurs,
  keyInUse,
  forbiddenKeys,
  destroyKeepsEncryption,
  allowedRegions,
];

// In a preview a project may have a name only: its ID is looked up when the resource is created.
function isSameProject({ props: one }: PolicyResource, { props: other }: PolicyResource): boolean {
  if (one.region !== other.region) return false;
  if (one.projectId && other.projectId) return isSameId(one.projectId, other.projectId);
  const accounts = [one, other].map(({ assumeRole: role }) => role?.domainName ?? role?.domainId);
  return one.projectName === other.projectName && accounts[0] === accounts[1];
}

function isSameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
