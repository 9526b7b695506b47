// What the tests of examples/fleet-temporal install is what its user installs, from whichever registry.
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";

const manifest = z.object({ dependencies: z.record(z.string(), z.string()) });
const read = (file: string) => fs.readFileSync(path.resolve(__dirname, file), "utf8");
const temporalOf = (file: string) =>
  Object.entries(manifest.parse(JSON.parse(read(file))).dependencies).filter(([name]) =>
    name.startsWith("@temporalio/"),
  );

it("has the example's versions, exactly", () => {
  const versions = temporalOf("package.json");
  expect(versions).toHaveLength(4);
  expect(versions).toEqual(temporalOf("../../examples/fleet-temporal/package.json"));
  for (const [, version] of versions) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});

it("names no registry", () => {
  expect(read("package-lock.json")).not.toContain('"resolved"');
});
