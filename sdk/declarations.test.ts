// What programs compile against: the declarations need Pulumi's, and no other package. A program that checks the types of
// its libraries would otherwise check those of zod and axios, under settings that they were not made for.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import type { AssumeRole as ProvidersAssumeRole } from "../provider/target";
import type { AssumeRole } from "./index";

const folder = path.resolve(__dirname, "../dist/sdk");

/** Follows all that a declaration file names, from the package's own. */
function walk(file: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(file)) return found;
  const text = fs.readFileSync(path.join(folder, file), "utf8");
  const { importedFiles, referencedFiles, typeReferenceDirectives, libReferenceDirectives } = ts.preProcessFile(text);
  const named = [...importedFiles, ...referencedFiles, ...typeReferenceDirectives, ...libReferenceDirectives].map(
    ({ fileName }) => fileName,
  );
  const [own, packages] = [true, false].map((isOwn) => named.filter((name) => name.startsWith(".") === isOwn));
  found.set(file, packages ?? []);
  for (const name of own ?? []) walk(path.posix.join(path.posix.dirname(file), `${name}.d.ts`), found);
  return found;
}

it("the declarations import Pulumi's SDK and each other, nothing else", () => {
  const found = walk("index.d.ts");
  expect(found.size).toBeGreaterThan(5);
  expect([...found.keys()].filter((file) => file.startsWith(".."))).toEqual([]);
  expect([...new Set([...found.values()].flat())]).toEqual(["@pulumi/pulumi"]);
});

it("a role is the same for programs and for the provider", () => {
  const role: AssumeRole = { agencyName: "evs-deployer", domainName: "example-partner" };
  const providers: ProvidersAssumeRole = role;
  const programs: AssumeRole = providers;
  expect(programs).toBe(role);
});
