// The plan as a Pulumi program in YAML, for the plugin `huaweicloud-evs`.
import { stringify } from "yaml";
import type { Plan, PlannedProject } from "./plan";

export function toYaml({ projects, leftOut }: Plan, madeAt: Date): string {
  const usesConfiguration = projects.some(({ key }) => key === "configured");
  const program = {
    name: "default-encryption",
    runtime: "yaml",
    description: `Default encryption of new EVS disks, as an audit of ${madeAt.toISOString().slice(0, 10)} found it and as it should be`,
    ...(usesConfiguration ? { configuration: { keyAlias: { type: "string" } } } : {}),
    resources: Object.fromEntries(projects.flatMap(resourcesOf)),
  };
  const comments = leftOut.map((line) => `#   ${comment(line)}\n`);
  const head = comments.length > 0 ? `# Not declared:\n${comments.join("")}` : "";
  return head + stringify(program, { lineWidth: 0 });
}

function resourcesOf({ name, region, projectId, assumeRole, key }: PlannedProject): [string, object][] {
  const target = { region, projectId, ...(assumeRole === undefined ? {} : { assumeRole }) };
  const switchName = `${name}-encryption`;
  const encryption = { type: "huaweicloud-evs:index:DefaultEncryption", name, properties: escaped(target) };
  if (key === undefined) return [[switchName, encryption]];
  return [
    [switchName, encryption],
    [
      `${name}-key`,
      {
        type: "huaweicloud-evs:index:DefaultEncryptionKey",
        name,
        properties: { kmsKeyId: keyOf(key, escaped(target)), ...escaped(target) },
        // The first time it is switched on, the service's own key becomes the default: so the key comes after.
        options: { dependsOn: [reference(switchName)] },
      },
    ],
  ];
}

function keyOf(key: NonNullable<PlannedProject["key"]>, target: object): unknown {
  if (typeof key === "object" && "id" in key) return key.id;
  const alias = key === "configured" ? reference("keyAlias") : escaped(key.alias);
  const getKmsKey = { function: "huaweicloud-evs:index:getKmsKey", arguments: { ...target, alias }, return: "keyId" };
  return { "fn::invoke": getKmsKey };
}

function reference(name: string): string {
  return `\${${name}}`;
}

/** In Pulumi's YAML `${` begins a reference. */
function escaped<T>(value: T): T {
  if (typeof value === "string") return value.replaceAll("${", () => `$\${`) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, escaped(one)])) as T;
}

function comment(text: string): string {
  return text.replace(/[\r\n\u0085\u2028\u2029]+/g, " ");
}
