// The tarballs of the plugin: their content, and that the same input gives the same bytes.
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as tar from "tar";
import { checksumsName, makeTarballs, tarballName } from "./tarballs";

let folder: string;
let bundle: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "evs-tarballs-"));
  bundle = path.join(folder, "bundle");
  fs.mkdirSync(bundle);
  for (const name of [
    "plugin.js",
    "pulumi-resource-huaweicloud-evs",
    "pulumi-resource-huaweicloud-evs.cmd",
    "PulumiPlugin.yaml",
    "package.json",
  ])
    fs.writeFileSync(path.join(bundle, name), `${name}\n`);
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** The entries of a tarball: name, mode in octal digits, and time of change. */
function entriesOf(file: string): string[] {
  const entries: string[] = [];
  tar.list({
    file,
    sync: true,
    onReadEntry: ({ path: name, mode = 0, mtime }) => entries.push(`${name} ${mode.toString(8)} ${mtime?.getTime()}`),
  });
  return entries;
}

it("makes one for each platform, and their checksums", () => {
  const made = makeTarballs(bundle, "1.2.3", path.join(folder, "out"));
  const platforms = ["linux-amd64", "linux-arm64", "darwin-amd64", "darwin-arm64", "windows-amd64", "windows-arm64"];
  const names = platforms.map((platform) => `pulumi-resource-huaweicloud-evs-v1.2.3-${platform}.tar.gz`);
  expect(made.map((file) => path.basename(file))).toEqual([...names, checksumsName("1.2.3")]);
  expect(fs.readdirSync(path.join(folder, "out")).sort()).toEqual([...names, checksumsName("1.2.3")].sort());
  const lines = fs
    .readFileSync(path.join(folder, "out", checksumsName("1.2.3")), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines).toEqual(
    names.map((name) => {
      const hash = createHash("sha256").update(fs.readFileSync(path.join(folder, "out", name)));
      return `${hash.digest("hex")}  ${name}`;
    }),
  );
});

it.each([
  ["linux", ["plugin.js 644 0", "pulumi-resource-huaweicloud-evs 755 0"]],
  ["windows", ["plugin.js 644 0", "pulumi-resource-huaweicloud-evs.cmd 644 0"]],
])("has the bundle and the launcher of %s at its top", (system, expected) => {
  makeTarballs(bundle, "1.2.3", path.join(folder, "out"));
  expect(entriesOf(path.join(folder, "out", tarballName("1.2.3", system, "arm64")))).toEqual(expected);
});

it("has the same bytes whenever it is packed, whoever packs it", () => {
  const [first = ""] = makeTarballs(bundle, "1.2.3", path.join(folder, "first"));
  for (const name of fs.readdirSync(bundle)) {
    fs.utimesSync(path.join(bundle, name), 1_000_000, 1_000_000);
    fs.chmodSync(path.join(bundle, name), 0o600);
  }
  const [second = ""] = makeTarballs(bundle, "1.2.3", path.join(folder, "second"));
  expect(fs.readFileSync(second).equals(fs.readFileSync(first))).toBe(true);
});
