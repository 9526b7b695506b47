// What the release workflow refuses, and what it may do: see .github/workflows/release.yml.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parse } from "yaml";
import { z } from "zod";

const root = path.resolve(__dirname, "..");
const manifest: unknown = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-release-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const good = {
  version: "1.2.3",
  repository: { type: "git", url: "git+https://github.com/acme/evs.git" },
  homepage: "https://github.com/acme/evs#readme",
  bugs: { url: "https://github.com/acme/evs/issues", email: "security@acme.io" },
};
const environment = {
  GITHUB_REF_NAME: "v1.2.3",
  GITHUB_SERVER_URL: "https://github.com",
  GITHUB_REPOSITORY: "acme/evs",
};

function check(content: unknown, { changelog = "## [1.2.3]\n", env = environment } = {}) {
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify(content));
  fs.writeFileSync(path.join(folder, "CHANGELOG.md"), changelog);
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, "scripts/releaseCheck.mjs"), folder], {
    env,
    encoding: "utf8",
  });
  return { status, problems: stderr.trim() };
}

it("lets a version with its tag, its section and its addresses pass", () => {
  expect(check(good)).toEqual({ status: 0, problems: "" });
});

it.each<[string, object, string]>([
  ["another version", { ...good, version: "1.2.4" }, "the tag is v1.2.3, and the version"],
  ["no repository", { ...good, repository: undefined }, "repository.url of package.json is missing"],
  ["no homepage", { ...good, homepage: undefined }, "homepage of package.json is missing"],
  ["no address for mail", { ...good, bugs: { url: good.bugs.url } }, "bugs.email of package.json is missing"],
  [
    "a placeholder for mail",
    { ...good, bugs: { ...good.bugs, email: "security@project.example" } },
    "bugs.email of package.json is a placeholder",
  ],
  [
    "a placeholder for bugs",
    { ...good, bugs: { ...good.bugs, url: "https://example.com/issues" } },
    "bugs.url of package.json is a placeholder",
  ],
  [
    "another repository",
    { ...good, repository: { type: "git", url: "git+https://github.com/other/evs.git" } },
    "is not https://github.com/acme/evs",
  ],
])("refuses %s", (_, content, problem) => {
  const { status, problems } = check(content);
  expect(status).toBe(1);
  expect(problems).toContain(
    `release: ${problem.startsWith("is not") ? "repository.url of package.json " : ""}${problem}`,
  );
});

it("refuses a version that the changelog does not have", () => {
  expect(check(good, { changelog: "## [1.2.2]\n" }).problems).toBe("release: CHANGELOG.md has no section for 1.2.3");
});

it("refuses the placeholders of package.json, all of them", () => {
  const { status, problems } = check(manifest);
  expect(status).toBe(1);
  for (const field of ["repository.url", "homepage", "bugs.url", "bugs.email"])
    expect(problems).toContain(`${field} of package.json is a placeholder`);
});

const workflow = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions: z.record(z.string(), z.string()),
      needs: z.string().optional(),
      environment: z.string().optional(),
      steps: z.array(z.looseObject({ uses: z.string().optional(), run: z.string().optional() })),
    }),
  ),
});

