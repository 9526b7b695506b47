// The axios and the zod that users get: what is in the files, and that all of it is named. Whether they work is what the other
// tests show, because jest loads the same files.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { z } from "zod";

const root = path.resolve(__dirname, "..");
const folder = path.join(root, "dist/provider/huaweicloud/transport");
const billForm = z.object({
  components: z.array(z.object({ name: z.string(), version: z.string(), purl: z.string() })),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

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

describe.each(["axios", "zod"])("%s", (library) => {
  const bundle = path.join(folder, `${library}.js`);
  const text = fs.readFileSync(bundle, "utf8");
  const bill = billForm.parse(JSON.parse(fs.readFileSync(path.join(folder, `${library}.cdx.json`), "utf8")));
  const named = bill.components.map(({ name, version }) => `${name}@${version}`);
  const { version } = packages[`node_modules/${library}`] ?? {};

  it("is the library and what it needs in the versions of the lock file, without form-data", () => {
    expect(named).toEqual([...needed(`node_modules/${library}`)].sort());
    expect(text).not.toMatch(/node_modules\/(form-data|mime-db|get-intrinsic)\//);
  });

  it("names each package at its head with its version and its licence's text", () => {
    const [head = ""] = text.split("*/");
    const listed = [...head.matchAll(/^- (\S+) (\S+) \(MIT\)$/gm)].map(([, name, of]) => `${name}@${of}`);
    expect(listed).toEqual(named);
    for (const { name } of bill.components) {
      const licence = head.split(`\n== ${name}\n`)[1]?.split("\n== ")[0];
      expect(licence).toMatch(/Copyright.*(Permission is hereby granted)/is);
    }
  });

  it("says in the bill of materials who needs whom, and where each comes from", () => {
    expect(bill.components.map(({ purl }) => purl)).toEqual(named.map((one) => `pkg:npm/${one}`));
    const own = bill.dependencies.find(({ ref }) => ref === `${library}@${version}`);
    const needs = { axios: ["follow-redirects", "https-proxy-agent", "proxy-from-env"], zod: [] }[library];
    expect(own?.dependsOn.map((ref) => ref.replace(/@.*/, ""))).toEqual(needs);
  });

  it("loads where nothing else is installed", () => {
    const alone = fs.mkdtempSync(path.join(os.tmpdir(), "evs-bundle-"));
    try {
      fs.copyFileSync(bundle, path.join(alone, "library.js"));
      const script = {
        axios: `const { default: axios, AxiosError } = require("./library.js");
          console.log(typeof axios.create(), new AxiosError("m", "C") instanceof Error, axios.VERSION);`,
        zod: `const { z } = require("./library.js");
          console.log(typeof z.object, z.string().safeParse(1).error.issues[0].message);`,
      }[library];
      const printed = execFileSync(process.execPath, ["-e", `${script}`], { cwd: alone, encoding: "utf8", env: {} });
      const said = {
        axios: `function true ${version}`,
        zod: "function Invalid input: expected string, received number",
      };
      expect(printed.trim()).toBe(said[library as keyof typeof said]);
    } finally {
      fs.rmSync(alone, { recursive: true });
    }
  });

  it("can be read: it is not minified", () => {
    expect(text.split("\n").length).toBeGreaterThan(5000);
  });
});

it("holds zod's messages in no language but English", () => {
  const text = fs.readFileSync(path.join(folder, "zod.js"), "utf8");
  expect([...text.matchAll(/^\/\/ node_modules\/zod\/v4\/locales\/(\w+)/gm)].map(([, name]) => name)).toEqual(["en"]);
});
