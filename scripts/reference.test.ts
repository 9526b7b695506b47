// The reference says what the docstrings say, and every example that a reader may copy compiles.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { reference, renderReference } from "./reference";

const root = path.resolve(__dirname, "..");
const read = (file: string): string => fs.readFileSync(path.join(root, file), "utf8");

it("is as the docstrings are", () => {
  // `npm run docs` writes it.
  expect(renderReference()).toBe(read(reference));
}, 60_000);

it("has examples that compile, as have the other pages", () => {
  const pages = ["README.md", ...fs.readdirSync(path.join(root, "docs")).map((name) => `docs/${name}`)];
  const examples = pages.flatMap((page) =>
    [...read(page).matchAll(/^```(?:ts|typescript)\n(.*?)^```/gms)]
      .map(([, text = ""]) => text)
      // The others are signatures.
      .filter((text) => text.includes("import "))
      .map((text, index) => [path.join(root, `example-${page.replace(/\W/g, "-")}-${index}.ts`), text] as const),
  );
  expect(examples.length).toBeGreaterThanOrEqual(7);
  expect(problemsOf(new Map(examples))).toEqual([]);
}, 60_000);

it("would tell of an example that does not", () => {
  const wrong =
    'import * as evs from "pulumi-huaweicloud-evs";\nnew evs.DefaultEncryptionKey("key", { region: "x" });\n';
  expect(problemsOf(new Map([[path.join(root, "wrong.ts"), wrong]]))).toEqual([expect.stringContaining("kmsKeyId")]);
}, 60_000);

/** Parsed once for all. */
const parsed = new Map<string, ts.SourceFile>();

/** What the compiler says of these files, which are nowhere but here. */
function problemsOf(files: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    paths: { "pulumi-huaweicloud-evs": [path.join(root, "sdk/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.getSourceFile = (name, language) => {
    const text = files.get(name);
    if (text !== undefined) return ts.createSourceFile(name, text, language);
    const source = parsed.get(name) ?? getSourceFile(name, language);
    if (source) parsed.set(name, source);
    return source;
  };
  const program = ts.createProgram([...files.keys()], options, host);
  // What they import is checked by `npm run types`.
  return [...files.keys()]
    .flatMap((name) => ts.getPreEmitDiagnostics(program, program.getSourceFile(name)))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
