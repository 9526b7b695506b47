// The formats of the report and of what is written, with a cloud that names things as an attacker would.
import fs from "node:fs";
import { parse } from "yaml";
import { report } from "../../cli/report/findings";
import { World } from "./world";

let world: World;
beforeEach(async () => {
  world = await World.start();
});
afterEach(() => world.end());

const formulas = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "＝1"];
const hostile = [
  ...formulas,
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "a\u001b[31mred\u001b]0;title\u0007",
  "line\nbreak\u2028and\u2029more",
  "::error::hidden\n::set-output name=x::y",
  "`; require('child_process').exec('x'); //",
  "*/ process.exit(1) /*",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so it is meant
  "${pulumi.stack} ${keyAlias}",
  "'single' \"double\", comma; semicolon",
  "\u202etxt.exe",
  "name: value # comment\n  - item",
];

/** Projects and keys with these names, each project with the key as its default. */
function beHostile(): void {
  const { cloud } = world.emulator;
  for (const [index, text] of hostile.entries()) {
    const { id } = cloud.addProject("alpha", "cn-north-4", `cn-north-4_${text}`);
    const key = cloud.addKey(id, { alias: text, state: index % 2 === 0 ? "enabled" : "disabled" });
    cloud.setDefaultEncryption(id, { enabled: true, keyId: key.id });
  }
}

/** As RFC 4180 has it. */
function cellsOf(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted = "", end] of csv.matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    rows.at(-1)?.push(quoted.replaceAll('""', '"'));
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: there must be none
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;

it("JSON is alone on standard output, in one piece, and of its schema to the last field", async () => {
  beHostile();
  const { stdout, stderr } = await world.audit(["--format", "json"]);
  expect(JSON.parse(stdout).projects).toHaveLength(4 + hostile.length);
  expect(stdout).not.toMatch(control);
  expect(stderr).toBe("");
  expect(report.parse(JSON.parse(stdout))).toEqual(JSON.parse(stdout)); // docs/audit.schema.json is made of the same
});

it("no cell of CSV is a formula, or more than a cell", async () => {
  beHostile();
  const waivers = world.file(
    "w.yaml",
    "waivers: [{ region: la-south-2, owner: '=cmd()', reason: '@x,\"y', expires: 2099-01-01 }]",
  );
  const { stdout } = await world.audit(["--format", "csv", "--waivers", waivers]);
  const [head = [], ...rows] = cellsOf(stdout);
  expect(rows).toHaveLength(4 + hostile.length);
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([head.length]));
  expect(rows.flat().filter((cell) => /^\s*[=+\-@\t\r＝]/.test(cell))).toEqual([]);
  const aliases = rows.map((row) => row[head.indexOf("keyAlias")]);
  expect(aliases).toEqual(expect.arrayContaining(["'=cmd|' /C calc'!A0", "'+1+1", "'-2+3", "'@SUM(1)"]));
  const owners = rows.map((row) => row[head.indexOf("waiverOwner")]).filter(Boolean);
  expect(owners).toEqual(["'=cmd()"]);
  expect(stdout.replaceAll("\r\n", "")).not.toMatch(control);
});

it("a table has a line a row, no control characters, and the width that it is given", async () => {
  beHostile();
  const { stdout } = await world.audit(["--disks"], { env: { COLUMNS: "100" } });
  expect(stdout.replaceAll("\n", "")).not.toMatch(control);
  const lines = stdout.split("\n").filter((line) => /^[│┌├└]/.test(line));
  expect(new Set(lines.map((line) => [...line.replace(/[\uff00-\uff60]/g, "xx")].length)).size).toBe(1);
  expect(lines[0]?.length).toBeLessThanOrEqual(100);
  expect(stdout).toMatch(/^22 projects: /m);
});

it("HTML runs nothing of it, and loads nothing", async () => {
  beHostile();
  const { stdout } = await world.audit(["--format", "html"]);
  expect(stdout).not.toMatch(/<script>alert|<script[^>]+>/);
  expect(stdout).not.toMatch(/<img|https?:\/\/(?!www\.w3\.org)/);
  expect(stdout).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
});

it("--out writes the file whole, and nothing on standard output", async () => {
  const { stdout } = await world.audit(["--format", "csv", "--out", "report.csv"]);
  expect(stdout).toBe("");
  expect(cellsOf(world.read("report.csv"))).toHaveLength(5);
  expect(fs.readdirSync(world.folder)).toEqual(["report.csv"]);
});

it("programs hold no more than names of what is hostile, and no secret", async () => {
  beHostile();
  await world.audit(["--write", "program.ts", "program.yaml", "import.json"]);
  const program = world.read("program.ts");
  const code = program
    .split("\n")
    .filter((line) => !/^\s*\/\//.test(line))
    .join("\n");
  expect(code).not.toMatch(/require\('|process\.exit\(|<script>|\$\{/);
  expect(program.replaceAll("\n", "")).not.toMatch(control);
  const yaml = parse(world.read("program.yaml"));
  expect(Object.keys(yaml.resources)).toHaveLength(2 * (4 + hostile.length));
  expect(JSON.stringify(yaml)).not.toMatch(/pulumi\.stack/);
  expect(JSON.parse(world.read("import.json")).resources.length).toBeGreaterThan(hostile.length);
  for (const file of ["program.ts", "program.yaml", "import.json"])
    for (const secret of Object.values(world.credentials("auditor"))) expect(world.read(file)).not.toContain(secret);
});

it("a program that is there is not overwritten", async () => {
  world.file("program.ts", "mine");
  const { code, stderr } = await world.audit(["--write", "program.ts"]);
  expect([code, stderr]).toEqual([
    64,
    "error: program.ts is there already, and is not overwritten: name another file.\n",
  ]);
  expect(world.read("program.ts")).toBe("mine");
});
