// Who may import whom: transport/ knows HTTP alone, services/ knows transport/, credentials/ knows both, and connection.ts
// all of them. Nobody imports in a circle, and nothing here knows Pulumi.
import fs from "node:fs";
import path from "node:path";

const files = fs
  .readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => file.replace(/\.ts$/, ""));
const text = (file: string) => fs.readFileSync(path.join(__dirname, `${file}.ts`), "utf8");

/** What each file imports, types too: packages by name, files of this folder by their path in it. */
const imports = new Map(
  files.map((file) => [
    file,
    [...text(file).matchAll(/(?:from |import\(|require\()"([^"]+)"/g)].map(([, name = ""]) =>
      name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name,
    ),
  ]),
);

const rooms = ["transport/", "settings", "services/", "credentials/", "connection"];
/** The rooms that each may import besides itself. */
const allowed: Record<string, string[]> = {
  "transport/": [],
  settings: ["transport/"],
  "services/": ["transport/"],
  "credentials/": ["transport/", "services/", "settings"],
  connection: ["transport/", "services/", "credentials/", "settings"],
};
const roomOf = (file: string) => rooms.find((room) => file.startsWith(room));

it("every file is in a room", () => {
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
});

it.each(files)("%s imports nothing from a room above", (file) => {
  const room = roomOf(file) ?? "";
  const own = imports
    .get(file)
    ?.filter((name) => !name.startsWith("node:") && (name.includes("/") || files.includes(name)));
  const climbing = own?.filter((name) => {
    if (name.startsWith("@huaweicloud/")) return false;
    const target = roomOf(name);
    return target === undefined || (target !== room && !allowed[room]?.includes(target));
  });
  expect(climbing).toEqual([]);
});

it("nobody imports in a circle", () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
    if (trail.includes(file) || done.has(file)) return;
    for (const next of imports.get(file) ?? []) if (imports.has(next)) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(circles).toEqual([]);
});

it.each(files)("%s knows no program in front of it", (file) => {
  expect(text(file)).not.toMatch(/@pulumi|pulumi config|"huaweicloud:/);
});
