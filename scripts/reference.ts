// Writes docs/reference.md from the docstrings of sdk/, by typedoc: `npm run docs`.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { checkout } from "./checkout";

export const reference = "docs/reference.md";

export function renderReference(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-reference-"));
  try {
    const typedoc = path.join(checkout, "node_modules", "typedoc", "bin", "typedoc");
    execFileSync(process.execPath, [typedoc, "--options", "scripts/typedoc.json", "--out", folder], { cwd: checkout });
    return fs.readFileSync(path.join(folder, path.basename(reference)), "utf8");
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

if (require.main === module) fs.writeFileSync(path.join(checkout, reference), renderReference());
