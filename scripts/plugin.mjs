// `npm run plugin`: the plugin as the engine starts it, in dist/plugin/bin: what is needed until its port is known, what it
// serves, gRPC that both share, its schema, and launchers. No other package is needed. A Pulumi.yaml can name that folder:
// `plugins: providers: [{ name: huaweicloud-evs, path: … }]`. Beside it is what is published: in dist/plugin/release a tarball a
// platform and their checksums, in dist/plugin/npm the same as an npm package.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import npmPackage from "../dist/scripts/plugin/npmPackage.js";
import tarballs from "../dist/scripts/plugin/tarballs.js";
import { nodeBundle } from "./bundling.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const target = path.join(root, "dist/plugin/bin");
const folder = `${target}.partial-${process.pid}`;
const name = "pulumi-resource-huaweicloud-evs";
const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

fs.mkdirSync(folder, { recursive: true });
// Node.js reads and compiles a file as a whole before it runs: what is served is most of it, and is not needed for the port.
const parts = [
  { entry: "@grpc/grpc-js", file: "grpc.js" },
  { entry: "plugin/main.ts", file: "plugin.js" },
  { entry: "plugin/server.ts", file: "server.js" },
];
const fileOf = { "@grpc/grpc-js": "./grpc.js", "./server": "./server.js" };
const otherParts = {
  name: "other-parts",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^(@grpc\/grpc-js|\.\/server)$/ }, ({ path: imported, kind, importer }) => {
      if (kind === "entry-point" || importer.includes("node_modules/@grpc/")) return undefined;
      return { path: fileOf[imported], external: true };
    }),
};
for (const { entry, file } of parts) {
  const options = nodeBundle(root);
  await build({
    ...options,
    plugins: [...options.plugins, otherParts],
    entryPoints: [entry],
    outfile: path.join(folder, file),
    // `import()` of what is not an ES module as `require`: it takes its turn before any connection.
    supported: { "dynamic-import": false },
    // Messages show names of errors, so those of classes stay.
    minify: true,
    keepNames: true,
    legalComments: "linked",
  });
}
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
putInPlace(folder, target);

const release = path.join(root, "dist/plugin/release");
const made = `${release}.partial-${process.pid}`;
tarballs.makeTarballs(target, version, made);
putInPlace(made, release);

const npm = path.join(root, "dist/plugin/npm");
const forNpm = `${npm}.partial-${process.pid}`;
npmPackage.makeNpmPackage(target, root, forNpm);
putInPlace(forNpm, npm);

/** At once, whatever was there before, because a test may read from there. */
function putInPlace(finished, place) {
  const before = `${place}.before-${process.pid}`;
  if (fs.existsSync(place)) fs.renameSync(place, before);
  fs.renameSync(finished, place);
  fs.rmSync(before, { recursive: true, force: true });
}
