// Who may import whom, as docs/architecture.md says it. Types count as much as code, unless a rule says otherwise. Tests are free.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const root = path.resolve(__dirname, "..");

/**
 * A file is in the first room that its path begins with. It may import files of that room, and of those that `uses` names. A new
 * file outside of all rooms fails, and so does a room that is empty.
 */
const rooms: { room: string; uses: string[] }[] = [
  { room: "provider/huaweicloud/transport/", uses: ["package.json"] },
  { room: "provider/huaweicloud/services/", uses: ["provider/huaweicloud/transport/"] },
  { room: "provider/huaweicloud/settings", uses: ["provider/huaweicloud/transport/"] },
  {
    room: "provider/huaweicloud/credentials/",
    uses: ["provider/huaweicloud/transport/", "provider/huaweicloud/services/", "provider/huaweicloud/settings"],
  },
  {
    room: "provider/huaweicloud/connection",
    uses: [
      "provider/huaweicloud/transport/",
      "provider/huaweicloud/services/",
      "provider/huaweicloud/settings",
      "provider/huaweicloud/credentials/",
    ],
  },
  { room: "provider/dynamic/", uses: ["provider/"] },
  { room: "provider/", uses: ["provider/huaweicloud/"] },
  {
    room: "sdk/",
    uses: [
      "provider/conflict",
      "provider/dynamic/hiddenProperties",
      "provider/dynamic/session",
      "provider/functions/",
      "provider/huaweicloud/transport/errors",
      "provider/session",
    ],
  },
  { room: "plugin/", uses: ["provider/"] },

  { room: "emulator/errors", uses: [] },
  { room: "emulator/clock", uses: [] },
  { room: "emulator/inferred", uses: ["emulator/errors"] },
  { room: "emulator/cloud/", uses: ["emulator/errors", "emulator/clock", "emulator/inferred"] },
  { room: "emulator/operation", uses: ["emulator/errors", "emulator/cloud/"] },
  {
    room: "emulator/services/",
    uses: ["emulator/errors", "emulator/inferred", "emulator/cloud/", "emulator/operation"],
  },
  { room: "emulator/", uses: ["emulator/"] },

  { room: "cli/report/", uses: ["provider/huaweicloud/transport/"] },

  { room: "cli/", uses: ["cli/", "provider/", "emulator/", "package.json"] },

  { room: "scripts/", uses: ["sdk/", "provider/", "emulator/", "cli/", "package.json"] },
];

interface Import {
  /** A package's name, or the path of a file of the project, without `.ts`. */
  name: string;
  /** Whether it is loaded as soon as the file is: neither a type nor an `import()`. */
  atOnce: boolean;
}

