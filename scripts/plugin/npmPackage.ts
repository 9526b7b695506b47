// The plugin as an npm package: the bundle with its launchers in `bin`, for a project file that names that folder. The package
// that programs import does not have it: it would be three times as large for those who do not use it.

import fs from "node:fs";
import path from "node:path";

export const npmName = "pulumi-resource-huaweicloud-evs";

/** Writes into `folder` what `npm pack` takes. `root` has the manifest, the licence and the plugin's README. */
export function makeNpmPackage(bundle: string, root: string, folder: string): void {
  const read = (name: string) => JSON.parse(fs.readFileSync(path.join(root, name), "utf8"));
  const { version, homepage, bugs, repository, license, engines } = read("package.json");
  fs.cpSync(bundle, path.join(folder, "bin"), { recursive: true });
  fs.copyFileSync(path.join(root, "plugin", "README.md"), path.join(folder, "README.md"));
  fs.copyFileSync(path.join(root, "LICENSE"), path.join(folder, "LICENSE"));
  const manifest = {
    name: npmName,
    version,
    description:
      "The Pulumi plugin for default encryption of Huawei Cloud EVS disks, as a folder that a project file names.",
    homepage,
    bugs,
    repository: { ...repository, directory: "plugin" },
    license,
    files: ["bin"],
    engines,
  };
  fs.writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
