// Writes the software bill of materials of a release (CycloneDX): this package, all that is installed with it, in the versions
// of the lock file, and all that the build has put into its files (bundle.mjs). Made by `npm sbom` from a copy without
// development dependencies, because `--omit dev` also leaves out what a development dependency happens to need as well.
//
//   node scripts/billOfMaterials.mjs >sbom.cdx.json

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const { devDependencies, ...manifest } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-sbom-"));
try {
  // npm names the package in the bill by the folder.
  const copy = path.join(folder, manifest.name);
  fs.mkdirSync(copy);
  fs.writeFileSync(path.join(copy, "package.json"), JSON.stringify(manifest));
  fs.copyFileSync(path.join(root, "package-lock.json"), path.join(copy, "package-lock.json"));
  npm(copy, "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund");
  const installed = npm(copy, "sbom", "--package-lock-only", "--sbom-type", "library", "--sbom-format", "cyclonedx");
  process.stdout.write(`${JSON.stringify(withBundled(JSON.parse(installed)), null, 2)}\n`);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** The same package in the same version is one component, whether it is installed or bundled: each is named once. */
function withBundled(bill) {
  const bills = ["axios", "zod"].map((name) =>
    JSON.parse(fs.readFileSync(path.join(root, `dist/provider/huaweicloud/transport/${name}.cdx.json`), "utf8")),
  );
  const bundled = {
    components: bills.flatMap(({ components }) => components),
    dependencies: bills.flatMap(({ dependencies }) => dependencies),
  };
  const known = new Set(bill.components.map((component) => component["bom-ref"]));
  const ofPackage = bill.dependencies.find(({ ref }) => ref === bill.metadata.component["bom-ref"]);
  if (ofPackage === undefined) throw new Error("npm sbom has not listed what the package depends on");
  return {
    ...bill,
    components: [...bill.components, ...bundled.components.filter((component) => !known.has(component["bom-ref"]))],
    dependencies: [
      ...bill.dependencies.map((entry) =>
        entry === ofPackage
          ? { ...entry, dependsOn: [...entry.dependsOn, ...bundled.dependencies.flatMap(roots)] }
          : entry,
      ),
      ...bundled.dependencies.filter(({ ref }) => !known.has(ref)),
    ],
  };
}

/** What nothing else of the list depends on. */
function roots({ ref }, _index, all) {
  return all.some(({ dependsOn }) => dependsOn.includes(ref)) ? [] : [ref];
}

function npm(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
