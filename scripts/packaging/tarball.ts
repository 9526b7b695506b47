// The tarball as it would be published: its content is looked at, and a later version is made of it.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { run } from "../command";

const root = path.resolve(__dirname, "../../..");
const PUBLISHED =
  /^(dist\/(sdk|provider)\/.*\.(js|d\.ts)|docs\/[\w-]+\.(md|svg)|examples\/.*|package\.json|LICENSE|[A-Z]+\.md)$/;

/** Unpacked, in bytes. A user pays for it: raise it in the README, or find out what has grown. */
function sizeLimit(): number {
  const [, kilobytes] = /less than (\d+) kB unpacked/.exec(fs.readFileSync(path.join(root, "README.md"), "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error("the README does not state the unpacked size");
  return Number(kilobytes) * 1000;
}

/** Paths that the README leads to: files and folders. */
function linksOfReadme(): string[] {
  const text = fs.readFileSync(path.join(root, "README.md"), "utf8");
  return [...text.matchAll(/\]\(([^)#\s]+)/g)].map(([, link = ""]) => link).filter((link) => !link.includes(":"));
}

interface Packed {
  filename: string;
  unpackedSize: number;
  files: { path: string }[];
}

/** @returns the file. Throws where it holds what does not belong there, or is too large. */
export async function pack(folder: string): Promise<string> {
  const flags = ["--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const [packed]: Packed[] = JSON.parse(await run("npm", ["pack", ...flags], root, process.env));
  if (!packed) throw new Error("npm pack made nothing");
  const strangers = packed.files
    .map((file) => file.path)
    .filter((file) => !PUBLISHED.test(file) || file.includes("node_modules"));
  if (strangers.length > 0) throw new Error(`these do not belong there: ${strangers.join(", ")}`);
  const { unpackedSize, files } = packed;
  const missing = linksOfReadme().filter((link) => !files.some((file) => `${file.path}/`.startsWith(`${link}/`)));
  if (missing.length > 0) throw new Error(`the README leads to these, which are not packed: ${missing.join(", ")}`);
  process.stdout.write(`unpacked: ${unpackedSize} bytes, ${files.length} files\n`);
  if (unpackedSize > sizeLimit()) throw new Error(`${unpackedSize} bytes unpacked, more than ${sizeLimit()}`);
  return path.join(folder, packed.filename);
}

/** The same under a later version, as an upgrade brings it. @returns the file. */
export async function packNext(tarball: string, folder: string): Promise<string> {
  const unpacked = path.join(folder, "next");
  fs.mkdirSync(unpacked);
  await run("tar", ["-xzf", tarball, "-C", unpacked], folder, process.env);
  const manifestFile = path.join(unpacked, "package", "package.json");
  const manifest = JSON.parse(fs.readFileSync(manifestFile, "utf8"));
  const [major, minor] = manifest.version.split(".").map(Number);
  fs.writeFileSync(manifestFile, JSON.stringify({ ...manifest, version: `${major}.${minor + 1}.0`, scripts: {} }));
  const flags = ["--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const [packed]: Packed[] = JSON.parse(
    await run("npm", ["pack", ...flags], path.join(unpacked, "package"), process.env),
  );
  if (!packed) throw new Error("npm pack made nothing");
  return path.join(folder, packed.filename);
}
