// The plan as a Pulumi program in TypeScript.
import type { Plan, PlannedProject } from "./plan";

export function toTypeScript({ projects, leftOut }: Plan, madeAt: Date): string {
  const usesConfiguration = projects.some(({ key }) => key === "configured");
  const usesAlias = usesConfiguration || projects.some(({ key }) => isByAlias(key));
  return `// Default encryption of new EVS disks, as an audit of ${madeAt.toISOString().slice(0, 10)} found it and as it should be.
// Resources marked with "changes" differ from the cloud. All others are declared as they are.
${leftOut.length > 0 ? `//\n// Not declared:\n${leftOut.map((line) => `//   ${comment(line)}\n`).join("")}` : ""}${
  usesConfiguration
    ? `//\n// No expectation names the key of some projects: pulumi config set keyAlias app-disks\n`
    : ""
}
${usesConfiguration ? `import * as pulumi from "@pulumi/pulumi";\n` : ""}import * as evs from "pulumi-huaweicloud-evs";

interface Project extends evs.TargetFunctionArgs {
  region: string;
  projectId: string;
  /** ID of the key. ${usesAlias ? "With neither it nor an alias" : "Without it"} the service's own key is right. */
  kmsKeyId?: string;
${usesAlias ? "  /** Alias of the key. */\n  keyAlias?: string;\n" : ""}}
${usesConfiguration ? `\nconst keyAlias = new pulumi.Config().require("keyAlias");\n` : ""}
const projects: Record<string, Project> = {
${projects.map(entryOf).join("")}};

for (const [name, { kmsKeyId, ${usesAlias ? "keyAlias, " : ""}...target }] of Object.entries(projects)) {
  const encryption = new evs.DefaultEncryption(name, target);
  const key = ${usesAlias ? "keyAlias === undefined ? kmsKeyId : evs.getKmsKeyOutput({ ...target, alias: keyAlias }).keyId" : "kmsKeyId"};
  // The first time it is switched on, the service's own key becomes the default: so the key comes after.
  if (key !== undefined) new evs.DefaultEncryptionKey(name, { ...target, kmsKeyId: key }, { dependsOn: [encryption] });
}
`;
}

function isByAlias(key: PlannedProject["key"]): boolean {
  return typeof key === "object" && "alias" in key;
}

function entryOf({ name, region, projectId, projectName, assumeRole, key, changes }: PlannedProject): string {
  const note = [projectName, ...(changes === undefined ? [] : [`changes: ${changes}`])].join("; ");
  const properties = [
    `region: ${literal(region)}`,
    `projectId: ${literal(projectId)}`,
    ...(assumeRole === undefined ? [] : [`assumeRole: ${roleOf(assumeRole)}`]),
    ...(key === undefined ? [] : [keyOf(key)]),
  ];
  return `  // ${comment(note)}\n  ${literal(name)}: { ${properties.join(", ")} },\n`;
}

function keyOf(key: NonNullable<PlannedProject["key"]>): string {
  if (key === "configured") return "keyAlias";
  return "id" in key ? `kmsKeyId: ${literal(key.id)}` : `keyAlias: ${literal(key.alias)}`;
}

function roleOf({ agencyName, domainId, domainName }: NonNullable<PlannedProject["assumeRole"]>): string {
  const owner = domainId === undefined ? `domainName: ${literal(domainName ?? "")}` : `domainId: ${literal(domainId)}`;
  return `{ agencyName: ${literal(agencyName)}, ${owner} }`;
}

/** JSON is JavaScript, with all characters since ECMAScript 2019. */
function literal(text: string): string {
  return JSON.stringify(text);
}

/** One line, whatever it quotes: these end one too. */
function comment(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, " ");
}
