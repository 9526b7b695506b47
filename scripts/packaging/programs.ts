// The quickstart, written as each kind of user would write it: the same resources, so that none of these programs is a
// change to the state that another has made.

import fs from "node:fs";
import path from "node:path";

export interface Program {
  main: string;
  text: string;
  type?: "module";
}

const root = path.resolve(__dirname, "../../..");
const quickstart = (name: string): string => fs.readFileSync(path.join(root, "examples", "quickstart", name), "utf8");

export const typescript: Program = { main: "index.ts", text: quickstart("index.ts") };

export const javascript: Program = {
  main: "index.js",
  text: `
const pulumi = require("@pulumi/pulumi");
const evs = require("pulumi-huaweicloud-evs");

const encryption = new evs.DefaultEncryption("encryption");
const kmsKeyId = new pulumi.Config().require("kmsKeyId");
const key = new evs.DefaultEncryptionKey("default-key", { kmsKeyId }, { dependsOn: [encryption] });
exports.enabled = encryption.enabled;
exports.kmsKeyId = key.kmsKeyId;
exports.region = key.region;
exports.projectId = key.projectId;
`,
};

export const esModule: Program = {
  main: "index.mjs",
  type: "module",
  text: `
import * as pulumi from "@pulumi/pulumi";
import { DefaultEncryption, DefaultEncryptionKey } from "pulumi-huaweicloud-evs";

const encryption = new DefaultEncryption("encryption");
const key = new DefaultEncryptionKey(
  "default-key",
  { kmsKeyId: new pulumi.Config().require("kmsKeyId") },
  { dependsOn: [encryption] },
);
export const { enabled } = encryption;
export const { kmsKeyId, region, projectId } = key;
`,
};

/** A program that knows this package only through a package of its own organization. */
export const throughComponent: Program = {
  main: "index.js",
  text: `
const pulumi = require("@pulumi/pulumi");
const { landingZone } = require("landing-zone");

const { encryption, key } = landingZone(new pulumi.Config().require("kmsKeyId"));
exports.enabled = encryption.enabled;
exports.kmsKeyId = key.kmsKeyId;
exports.region = key.region;
exports.projectId = key.projectId;
`,
};

/** Writes that organization's package, which depends on this one. Returns its folder. */
export function writeComponent(folder: string, tarball: string): string {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = {
    name: "landing-zone",
    version: "1.0.0",
    main: "index.js",
    dependencies: { "pulumi-huaweicloud-evs": `file:${tarball}` },
    peerDependencies: { "@pulumi/pulumi": "^3.217.0" },
  };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  const text = `
const evs = require("pulumi-huaweicloud-evs");
exports.landingZone = (kmsKeyId) => {
  const encryption = new evs.DefaultEncryption("encryption");
  const key = new evs.DefaultEncryptionKey("default-key", { kmsKeyId }, { dependsOn: [encryption] });
  return { encryption, key };
};
`;
  fs.writeFileSync(path.join(folder, "index.js"), text);
  return folder;
}

/** Writes the quickstart's project with this program in the place of its own; nothing is installed yet. */
export function writeProject(folder: string, program: Program, dependencies: Record<string, string> = {}): void {
  fs.mkdirSync(folder, { recursive: true });
  const isTypeScript = program.main.endsWith(".ts");
  const { dependencies: given, devDependencies } = JSON.parse(quickstart("package.json"));
  const manifest = {
    name: "infrastructure",
    version: "1.0.0",
    private: true,
    main: program.main,
    type: program.type,
    dependencies: { "@pulumi/pulumi": given["@pulumi/pulumi"], ...dependencies },
    devDependencies: isTypeScript ? devDependencies : {},
  };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(manifest));
  for (const name of ["Pulumi.yaml", ...(isTypeScript ? ["tsconfig.json"] : [])]) {
    fs.writeFileSync(path.join(folder, name), quickstart(name));
  }
  fs.writeFileSync(path.join(folder, program.main), program.text);
}
