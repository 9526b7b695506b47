// The public surface of the package as one text, in sdk/api.txt: a change of the surface changes that file in the same
// commit, where a reviewer sees it. `npm run docs` writes it.

import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { checkout } from "./checkout";

export const report = "sdk/api.txt";

/** The declarations that programs see, without comments: `sdk/` whole, and what it names of `provider/`. */
export function renderApi(): string {
  const folder = path.join(checkout, "dist", "sdk");
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".d.ts"));
  const texts = files
    .sort()
    .map((name) => `// ${name}\n${withoutComments(fs.readFileSync(path.join(folder, name), "utf8"))}`);
  const { exports, peerDependencies, engines } = JSON.parse(
    fs.readFileSync(path.join(checkout, "package.json"), "utf8"),
  );
  return `${texts.join("\n")}\n// package.json\n${JSON.stringify({ exports, peerDependencies, engines }, null, 2)}\n`;
}

function withoutComments(text: string): string {
  const source = ts.createSourceFile("api.d.ts", text, ts.ScriptTarget.Latest);
  return ts.createPrinter({ removeComments: true }).printFile(source);
}

if (require.main === module) fs.writeFileSync(path.join(checkout, report), renderApi());
