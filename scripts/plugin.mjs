// `npm run plugin`: the plugin as the engine starts it, in dist/plugin/bin: one file with all that it needs, its schema, and
// launchers. `plugins: providers: [{ name: huaweicloud-evs, path: … }]` in a Pulumi.yaml can name that folder.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const folder = path.join(root, "dist/plugin/bin");
const name = "pulumi-resource-huaweicloud-evs";
const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

fs.rmSync(folder, { recursive: true, force: true });
fs.mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ["plugin/main.ts"],
  outfile: path.join(folder, "plugin.js"),
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Messages show names of errors, so those of classes stay.
  minify: true,
  keepNames: true,
  alias: { "form-data": path.join(root, "node_modules/axios/lib/helpers/null.js") },
  // Colours for the logs of `debug`, which asks for this package and goes on without it.
  external: ["supports-color"],
  legalComments: "linked",
  logLevel: "warning",
});
fs.copyFileSync(path.join(root, "schema.json"), path.join(folder, "schema.json"));
fs.writeFileSync(path.join(folder, name), '#!/bin/sh\nexec node "$(dirname "$0")/plugin.js" "$@"\n', { mode: 0o755 });
fs.writeFileSync(path.join(folder, `${name}.cmd`), '@node "%~dp0plugin.js" %*\r\n');
fs.writeFileSync(
  path.join(folder, "PulumiPlugin.yaml"),
  `runtime: nodejs\nname: huaweicloud-evs\nversion: ${version}\n`,
);
fs.writeFileSync(
  path.join(folder, "package.json"),
  `${JSON.stringify({ name, version, private: true, main: "plugin.js" })}\n`,
);
