// The tarball as it would be published: its content is looked at, and a later version is made of it.

import fs from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import process from "node:process";
import ts from "typescript";
import { run } from "../command";

const root = path.resolve(__dirname, "../../..");
const PUBLISHED =
  /^(dist\/sdk\/.*\.(js|d\.ts)|dist\/provider\/.*\.js|dist\/provider\/huaweicloud\/transport\/(axios|zod)\.cdx\.json|docs\/[\w.-]+\.(md|svg|schema\.json)|examples\/.*|package\.json|LICENSE|[A-Z]+\.md)$/;

/** An optional dependency of the bundled axios, which works without it. */
const OPTIONAL = new Set(["supports-color"]);

/** Unpacked, in bytes. A user pays for it: raise it in the README, or find out what has grown. */
function sizeLimit(): number {
  const [, kilobytes] = /less than (\d+) kB unpacked/.exec(fs.readFileSync(path.join(root, "README.md"), "utf8")) ?? [];
  if (kilobytes === undefined) throw new Error("the README does not state the unpacked size");
  return Number(kilobytes) * 1000;
}

/** Paths that a page leads to, files and folders, below the package's root; those above it, as they are. */
function linksOf(page: string): string[] {
  const text = fs.readFileSync(path.join(root, page), "utf8");
  return [...text.matchAll(/\]\(([^)#\s]+)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !link.includes(":"))
    .map((link) => path.posix.join(path.posix.dirname(page), link).replace(/\/$/, ""));
}

interface Packed {
  filename: string;
  unpackedSize: number;
  files: { path: string }[];
}

/** Packages that a file of ours imports, and that are not installed with it. */
function unmetImports(file: string): string[] {
  if (!/^dist\/.*\.(js|d\.ts)$/.test(file)) return [];
  const { dependencies, peerDependencies } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const text = fs.readFileSync(path.join(root, file), "utf8");
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => !name.startsWith(".") && !isBuiltin(name) && !OPTIONAL.has(name))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"))
    .filter((name) => dependencies[name] === undefined && peerDependencies[name] === undefined)
    .map((name) => `${file} (${name})`);
}

/** Returns the file. Throws if it holds what does not belong there, or is too large. */
export async function pack(folder: string): Promise<string> {
  const flags = ["--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const [packed]: Packed[] = JSON.parse(await run("npm", ["pack", ...flags], root, process.env));
  if (!packed) throw new Error("npm pack made nothing");
  const unexpected = packed.files
    .map((file) => file.path)
    .filter((file) => !PUBLISHED.test(file) || file.includes("node_modules"));
  if (unexpected.length > 0) throw new Error(`these do not belong there: ${unexpected.join(", ")}`);
  const unmet = packed.files.flatMap((file) => unmetImports(file.path));
  if (unmet.length > 0) throw new Error(`these import what a user does not have: ${unmet.join(", ")}`);
  const { unpackedSize, files } = packed;
  const missing = files
    .filter((file) => file.path.endsWith(".md"))
    .flatMap(({ path: page }) => linksOf(page).map((link) => ({ page, link })))
    .filter(({ link }) => !files.some((file) => `${file.path}/`.startsWith(`${link}/`)));
  if (missing.length > 0) {
    const lines = missing.map(({ page, link }) => `${page} to ${link}`);
    throw new Error(`these pages lead to what is not packed: ${lines.join(", ")}`);
  }
  process.stdout.write(`unpacked: ${unpackedSize} bytes, ${files.length} files\n`);
  if (unpackedSize > sizeLimit()) throw new Error(`${unpackedSize} bytes unpacked, more than ${sizeLimit()}`);
  return path.join(folder, packed.filename);
}

/** Packs the same under a later version, as an upgrade brings it. Returns the file. */
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
