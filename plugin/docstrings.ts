// The docstrings of sdk/: one text serves the reference, the editor and the schema. Needs the compiler, so only schema.ts,
// which runs at build time, imports it.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { packageName } from "./names";

/** What is said of a class, an interface or a function, and of its members. */
export interface Documented {
  description: string;
  members: Map<string, string>;
}

/** By the name of what is exported. */
export function readDocstrings(folder: string): Map<string, Documented> {
  const found = new Map<string, Documented>();
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    const text = fs.readFileSync(path.join(folder, name), "utf8");
    const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    ts.forEachChild(file, (node) => {
      if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node) && !ts.isFunctionDeclaration(node)) return;
      if (node.name === undefined) return;
      const members = new Map<string, string>();
      if (!ts.isFunctionDeclaration(node)) {
        for (const member of node.members) {
          const own = member.name === undefined ? undefined : docstringOf(member);
          if (own && member.name !== undefined) members.set(member.name.getText(), own);
        }
      }
      found.set(node.name.text, { description: docstringOf(node), members });
    });
  }
  return found;
}

/** Without the example, which the schema has in every language, and under the names that the plugin's configuration has. */
function docstringOf(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).find(ts.isJSDoc)?.comment;
  const text = ts.getTextOfJSDocComment(comment) ?? "";
  return text
    .replace(/```ts\n[\s\S]*?```/g, "")
    .replaceAll("huaweicloud:", `${packageName}:`)
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
