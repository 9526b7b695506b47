// What a user installs besides Pulumi's SDK, which a program has anyway: packages and bytes, held to the figures of the README.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import type { Tools } from "./tools";

/** This package included. */
function stated(): { packages: number; bytes: number } {
  const readme = fs.readFileSync(path.resolve(__dirname, "../../../README.md"), "utf8");
  const [, packages, megabytes] = /(\d+)\s+packages and\s+(\d+)\s+MB besides Pulumi's SDK/.exec(readme) ?? [];
  if (packages === undefined) throw new Error("the README does not state what is installed");
  return { packages: Number(packages), bytes: Number(megabytes) * 1_000_000 };
}

/** Throws if a user who installs the tarball gets more than is stated. */
export async function checkFootprint(tarball: string, folder: string, tools: Tools): Promise<void> {
  const user = path.join(folder, "footprint");
  fs.mkdirSync(user);
  fs.writeFileSync(path.join(user, "package.json"), JSON.stringify({ private: true }));
  await tools.npm(["install", "--omit=dev", "--omit=peer", tarball], user);
  const installed = path.join(user, "node_modules");
  const lock = path.join(installed, ".package-lock.json");
  const { packages }: { packages: Record<string, unknown> } = JSON.parse(fs.readFileSync(lock, "utf8"));
  const names = Object.keys(packages).map((name) => name.replace(/^.*node_modules\//, ""));
  const bytes = sizeOf(installed) - fs.statSync(lock).size;
  process.stdout.write(`installed: ${names.length} packages, ${bytes} bytes\n`);
  const most = stated();
  if (names.length > most.packages)
    throw new Error(`${names.length} packages, more than ${most.packages}: ${names.join(", ")}`);
  if (bytes > most.bytes) throw new Error(`${bytes} bytes, more than ${most.bytes}`);
}

function sizeOf(folder: string): number {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0);
}