/** Every `import`, `export … from`, `import()`, `require()` and `import("…").Type` of a text. */
function readImports(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, atOnce: boolean): void => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const { text: name } = specifier;
    found.push({ name: name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name, atOnce });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, !isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, !node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, false);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    else if (ts.isCallExpression(node) && node.expression.getText() === "require") add(node.arguments[0], true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

/** `import type`, or nothing but `type` in the braces. */
function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const { name, namedBindings } = clause;
  if (name !== undefined || namedBindings === undefined || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

type Graph = Map<string, Import[]>;

function readProject(): Graph {
  const graph: Graph = new Map();
  for (const folder of ["sdk", "provider", "plugin", "emulator", "cli", "scripts"])
    for (const name of fs.readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      const file = path.posix.join(folder, name.split(path.sep).join("/")).replace(/\.ts$/, "");
      graph.set(file, readImports(file, fs.readFileSync(path.join(root, `${file}.ts`), "utf8")));
    }
  return graph;
}

/** A file beside the rooms of the client would be in the room of the lifecycles, and could import all of them: it is in none. */
const roomOf = (file: string) =>
  rooms.find(
    ({ room }) => file.startsWith(room) && (room !== "provider/" || !file.startsWith("provider/huaweicloud/")),
  );

/** One line for each import of a file of the project that no rule allows. */
function strays(graph: Graph): string[] {
  return [...graph].flatMap(([file, imports]) => {
    const own = roomOf(file);
    return imports
      .filter(({ name }) =>
        /^(sdk|provider|plugin|emulator|cli|scripts|tests|examples)\/|^package\.json$|^\./.test(name),
      )
      .filter(({ name }) => own === undefined || roomOf(name) !== own)
      .filter(({ name }) => !own?.uses.some((room) => name.startsWith(room)))
      .map(({ name }) => `${file} imports ${name}`);
  });
}

/** Each circle as a path that ends with the file that it begins with. */
function circles(graph: Graph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: string[]): void => {
    const start = trail.indexOf(file);
    if (start >= 0) found.push([...trail.slice(start), file].join(" → "));
    if (start >= 0 || done.has(file)) return;
    for (const { name } of graph.get(file) ?? []) if (graph.has(name)) visit(name, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

/** The packages that are loaded with the file, each with the first path to it. */
function loadedWith(graph: Graph, start: string): Map<string, string> {
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (file: string, trail: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { name, atOnce } of graph.get(file) ?? []) {
      if (!atOnce) continue;
      if (graph.has(name)) visit(name, `${trail} → ${name}`);
      else if (!packages.has(name)) packages.set(name, `${trail} → ${name}`);
    }
  };
  visit(start, start);
  return packages;
}

const project = readProject();

test("every file is in a room, and every room has files", () => {
  expect([...project.keys()].filter((file) => roomOf(file) === undefined)).toEqual([]);
  const inhabited = new Set([...project.keys()].map(roomOf));
  expect(rooms.filter((room) => !inhabited.has(room))).toEqual([]);
});

test("no file imports one of a room that its own does not use", () => {
  expect(strays(project)).toEqual([]);
});

test("no files import each other in a circle", () => {
  expect(circles(project)).toEqual([]);
});

test("the provider takes nothing but types from Pulumi, the cloud's client and the emulator nothing at all", () => {
  const ofPulumi = [...project].flatMap(([file, imports]) =>
    imports.filter(({ name }) => name.startsWith("@pulumi/")).map(({ atOnce }) => ({ file, atOnce })),
  );
  expect(ofPulumi.filter(({ file, atOnce }) => file.startsWith("provider/") && atOnce)).toEqual([]);
  expect(ofPulumi.filter(({ file }) => /^(provider\/huaweicloud|emulator)\//.test(file))).toEqual([]);
});

test("the cloud's client names no setting as Pulumi does, and no command of it", () => {
  const files = [...project.keys()].filter((file) => file.startsWith("provider/huaweicloud/"));
  expect(files.length).toBeGreaterThan(30);
  const texts = files.map((file) => ({ file, text: fs.readFileSync(path.join(root, `${file}.ts`), "utf8") }));
  expect(texts.filter(({ text }) => /@pulumi|pulumi config|"huaweicloud:/.test(text)).map(({ file }) => file)).toEqual(
    [],
  );
});

test("one file opens connections to the cloud: nothing else loads what can send", () => {
  const able = /^(axios|(node:)?(http|https|http2|net|tls|dgram)|undici|node-fetch)$/;
  const senders = [...project].flatMap(([file, imports]) =>
    imports
      .filter(({ name, atOnce }) => atOnce && able.test(name) && /^(sdk|provider|plugin)\//.test(file))
      .map(({ name }) => `${file} imports ${name}`),
  );
  expect(senders.sort()).toEqual([
    "plugin/listener imports node:net", // listens for the engine
    "provider/huaweicloud/transport/agents imports node:http",
    "provider/huaweicloud/transport/agents imports node:https",
    "provider/huaweicloud/transport/agents imports node:tls",
    "provider/huaweicloud/transport/axios imports axios",
  ]);
  // Of those that get at axios, one makes an instance of it; the others look at its errors.
  const users = [...project].filter(([, imports]) =>
    imports.some(({ name, atOnce }) => atOnce && name === "provider/huaweicloud/transport/axios"),
  );
  const makesInstance = users
    .map(([file]) => file)
    .filter((file) => /^import axios\b/m.test(fs.readFileSync(path.join(root, `${file}.ts`), "utf8")));
  expect(makesInstance).toEqual(["provider/huaweicloud/transport/transport"]);
});

test("nothing sends by the global fetch", () => {
  const files = [...project.keys()].filter((file) => /^(sdk|provider|plugin|cli)\//.test(file));
  expect(files.filter((file) => /\bfetch\(/.test(fs.readFileSync(path.join(root, `${file}.ts`), "utf8")))).toEqual([]);
});

test("the two fronts do not know each other", () => {
  const other = { "plugin/": "provider/dynamic/", "provider/dynamic/": "plugin/" };
  const known = [...project].flatMap(([file, imports]) =>
    Object.entries(other).flatMap(([own, theirs]) =>
      imports
        .filter(({ name }) => file.startsWith(own) && name.startsWith(theirs))
        .map(({ name }) => `${file} imports ${name}`),
    ),
  );
  expect(known).toEqual([]);
});

test("a program that imports the package loads neither the HTTP client nor the schemas", () => {
  const loaded = loadedWith(project, "sdk/index");
  expect(loaded.has("@pulumi/pulumi")).toBe(true);
  expect(
    ["axios", "zod", "provider/huaweicloud/transport/zod", "commander", "yaml", "cli-table3", "cli-progress"]
      .map((name) => loaded.get(name))
      .filter(Boolean),
  ).toEqual([]);
});

describe("the rules themselves", () => {
  test.each<[string, string, boolean]>([
    ['import { a } from "./b";', "sdk/b", true],
    ['import a from "./b";', "sdk/b", true],
    ['import * as a from "./b";', "sdk/b", true],
    ['import "./b";', "sdk/b", true],
    ['import { type A, b } from "./b";', "sdk/b", true],
    ['import { type A } from "./b";', "sdk/b", false],
    ['import type { A } from "./b";', "sdk/b", false],
    ['export { a } from "./b";', "sdk/b", true],
    ['export type { A } from "./b";', "sdk/b", false],
    ['export * from "./b";', "sdk/b", true],
    ['const a = require("./b");', "sdk/b", true],
    ['const a = () => import("./b");', "sdk/b", false],
    ['let a: import("./b").A;', "sdk/b", false],
    ['let a: typeof import("../provider/b");', "provider/b", false],
    ['import axios from "axios";', "axios", true],
  ])("%s is seen", (text, name, atOnce) => {
    expect(readImports("sdk/a", text)).toEqual([{ name, atOnce }]);
  });

  const graphOf = (...edges: [string, string][]): Graph =>
    new Map(edges.map(([file, name]) => [file, [{ name, atOnce: false }]]));

  test.each([
    ["emulator/server", "provider/engine"],
    ["emulator/server", "sdk/index"],
    ["emulator/cloud/cloud", "emulator/services/kms"],
    ["emulator/services/kms", "emulator/gateway"],
    ["provider/session", "sdk/index"],
    ["provider/session", "emulator/server"],
    ["provider/session", "provider/dynamic/front"],
    ["provider/huaweicloud/connection", "provider/session"],
    ["provider/huaweicloud/transport/call", "provider/huaweicloud/services/evs"],
    ["provider/huaweicloud/services/iam", "provider/huaweicloud/credentials/chain"],
    ["provider/huaweicloud/credentials/chain", "provider/huaweicloud/connection"],
    ["sdk/index", "emulator/server"],
    ["sdk/index", "cli/main"],
    ["sdk/index", "provider/defaultEncryption/lifecycle"],
    ["sdk/index", "provider/target"],
    ["provider/session", "cli/audit/client"],
    ["cli/report/csv", "cli/audit/audit"],
    ["scripts/demo", "tests/fixtures/run"],
    ["plugin/server", "sdk/index"],
    ["provider/session", "plugin/front"],
  ])("%s must not import %s", (file, name) => {
    expect(strays(graphOf([file, name]))).toEqual([`${file} imports ${name}`]);
  });

  test("a file beside the rooms of the client is in none", () => {
    expect(roomOf("provider/huaweicloud/more")).toBeUndefined();
  });

  test("a circle of types is one", () => {
    const edges: [string, string][] = [
      ["sdk/a", "sdk/b"],
      ["sdk/b", "sdk/c"],
      ["sdk/c", "sdk/b"],
    ];
    expect(circles(graphOf(...edges))).toEqual(["sdk/b → sdk/c → sdk/b"]);
  });
});
