// A program compiled as users compile theirs, each with the settings that are the strictest of their kind: the types of
// libraries are checked, and nothing helps imports along.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import ts from "typescript";
import { end } from "../command";
import { typescript, writeProject } from "./programs";
import type { Tools } from "./tools";

const PACKAGE = "pulumi-huaweicloud-evs";
const VERSIONS = ["5.9", "6.0"];

/** How modules are written and found. TypeScript 6 warns of the oldest way, which many programs still have. */
const SHAPES = [
  { name: "CommonJS, node10", main: "index.ts", module: "commonjs", moduleResolution: "node10" },
  { name: "CommonJS, node16", main: "index.cts", module: "node16", moduleResolution: "node16" },
  { name: "ES module, bundler", main: "index.mts", module: "esnext", moduleResolution: "bundler" },
];

/** Throws if a program that uses every public name does not compile. */
export async function checkCompilations(tarball: string, folder: string, tools: Tools): Promise<void> {
  const project = path.join(folder, "compilations");
  const compilers = Object.fromEntries(VERSIONS.map((version) => [alias(version), `npm:typescript@~${version}.0`]));
  writeProject(project, typescript, { [PACKAGE]: `file:${tarball}`, "@types/node": "^20.19.0", ...compilers });
  await tools.npm(["install"], project);
  const text = programWithEveryName(path.join(project, "node_modules", PACKAGE, "dist", "sdk", "index.d.ts"));
  for (const { main } of SHAPES) fs.writeFileSync(path.join(project, main), text);
  const errors: string[] = [];
  for (const version of VERSIONS) {
    const found = await Promise.all(SHAPES.map((shape) => compile(project, version, shape)));
    errors.push(...found.flat());
  }
  if (errors.length > 0) throw new Error(errors.join("\n"));
  process.stdout.write(`compiled: ${VERSIONS.length * SHAPES.length} programs\n`);
}

/** Returns what the compiler says, if it does not accept the program. */
async function compile(project: string, version: string, shape: (typeof SHAPES)[number]): Promise<string[]> {
  const configuration = path.join(project, `tsconfig.${version}.${shape.moduleResolution}.json`);
  fs.writeFileSync(configuration, JSON.stringify(settings(shape, version)));
  const compiler = path.join(project, "node_modules", alias(version), "bin", "tsc");
  const { code, output } = await end(process.execPath, [compiler, "-p", configuration], project, process.env);
  return code === 0 ? [] : [`TypeScript ${version}, ${shape.name}:\n${output}`];
}

function alias(version: string): string {
  return `typescript-${version}`;
}

function settings({ main, module, moduleResolution }: (typeof SHAPES)[number], version: string): object {
  const old = moduleResolution === "node10" && version === "6.0" ? { ignoreDeprecations: "6.0" } : {};
  const options = { target: "es2020", module, moduleResolution, strict: true, noEmit: true, types: ["node"], ...old };
  return { compilerOptions: options, files: [main] };
}

/** The quickstart, and every value and type that the declarations export. */
function programWithEveryName(declarations: string): string {
  const program = ts.createProgram([declarations], { skipLibCheck: true });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(declarations);
  const module = source && checker.getSymbolAtLocation(source);
  const exported = module ? checker.getExportsOfModule(module) : [];
  if (exported.length === 0) throw new Error(`${declarations} exports nothing`);
  const uses = exported.map((symbol) => {
    const aliased = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const isType = (aliased.flags & ts.SymbolFlags.Type) !== 0;
    const isValue = (aliased.flags & ts.SymbolFlags.Value) !== 0;
    if (!isType && !isValue) throw new Error(`${symbol.name} is neither a type nor a value`);
    const [type, value] = [`export type Type_${symbol.name} = all.${symbol.name};`, `console.log(all.${symbol.name});`];
    return [isType ? type : "", isValue ? value : ""].join("\n");
  });
  return [typescript.text, `import * as all from "${PACKAGE}";`, ...uses].join("\n");
}
