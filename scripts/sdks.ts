// `npm run sdks`: the SDKs of Python, Go and Node.js, from schema.json into dist/sdks. Each is a package that a program can
// install from its folder: the Python one by pip, the Go one by `replace` in go.mod, the Node.js one, compiled, by npm.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { z } from "zod";
import { checkout } from "./checkout";
import { run } from "./command";
import { ENGINE_VERSION } from "./engine";
import { runGenerator } from "./sdks/build";

const described = z.object({ language: z.object({ go: z.object({ importBasePath: z.string() }) }) });

if (require.main === module) {
  makeSdks().then(
    (folder) => process.stdout.write(`${folder}\n`),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}

/** Returns the folder with one SDK a language. */
export async function makeSdks(schema = path.join(checkout, "schema.json"), name = "sdks"): Promise<string> {
  const folder = path.join(checkout, "dist", name);
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  // Below dist/, because the compiler looks for @pulumi/pulumi in the folders above.
  const partial = fs.mkdtempSync(`${folder}.partial-`);
  try {
    await runGenerator(schema, partial);
    await compile(path.join(partial, "nodejs"));
    fs.writeFileSync(path.join(partial, "go", "go.mod"), goModule(schema));
    // pyproject.toml names it, and the generator puts it one folder further down.
    fs.copyFileSync(
      path.join(partial, "python", "pulumi_huaweicloud_evs", "README.md"),
      path.join(partial, "python", "README.md"),
    );
    for (const language of fs.readdirSync(partial))
      fs.copyFileSync(path.join(checkout, "LICENSE"), path.join(partial, language, "LICENSE"));
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(partial, folder);
  } finally {
    fs.rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

/** The generator leaves the module of the Go SDK to us. Programs with a later version of Pulumi's SDK go with it. */
function goModule(schema: string): string {
  const { language } = described.parse(JSON.parse(fs.readFileSync(schema, "utf8")));
  const lines = [
    `module ${path.posix.dirname(language.go.importBasePath)}`,
    "go 1.25",
    `require github.com/pulumi/pulumi/sdk/v3 v${ENGINE_VERSION}`,
  ];
  return `${lines.join("\n\n")}\n`;
}

/** The generated package is TypeScript; what is installed is JavaScript with its types, beside the package.json. */
async function compile(folder: string): Promise<void> {
  const tsc = path.join(checkout, "node_modules", "typescript", "bin", "tsc");
  const flags = ["--outDir", ".", "--sourceMap", "false", "--declarationMap", "false"];
  await run(process.execPath, [tsc, "--project", folder, ...flags], folder, process.env);
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (/(?<!\.d)\.ts$|tsconfig\.json$|\.git(ignore|attributes)$/.test(name)) fs.rmSync(path.join(folder, name));
  }
  const file = path.join(folder, "package.json");
  const { scripts: _, devDependencies: __, ...manifest } = JSON.parse(fs.readFileSync(file, "utf8"));
  const text = JSON.stringify({ ...manifest, main: "index.js", types: "index.d.ts" }, null, 2);
  fs.writeFileSync(file, `${text}\n`);
}
