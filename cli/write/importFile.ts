// What was found, as a file for `pulumi import --file`: it puts into state what is there, so that the next preview of the
// program shows only what has to change. docs/adopting.md says why it needs both inputs and outputs.
import type { Plan, PlannedProject } from "./plan";

const kinds = {
  encryption: {
    type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
    provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryption");',
  },
  key: {
    type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
    provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
  },
};

export function toImportFile({ projects }: Plan): string {
  return `${JSON.stringify({ resources: projects.flatMap(resourcesOf) }, undefined, 2)}\n`;
}

function resourcesOf(project: PlannedProject): object[] {
  const { name, region, projectId, assumeRole, key, live } = project;
  const id = `${region}/${projectId}`;
  const target = { region, projectId, ...(assumeRole === undefined ? {} : { assumeRole }) };
  const encryption = { enabled: live.enabled, ...target, onDelete: "restore", __provider: kinds.encryption.provider };
  const resources: object[] = [
    {
      type: kinds.encryption.type,
      name,
      id,
      inputs: encryption,
      // What destroying restores is what was found.
      outputs: { ...encryption, previouslyEnabled: live.enabled },
    },
  ];
  if (key !== undefined && live.kmsKeyId !== null) {
    const properties = { kmsKeyId: live.kmsKeyId, ...target, onDelete: "reset", __provider: kinds.key.provider };
    resources.push({ type: kinds.key.type, name, id, inputs: properties, outputs: properties });
  }
  return resources;
}
