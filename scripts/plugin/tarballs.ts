// What `pulumi plugin install` takes: a tarball a platform, of the bundled plugin and a launcher, and a file with their
// checksums. The same input gives the same bytes, whenever and wherever it is packed.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as tar from "tar";

const NAME = "pulumi-resource-huaweicloud-evs";

/** As Pulumi names them. */
const SYSTEMS = ["linux", "darwin", "windows"];
const ARCHITECTURES = ["amd64", "arm64"];

// `exec`, so that the engine's signals reach Node.js itself.
const shellLauncher = `#!/bin/sh
# Starts the plugin with the Node.js on PATH.
if ! command -v node >/dev/null; then
  echo "${NAME} needs Node.js 20 or later on PATH" >&2
  exit 1
fi
exec node "$(dirname "$0")/index.js" "$@"
`;

const windowsLauncher = `@echo off\r\nnode "%~dp0index.js" %*\r\n`;

/** The launchers by name. The bundle beside them is called `index.js`. */
export const launchers: Readonly<Record<string, string>> = {
  [NAME]: shellLauncher,
  [`${NAME}.cmd`]: windowsLauncher,
};

export function tarballName(version: string, system: string, architecture: string): string {
  return `${NAME}-v${version}-${system}-${architecture}.tar.gz`;
}

export function checksumsName(version: string): string {
  return `${NAME}-v${version}-checksums.txt`;
}

/** Packs the files of `bundle`, which has an `index.js`, for every platform into `folder`. Returns the paths. */
export function makeTarballs(bundle: string, version: string, folder: string): string[] {
  fs.mkdirSync(folder, { recursive: true });
  const staging = fs.mkdtempSync(path.join(folder, "partial-"));
  try {
    const common = fs.readdirSync(bundle).filter((name) => fs.statSync(path.join(bundle, name)).isFile());
    for (const name of common) copy(path.join(bundle, name), path.join(staging, name), 0o644);
    for (const [name, text] of Object.entries(launchers)) write(path.join(staging, name), text, 0o755);
    const made = SYSTEMS.flatMap((system) =>
      ARCHITECTURES.map((architecture) => {
        const launcher = system === "windows" ? `${NAME}.cmd` : NAME;
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
        tar.create(options, [launcher, ...common].sort());
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

function copy(from: string, to: string, mode: number): void {
  fs.copyFileSync(from, to);
  // Whatever the umask of whoever packs.
  fs.chmodSync(to, mode);
}

function write(file: string, text: string, mode: number): void {
  fs.writeFileSync(file, text);
  fs.chmodSync(file, mode);
}

function sha256(file: string): string {
  return createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}
