// What was found, as a file for `pulumi import --file`: it puts into state what is there, so that the next preview of the
// program shows only what has to change. docs/adopting.md says why it needs both inputs and outputs.
import type { Plan, PlannedProject } from "./plan";

/** Which provider serves the program: the dynamic one of TypeScript programs, or the plugin of YAML's. */
export type Front = "dynamic" | "plugin";

const kinds: Record<Front, Record<"encryption" | "key", { type: string; hidden: object }>> = {
  dynamic: {
    encryption: {
      type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryption",
      hidden: { __provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryption");' },
    },
    key: {
      type: "pulumi-nodejs:dynamic/huaweicloud/evs:DefaultEncryptionKey",
      hidden: {
        __provider: 'exports.handler = () => require("pulumi-huaweicloud-evs/provider/defaultEncryptionKey");',
      },
    },
  },
  plugin: {
    encryption: { type: "huaweicloud-evs:index:DefaultEncryption", hidden: {} },
    key: { type: "huaweicloud-evs:index:DefaultEncryptionKey", hidden: {} },
  },
};

export function toImportFile({ projects }: Plan, front: Front): string {
  const resources = projects.flatMap((project) => resourcesOf(project, front));
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}

function resourcesOf({ name, region, projectId, assumeRole, key, live }: PlannedProject, front: Front): object[] {
  const kind = kinds[front];
  const id = `${region}/${projectId}`;
  const target = { region, projectId, ...(assumeRole === undefined ? {} : { assumeRole }) };
  const encryption = { enabled: live.enabled, ...target, onDelete: "restore", ...kind.encryption.hidden };
  // What destroying restores is what was found.
  const outputs = { ...encryption, previouslyEnabled: live.enabled };
  const resources: object[] = [{ type: kind.encryption.type, name, id, inputs: encryption, outputs }];
  if (key !== undefined && live.kmsKeyId !== null) {
    const properties = { kmsKeyId: live.kmsKeyId, ...target, onDelete: "reset", ...kind.key.hidden };
    resources.push({ type: kind.key.type, name, id, inputs: properties, outputs: properties });
  }
  return resources;
}
