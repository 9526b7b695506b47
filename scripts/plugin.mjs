// `npm run plugin`: the plugin as the engine starts it, in dist/plugin/bin: one file with all that it needs, its schema, and
// launchers. `plugins: providers: [{ name: huaweicloud-evs, path: … }]` in a Pulumi.yaml can name that folder. Beside it, in
// dist/plugin/release, what is published: a tarball a platform and their checksums.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import tarballs from "../dist/scripts/plugin/tarballs.js";
import { nodeBundle } from "./bundling.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const target = path.join(root, "dist/plugin/bin");
// Put in place at once, because another test may have just started a plugin from there.
const folder = `${target}.partial-${process.pid}`;
const name = "pulumi-resource-huaweicloud-evs";
const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

fs.mkdirSync(folder, { recursive: true });
await build({
  ...nodeBundle(root),
  entryPoints: ["plugin/main.ts"],
  outfile: path.join(folder, "plugin.js"),
  // Messages show names of errors, so those of classes stay.
  minify: true,
  keepNames: true,
  legalComments: "linked",
});
fs.copyFileSync(path.join(root, "schema.json"), path.join(folder, "schema.json"));
// `exec`, so that the engine's signals reach Node.js itself.
const launcher = `#!/bin/sh
if ! command -v node >/dev/null; then
  echo "${name} needs Node.js 20 or later on PATH" >&2
  exit 1
fi
exec node "$(dirname "$0")/plugin.js" "$@"
`;
fs.writeFileSync(path.join(folder, name), launcher, { mode: 0o755 });
fs.writeFileSync(path.join(folder, `${name}.cmd`), '@node "%~dp0plugin.js" %*\r\n');
fs.writeFileSync(
  path.join(folder, "PulumiPlugin.yaml"),
  `runtime: nodejs\nname: huaweicloud-evs\nversion: ${version}\n`,
);
fs.writeFileSync(
  path.join(folder, "package.json"),
  `${JSON.stringify({ name, version, private: true, main: "plugin.js" })}\n`,
);
const before = `${target}.before-${process.pid}`;
if (fs.existsSync(target)) fs.renameSync(target, before);
fs.renameSync(folder, target);
fs.rmSync(before, { recursive: true, force: true });

const release = path.join(root, "dist/plugin/release");
fs.rmSync(release, { recursive: true, force: true });
tarballs.makeTarballs(target, version, release);
