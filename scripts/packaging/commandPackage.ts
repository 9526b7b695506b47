// The package of the command, as a user gets it: one file, its types and its bill of materials, which run with nothing else
// installed.

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { run } from "../command";
import type { Tools } from "./tools";

const root = path.resolve(__dirname, "../../..");
const PUBLISHED = ["README.md", "dist/main.cdx.json", "dist/main.js", "index.d.ts", "package.json"];
const EXPORTED = ["auditAccounts", "findAccounts", "shown", "UsageError"];

/** Throws if the package holds something else, brings another one, or does not run by itself. */
export async function checkCommand(folder: string, tools: Tools): Promise<void> {
  const flags = ["--json", "--ignore-scripts", "--loglevel=error", "--workspace", "cli", "--pack-destination", folder];
  const [packed]: { filename: string; files: { path: string }[] }[] = JSON.parse(
    await run("npm", ["pack", ...flags], root, process.env),
  );
  const files = packed?.files.map((file) => file.path).sort() ?? [];
  if (!packed || files.join() !== PUBLISHED.join()) throw new Error(`it holds ${files.join(", ")}`);
  const user = path.join(folder, "command");
  fs.mkdirSync(user);
  fs.writeFileSync(path.join(user, "package.json"), JSON.stringify({ private: true }));
  await tools.npm(["install", path.join(folder, packed.filename)], user);
  const installed = fs.readdirSync(path.join(user, "node_modules")).filter((name) => !name.startsWith("."));
  if (installed.join() !== "pulumi-huaweicloud-evs-cli") throw new Error(`it brings ${installed.join(", ")}`);
  const { version } = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8"));
  const command = path.join(user, "node_modules", ".bin", "pulumi-huaweicloud-evs");
  const said = (await run(command, ["--version"], user, process.env)).trim();
  if (said !== version) throw new Error(`it says that it is ${said}, not ${version}`);
  for (const part of ["audit", "emulator"]) {
    const help = await run(command, [part, "--help"], user, process.env);
    if (!help.startsWith(`Usage: pulumi-huaweicloud-evs ${part}`)) throw new Error(`the help of ${part} is: ${help}`);
  }
  const program = `import { ${EXPORTED.join(", ")} } from "pulumi-huaweicloud-evs-cli"; console.log(shown("one\\ntwo"));`;
  const shown = await run(process.execPath, ["--input-type=module", "-e", program], user, process.env);
  if (shown !== "one two\n") throw new Error(`a program that imports it prints ${shown}`);
}
