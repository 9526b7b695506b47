// Links this package into a program's modules as npm would install it: its manifest, and the code that is compiled. Not the whole
// checkout, because Pulumi's language host reads every package.json below (hundreds), and has the engine download, five times
// in vain, the plugin of a generated SDK that is among them.

import fs from "node:fs";
import path from "node:path";
import { checkout } from "./checkout";

/** `modules` is the program's `node_modules`. */
export function linkPackage(modules: string): void {
  const target = path.join(modules, "pulumi-huaweicloud-evs");
  fs.mkdirSync(path.join(target, "dist"), { recursive: true });
  fs.copyFileSync(path.join(checkout, "package.json"), path.join(target, "package.json"));
  for (const folder of ["dist/sdk", "dist/provider"]) {
    fs.symlinkSync(path.join(checkout, folder), path.join(target, folder), "junction");
  }
}
