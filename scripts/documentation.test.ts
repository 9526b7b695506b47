// The documentation keeps up with the code: its links lead somewhere, and it names every setting that there is.
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { keyOf } from "../provider/dynamic/front";
import { gatewayRemedies, remedies, remedyFor, worded } from "../provider/huaweicloud/services/remedies";
import { settingVariables, variablesOnly } from "../provider/huaweicloud/settings";
import { toApiError } from "../provider/huaweicloud/transport/apiError";
import { ENGINE_VERSION } from "./engine";
import { page, render, steps } from "./troubleshooting";

const root = path.resolve(__dirname, "..");

/** Markdown below a folder; not in modules, where the examples find this very package again. */
function pagesIn(folder: string): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "node_modules") return pagesIn(name);
    return entry.isFile() && name.endsWith(".md") ? [name] : [];
  });
}

const pages = [
  "README.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
  ...["docs", "emulator", "examples"].flatMap(pagesIn),
];

const read = (page: string): string => fs.readFileSync(path.join(root, page), "utf8");

it.each(pages)("every link in %s that is a path leads to a file or folder", (page) => {
  const targets = [...read(page).matchAll(/\]\(([^)#\s]+)/g)].map(([, target]) => target ?? "");
  const missing = targets.filter(
    (target) => !/^[a-z]+:/.test(target) && !fs.existsSync(path.join(root, path.dirname(page), target)),
  );
  expect(missing).toEqual([]);
});

const users = Object.values(variablesOnly).filter((name) => !/^(HOME|USERPROFILE)$/.test(name));
it.each(users)("the variable %s is documented", (variable) => {
  const text = read("docs/credentials.md");

  expect(text).toContain(variable);
});

it("the troubleshooting page says what the errors say", () => {
  // `npm run docs` writes it.
  expect(read(page)).toBe(render());
});

it("the troubleshooting page says each sentence once, and leaves out no code", () => {
  const rows = steps();
  const sentences = rows.flatMap(({ step }) => step.split(/(?<=\.) /));
  expect(sentences).toEqual([...new Set(sentences)]);
  for (const [code, remedy] of remedies) {
    const said = rows.filter(({ codes }) => codes.includes(code)).map(({ step }) => step);
    expect(said.join(" ")).toBe(worded(remedy, keyOf));
  }
  const meanings = gatewayRemedies.map(({ meaning }) => `APIGW.0301 (${meaning})`);
  expect(rows.flatMap(({ codes }) => codes)).toEqual(expect.arrayContaining(meanings));
});

it.each(Object.entries(settingVariables))(
  "the setting %s is documented, with its first variable",
  (name, variables) => {
    const text = read("README.md") + read("docs/credentials.md");
    expect(text).toMatch(new RegExp(`\`(huaweicloud:)?${name}\\b`));
    const [variable] = variables;
    if (variable !== undefined) expect(text).toContain(variable);
  },
);

const manifest = z
  .object({
    homepage: z.string(),
    bugs: z.object({ url: z.string(), email: z.string() }),
    repository: z.object({ url: z.string() }),
    peerDependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    engines: z.object({ node: z.string() }),
  })
  .parse(JSON.parse(read("package.json")));

it("the table of upgrades says what the package asks for and what it is tried with", () => {
  const { peerDependencies, devDependencies, engines } = manifest;
  const rows = read("docs/rollout.md").split("\n");
  const row = (name: string): string => rows.find((line) => line.startsWith(`| ${name} |`)) ?? "";
  const pulumi = "@pulumi/pulumi";
  expect(row(`\`${pulumi}\``)).toContain(`\`${peerDependencies[pulumi]}\` | ${devDependencies[pulumi]} |`);
  expect(row("Pulumi's engine")).toContain(`| ${ENGINE_VERSION} |`);
  expect(row("Node.js")).toContain(`\`${engines.node}\` | 20, 22, 24 |`);
});

it("no page repeats an address of package.json: it is a placeholder in one place", () => {
  const { homepage, bugs, repository } = manifest;
  for (const address of [homepage, bugs.url, bugs.email, repository.url])
    expect(pages.filter((name) => read(name).includes(address))).toEqual([]);
});

describe("the README", () => {
  const lines = read("README.md").split("\n");

  it("is short", () => {
    expect(lines.length).toBeLessThanOrEqual(150);
  });

  it("names what the package is tried with", () => {
    const { peerDependencies, devDependencies, engines } = manifest;
    const pulumi = "@pulumi/pulumi";
    const text = lines.join("\n");
    expect(peerDependencies[pulumi]).toBe(">=3.217.0 <4");
    expect(text).toContain(`3.217 or later: tried with SDK ${devDependencies[pulumi]} and engine ${ENGINE_VERSION}.`);
    expect(text).toContain(`**Node.js ${engines.node.replace(">=", "")} or later**`);
  });

  it("has the sections in the order in which a reader asks", () => {
    expect(lines.filter((line) => line.startsWith("## ")).map((line) => line.slice(3))).toEqual([
      "Before you start",
      "Install",
      "A first program",
      "What there is",
      "Credentials",
      "Examples",
      "Audit",
      "Security and permissions",
      "Versions and support",
      "When something fails",
      "Coming from somewhere else",
      "Try it without an account",
      "Developing",
    ]);
  });

  it("has the four figures of the last measurement", () => {
    const quality = read("docs/quality.md");
    const figure = (name: string): string => {
      const row = quality.split("\n").find((line) => line.startsWith(`| ${name} |`)) ?? "";
      return row.split("|")[2]?.trim() ?? "";
    };
    const [idle, refresh, creation, time, bytes] = [
      figure("requests of an unchanged preview and up"),
      figure("requests of a refresh, each resource"),
      figure("requests of a creation with preflight, each resource"),
      figure("preview, 200 resources, no change: ours / minimal"),
      figure("state bytes, 200 resources: ours / minimal"),
    ];
    const words = lines.join(" ");
    expect(words).toContain(
      `an unchanged program sends ${idle} requests; a refresh sends ${refresh} a resource, a creation ${creation}; ` +
        `a preview of 200 resources takes ${Number(time).toFixed(2)} of what`,
    );
    expect(words).toContain(`their state has ${Number(bytes).toFixed(2)} of its bytes`);
  });

  it("shows an error as it is", () => {
    const [, shortened = ""] = /```\nerror: (.*?)\n```/s.exec(lines.join("\n")) ?? [];
    const parts = shortened
      .replaceAll("\n", " ")
      .split("…")
      .map((part) => part.trim());
    const error = toApiError(
      {
        status: 403,
        headers: { "x-request-id": "e40c1f9a6680" },
        body: JSON.stringify({ error: { code: "EVS.2056", message: "action in pdp check deny" } }),
      },
      { method: "PUT", url: "https://evs.cn-north-4.myhuaweicloud.com/v5" },
      {
        context: { action: "setting the default encryption key", region: "cn-north-4", project: "0123456789cdef" },
        tries: { count: 1, elapsedMs: 10 },
        remedyFor: (code, reason) => remedyFor(code, reason, keyOf),
      },
    );
    const form = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*");
    expect(parts).toHaveLength(4);
    expect(error.message).toMatch(new RegExp(`^${form}`));
  });

  it("names both fronts on its first screen", () => {
    const screen = lines.slice(0, 20).join("\n");
    expect(screen).toMatch(/npm package.*TypeScript/s);
    expect(screen).toContain("[plugin](docs/fronts.md)");
  });
});

it("the page of the fronts has five rows to choose by", () => {
  const [, table = ""] =
    /\| dynamic provider \| plugin \|\n\| --- \| --- \| --- \|\n((?:\|.*\n)+)/.exec(read("docs/fronts.md")) ?? [];
  expect(table.trimEnd().split("\n")).toHaveLength(5);
});
