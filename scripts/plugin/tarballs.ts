// What `pulumi plugin install` takes: a tarball a platform, of the bundled plugin with its launcher, and a file with their
// checksums. The same input gives the same bytes, whenever and wherever it is packed.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as tar from "tar";

const NAME = "pulumi-resource-huaweicloud-evs";

/** As Pulumi names them. */
const SYSTEMS = ["linux", "darwin", "windows"];
const ARCHITECTURES = ["amd64", "arm64"];

export function tarballName(version: string, system: string, architecture: string): string {
  return `${NAME}-v${version}-${system}-${architecture}.tar.gz`;
}

export function checksumsName(version: string): string {
  return `${NAME}-v${version}-checksums.txt`;
}

// If these are there, the installer takes the plugin for sources: it runs `npm install`, and fails because nothing is to install.
const ofSources = ["PulumiPlugin.yaml", "package.json"];

/** Packs the files of the bundle for every platform into `folder`. Returns the paths, that of the checksums last. */
export function makeTarballs(bundle: string, version: string, folder: string): string[] {
  fs.mkdirSync(folder, { recursive: true });
  const staging = fs.mkdtempSync(path.join(folder, "partial-"));
  try {
    const names = fs
      .readdirSync(bundle)
      .filter((name) => !ofSources.includes(name))
      .sort();
    for (const name of names) {
      fs.copyFileSync(path.join(bundle, name), path.join(staging, name));
      // Independent of the umask.
      fs.chmodSync(path.join(staging, name), name === NAME ? 0o755 : 0o644);
    }
    const made = SYSTEMS.flatMap((system) =>
      ARCHITECTURES.map((architecture) => {
        const launcherOfOthers = system === "windows" ? NAME : `${NAME}.cmd`;
        const file = path.join(folder, tarballName(version, system, architecture));
        // `portable` leaves out who packed it and when; the time of change is that of no file.
        const options = {
          file,
          cwd: staging,
          sync: true,
          gzip: { level: 9 },
          portable: true,
          mtime: new Date(0),
        } as const;
        tar.create(
          options,
          names.filter((name) => name !== launcherOfOthers),
        );
        return file;
      }),
    );
    // As `sha256sum --check` reads it.
    const lines = made.map((file) => `${sha256(file)}  ${path.basename(file)}\n`);
    const checksums = path.join(folder, checksumsName(version));
    fs.writeFileSync(checksums, lines.join(""));
    return [...made, checksums];
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

function sha256(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}
