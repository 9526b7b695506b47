// The last step of a build: three files that need no other package.
//
// - axios, and what it needs, in place of what the compiler has made of provider/huaweicloud/transport/axios.ts; and zod in place
//   of zod.ts beside it.
// - The command, cli/dist/main.js: the package `pulumi-huaweicloud-evs-cli`, with the cloud client, the emulator and their
//   libraries. A Pulumi program needs none of it, so it is a package of its own.
//
// All can be read. Their heads name each package with its version and licence; a bill of materials (CycloneDX) lies beside
// each, because `npm ls` and `npm audit` of a user do not see what is in a file.
//
// Everything is as its package publishes it, but for form-data and the languages of zod's messages, see scripts/bundling.mjs.

import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { nodeBundle } from "./bundling.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

for (const name of ["axios", "zod"]) {
  const door = `provider/huaweicloud/transport/${name}`;
  await bundle(path.join(root, `${door}.ts`), path.join(root, "dist", `${door}.js`));
}
await bundle(path.join(root, "cli/main.ts"), path.join(root, "cli/dist/main.js"));

async function bundle(source, output) {
  const { metafile, outputFiles } = await build({
    ...nodeBundle(root),
    entryPoints: [source],
    outfile: output,
    legalComments: "inline",
    metafile: true,
    write: false,
  });
  const packages = packagesOf(Object.keys(metafile.inputs));
  const [, interpreter = "", code] = /^(#![^\n]*\n)?(.*)$/s.exec(outputFiles[0].text);
  fs.mkdirSync(path.dirname(output), { recursive: true });
  fs.writeFileSync(output, `${interpreter}${head(packages)}\n${code}`, { mode: interpreter === "" ? 0o644 : 0o755 });
  fs.writeFileSync(output.replace(/\.js$/, ".cdx.json"), `${JSON.stringify(billOfMaterials(packages), null, 2)}\n`);
}

/** The manifests of the packages that the files belong to, each once, by name. */
function packagesOf(files) {
  const folders = new Set(
    files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.slice(1) ?? []),
  );
  return [...folders]
    .map((folder) => path.join(root, folder))
    .map((folder) => ({ folder, ...JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8")) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function head(manifests) {
  const list = manifests.map(({ name, version, license }) => `- ${name} ${version} (${license})`);
  const licences = manifests.map(({ folder, name }) => `== ${name}\n\n${licenceOf(folder, name)}`);
  const text = `Made by scripts/bundle.mjs of pulumi-huaweicloud-evs. This file is made of:\n\n${list.join("\n")}\n\n${licences.join("\n\n")}`;
  return `/*!\n${text.replaceAll("*/", "* /")}\n*/`;
}

function licenceOf(folder, name) {
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file !== undefined) return fs.readFileSync(path.join(folder, file), "utf8").trim();
  // Some have it at the end of their README.
  const readme = fs.readdirSync(folder).find((entry) => /^readme\.md$/i.test(entry));
  const [, text] =
    /^(?:#+ licen[cs]e|licen[cs]e\n-+)$(.*)/ims.exec(
      readme === undefined ? "" : fs.readFileSync(path.join(folder, readme), "utf8"),
    ) ?? [];
  if (text === undefined) throw new Error(`the licence of ${name} is not found in ${folder}`);
  return text.trim();
}

function billOfMaterials(manifests) {
  const reference = ({ name, version }) => `${name}@${version}`;
  const components = manifests.map((manifest) => ({
    "bom-ref": reference(manifest),
    type: "library",
    name: manifest.name,
    version: manifest.version,
    scope: "required",
    purl: `pkg:npm/${reference(manifest)}`,
    properties: [{ name: "cdx:npm:package:bundled", value: "true" }],
    licenses: [{ license: { id: manifest.license } }],
  }));
  const dependencies = manifests.map((manifest) => ({
    ref: reference(manifest),
    dependsOn: manifests.filter(({ name }) => manifest.dependencies?.[name] !== undefined).map(reference),
  }));
  return { bomFormat: "CycloneDX", specVersion: "1.5", version: 1, components, dependencies };
}
