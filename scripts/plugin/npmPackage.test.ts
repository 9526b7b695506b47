// The plugin's npm package: what is in it, and what it says of itself.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { makeNpmPackage, npmName } from "./npmPackage";

const root = path.resolve(__dirname, "../..");

it("has the bundle in bin, the licence, and the version of the whole", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-npm-"));
  try {
    const [bundle, made] = [path.join(folder, "bundle"), path.join(folder, "made")];
    fs.mkdirSync(bundle);
    fs.writeFileSync(path.join(bundle, npmName), "launcher", { mode: 0o755 });
    fs.writeFileSync(path.join(bundle, "plugin.js"), "code");
    makeNpmPackage(bundle, root, made);
    const files = fs.readdirSync(made, { recursive: true, encoding: "utf8" }).sort();
    expect(files).toEqual(["LICENSE", "README.md", "bin", `bin/${npmName}`, "bin/plugin.js", "package.json"].sort());
    expect(fs.statSync(path.join(made, "bin", npmName)).mode & 0o111).toBe(0o111);
    const manifest = JSON.parse(fs.readFileSync(path.join(made, "package.json"), "utf8"));
    const { version, license, engines, repository } = JSON.parse(
      fs.readFileSync(path.join(root, "package.json"), "utf8"),
    );
    expect(manifest).toMatchObject({ name: npmName, version, license, engines, files: ["bin"] });
    expect(manifest.repository).toEqual({ ...repository, directory: "plugin" });
    // Nobody who installs it gets another package.
    expect(Object.keys(manifest).filter((key) => /dependencies|scripts|private/i.test(key))).toEqual([]);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
