// The axios that users get: what is in the file, and that all of it is named. Whether it works is what the tests of the
// transport show, because jest loads the same file.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { z } from "zod";

const root = path.resolve(__dirname, "..");
const bundle = path.join(root, "dist/provider/huaweicloud/transport/axios.js");
const text = fs.readFileSync(bundle, "utf8");
const bill = z
  .object({
    components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string() })),
    dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
  })
  .parse(JSON.parse(fs.readFileSync(bundle.replace(/\.js$/, ".cdx.json"), "utf8")));
const named = bill.components.map(({ name, version }) => `${name}@${version}`);

const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ version: z.string().optional(), dependencies: z.record(z.string(), z.string()).optional() }),
    ),
  })
  .parse(JSON.parse(fs.readFileSync(path.join(root, "package-lock.json"), "utf8")));

/** All that is installed because of the package in the folder, but for form-data, and itself. */
function needed(folder: string, found = new Set<string>()): Set<string> {
  const { version, dependencies = {} } = packages[folder] ?? {};
  found.add(`${folder.replace(/^.*node_modules\//, "")}@${version}`);
  for (const name of Object.keys(dependencies).filter((one) => one !== "form-data"))
    needed(resolve(folder, name), found);
  return found;
}

/** The folder in which a package finds another: its own, or the nearest above. */
function resolve(folder: string, name: string): string {
  const own = path.posix.join(folder, "node_modules", name);
  if (packages[own] !== undefined || folder === "") return own;
  return resolve(folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, ""), name);
}

it("is axios and what it needs in the versions of the lock file, without form-data", () => {
  expect(named).toEqual([...needed("node_modules/axios")].sort());
  expect(text).not.toMatch(/node_modules\/(form-data|mime-db|get-intrinsic)\//);
});

it("names each package at its head with its version and its licence's text", () => {
  const [head = ""] = text.split("*/");
  const listed = [...head.matchAll(/^- (\S+) (\S+) \(MIT\)$/gm)].map(([, name, version]) => `${name}@${version}`);
  expect(listed).toEqual(named);
  for (const { name } of bill.components) {
    const licence = head.split(`\n== ${name}\n`)[1]?.split("\n== ")[0];
    expect(licence).toMatch(/Copyright.*(Permission is hereby granted)/is);
  }
});

it("says in the bill of materials who needs whom, and where each comes from", () => {
  expect(bill.components.map(({ purl }) => purl)).toEqual(named.map((one) => `pkg:npm/${one}`));
  const axios = bill.dependencies.find(({ ref }) => ref.startsWith("axios@"));
  expect(axios?.dependsOn.map((ref) => ref.replace(/@.*/, ""))).toEqual([
    "follow-redirects",
    "https-proxy-agent",
    "proxy-from-env",
  ]);
});

it("loads where nothing else is installed", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-bundle-"));
  try {
    fs.copyFileSync(bundle, path.join(folder, "axios.js"));
    const script = `const { default: axios, AxiosError } = require("./axios.js");
      console.log(typeof axios.create(), new AxiosError("m", "C") instanceof Error, axios.VERSION);`;
    const printed = execFileSync(process.execPath, ["-e", script], { cwd: folder, encoding: "utf8", env: {} });
    expect(printed.trim()).toBe(`function true ${packages["node_modules/axios"]?.version}`);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

it("can be read: it is not minified", () => {
  expect(text.split("\n").length).toBeGreaterThan(5000);
});
