// The command is released with the main package: what both manifests say is the same.
import fs from "node:fs";
import path from "node:path";

it.each(["version", "license", "homepage", "bugs", "engines"])("says the same %s as the main package", (field) => {
  expect(manifest("cli")[field]).toEqual(manifest(".")[field]);
});

it("lies in the same repository", () => {
  const { repository } = manifest(".");
  expect(manifest("cli").repository).toEqual({ ...(repository as object), directory: "cli" });
});

it("has no dependencies, because its one file holds them", () => {
  expect(Object.keys(manifest("cli"))).not.toContain("dependencies");
});

function manifest(folder: string): Record<string, unknown> {
  return JSON.parse(fs.readFileSync(path.resolve(__dirname, "..", folder, "package.json"), "utf8"));
}
