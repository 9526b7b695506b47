// The rules of EVS default encryption: which key is set, and what enabling does to it.

import type { CloudError } from "../errors";
import * as inferred from "../inferred";
import type { Cloud } from "./cloud";
import type { Key, Project } from "./state";

export const serviceKeyAlias = "evs/default";
export const agencyName = "EVSAccessKMS";

/** Returns the key evs/default. It is created when it is first needed. */
export function serviceKey(cloud: Cloud, project: Project): Key {
  const found = cloud.keys(project.id).find((key) => key.isDefault && key.alias === serviceKeyAlias);
  return found ?? cloud.addKey(project.id, { alias: serviceKeyAlias, isDefault: true });
}

/** Returns why EVS cannot encrypt disks of this project with the key, or `undefined` if it can. */
export function objectionTo(cloud: Cloud, project: Project, keyId: string): CloudError | undefined {
  const key = cloud.keyInProject(project.id, keyId);
  if (key === undefined) return inferred.keyUnknown();
  if (key.state !== "enabled") return inferred.keyNotEnabled();
  if (!inferred.suitableKeySpecs.includes(key.spec) || key.usage !== "ENCRYPT_DECRYPT") return inferred.keyUnsuitable();
  return undefined;
}

export function setKey(cloud: Cloud, project: Project, keyId: string): string {
  const objection = objectionTo(cloud, project, keyId);
  if (objection) throw objection;
  cloud.setDefaultKey(project.id, keyId.toLowerCase());
  return keyId.toLowerCase();
}

export function resetKey(cloud: Cloud, project: Project): string {
  const { id } = serviceKey(cloud, project);
  cloud.setDefaultKey(project.id, id);
  return id;
}

/** The first time takes evs/default; later the earlier key is inherited if it is still usable. */
export function enable(cloud: Cloud, project: Project): void {
  if (cloud.agency(project.accountId, agencyName) === undefined) throw inferred.agencyMissing();
  const { keyId, enabled, everEnabled } = project.defaultEncryption;
  if (enabled) return;
  const first = !everEnabled && inferred.firstEnableReplacesKey;
  const inherits = keyId !== "" && !first && objectionTo(cloud, project, keyId) === undefined;
  cloud.setDefaultEncryption(project.id, {
    keyId: inherits ? keyId : serviceKey(cloud, project).id,
    enabled: true,
  });
}

export function disable(cloud: Cloud, project: Project): void {
  cloud.setDefaultEncryption(project.id, { enabled: false });
}

/** What `GET key` answers. */
export function shownKeyId(project: Project): string {
  return project.defaultEncryption.keyId || inferred.keyIdNeverSet;
}

export function refuseWithoutBeta(cloud: Cloud, project: Project): void {
  if (cloud.account(project.accountId)?.defaultEncryptionBeta !== true) throw inferred.betaNotGranted();
}
