// Writes the software bill of materials of a release (CycloneDX): this package and all that is installed with it, in the
// versions of the lock file. Made by `npm sbom` from a copy without development dependencies, because `--omit dev` also
// leaves out what a development dependency happens to need as well.
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
  process.stdout.write(
    npm(copy, "sbom", "--package-lock-only", "--sbom-type", "library", "--sbom-format", "cyclonedx"),
  );
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function npm(cwd, ...args) {
  const { status, stdout, stderr } = spawnSync("npm", args, { cwd, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`npm ${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