describe("the workflow", () => {
  const text = fs.readFileSync(path.join(root, ".github/workflows/release.yml"), "utf8");
  const { permissions, jobs } = workflow.parse(parse(text));

  it("gives the right to publish to one job, which publishes the file of the other and runs nothing else", () => {
    expect(permissions).toEqual({});
    expect(Object.keys(jobs)).toEqual(["build", "publish", "attach"]);
    expect(jobs.build?.permissions).toEqual({ contents: "read" });
    expect(jobs.publish).toMatchObject({
      needs: "build",
      environment: "release",
      permissions: { "id-token": "write" },
    });
    expect(jobs.publish?.steps.flatMap(({ run }) => run ?? [])).toEqual([
      'for file in ./*.tgz; do npm publish "$file" --provenance --access public --ignore-scripts; done',
    ]);
    expect(jobs.publish?.steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toEqual([
      "actions/download-artifact",
      "actions/setup-node",
    ]);
    expect(text).not.toMatch(/secrets\./);
  });

  it("attaches package and bill of materials to the release of the tag, in a job that runs nothing else", () => {
    expect(jobs.attach).toMatchObject({ needs: "publish", permissions: { contents: "write" } });
    expect(jobs.attach?.steps.flatMap(({ uses }) => uses?.split("@")[0] ?? [])).toEqual([
      "actions/download-artifact",
      "actions/download-artifact",
    ]);
    const [command, ...others] = jobs.attach?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(others).toEqual([]);
    expect(command).toMatch(/^gh release create "\$GITHUB_REF_NAME" \.\/\* .*--verify-tag/);
    expect(jobs.build?.steps.flatMap(({ run }) => run ?? []).join("\n")).toContain(">package/sbom.cdx.json");
    for (const made of ["npm run plugin", "npm run sdks"])
      expect(jobs.build?.steps.flatMap(({ run }) => run ?? []).join("\n")).toContain(made);
  });

  it("checks first, and makes a bill of materials that names what a user gets", () => {
    const runs = jobs.build?.steps.flatMap(({ run }) => run ?? []) ?? [];
    expect(runs[0]).toBe("node scripts/releaseCheck.mjs");
    expect(runs.join("\n")).toContain("node scripts/billOfMaterials.mjs >package/sbom.cdx.json");
    const made = spawnSync(process.execPath, [path.join(root, "scripts/billOfMaterials.mjs")], { encoding: "utf8" });
    const reference = z.object({ "bom-ref": z.string() });
    const {
      components,
      dependencies: edges,
      metadata: { component: self },
    } = z
      .object({
        components: z.array(z.object({ name: z.string(), version: z.string() })),
        dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
        metadata: z.object({ component: reference }),
      })
      .parse(JSON.parse(made.stdout));
    const { dependencies } = z.object({ dependencies: z.record(z.string(), z.string()) }).parse(manifest);
    const names = components.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining([...Object.keys(dependencies), "@pulumi/pulumi"]));
    // In a file of this package, in place of packages of their own.
    expect(names).toEqual(expect.arrayContaining(["axios", "follow-redirects", "proxy-from-env", "zod"]));
    for (const name of ["jest", "typescript", "form-data"]) expect(names).not.toContain(name);
    const versions = components.map(({ name, version }) => `${name}@${version}`);
    expect(new Set(versions).size).toBe(versions.length);
    expect(edges.find(({ ref }) => ref === self["bom-ref"])?.dependsOn).toEqual(
      expect.arrayContaining([expect.stringMatching(/^axios@/), expect.stringMatching(/^zod@/)]),
    );
  });
});

it("asks every night about vulnerabilities of all packages, because a user's audit does not see the bundled ones", () => {
  const text = fs.readFileSync(path.join(root, ".github/workflows/audit.yml"), "utf8");
  expect(parse(text)).toMatchObject({
    on: { schedule: [{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }] },
    permissions: { contents: "read" },
  });
  expect(text).toMatch(/- run: npm audit --package-lock-only\n/);
});

it("names each tool that a workflow sets up by its version", () => {
  const folder = path.join(root, ".github/workflows");
  const lines = fs.readdirSync(folder).flatMap((file) => fs.readFileSync(path.join(folder, file), "utf8").split("\n"));
  const versions = lines.flatMap((line) => /^\s*(?:go|node)-version: (.*)$/.exec(line)?.[1] ?? []);
  expect(versions.length).toBeGreaterThan(3);
  for (const version of versions) expect(version).toMatch(/^(\d+(\.\d+)*|\$\{\{ matrix\.node \}\})$/);
});

it("installs every tool of the packaging tests from a lock file, with its checksum", () => {
  const tools = path.join(root, "scripts/packaging/tools");
  const lock = z
    .object({
      packages: z.record(z.string(), z.object({ version: z.string().optional(), integrity: z.string().optional() })),
    })
    .parse(JSON.parse(fs.readFileSync(path.join(tools, "package-lock.json"), "utf8")));
  const unlocked = Object.entries(lock.packages).filter(([name, { integrity }]) => name !== "" && !integrity);
  expect(unlocked).toEqual([]);
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string().regex(/^\d+\.\d+\.\d+$/)) })
    .parse(JSON.parse(fs.readFileSync(path.join(tools, "package.json"), "utf8")));
  for (const [name, version] of Object.entries(dependencies))
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
  // Nothing else fetches a program to run.
  const scripts = fs.readdirSync(path.join(root, "scripts"), { recursive: true, encoding: "utf8" });
  const texts = scripts
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith(".test.ts"))
    .map((file) => fs.readFileSync(path.join(root, "scripts", file), "utf8"));
  const workflows = fs
    .readdirSync(path.join(root, ".github/workflows"))
    .map((file) => fs.readFileSync(path.join(root, ".github/workflows", file), "utf8"));
  for (const text of [...texts, ...workflows])
    expect(text).not.toMatch(/\bnpx\b|\bnpm exec\b|\bpnpm dlx\b|\byarn dlx\b/);
});
