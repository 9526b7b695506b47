// The plugin out of its npm package: packed, installed, and named by the project file, under the real engine.
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { npmName } from "../../scripts/plugin/npmPackage";
import { region, startCloud } from "../fixtures/emulatedCloud";
import { runCommand } from "../harness/command";
import { bundledPlugin, checkout } from "../harness/readiness";
import { succeeded, withStack } from "../harness/stack";

const npm = async (args: string[], cwd: string) => {
  const done = await runCommand("npm", args, { cwd, env: { PATH: process.env.PATH ?? "", HOME: cwd } });
  if (done.code !== 0) throw new Error(`npm ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
};

it("serves a project that names the folder in node_modules", async () => {
  await bundledPlugin();
  const cloud = await startCloud();
  const program = `
    const evs = require("pulumi-huaweicloud-evs");
    new evs.DefaultEncryption("on", { region: "${region}" });
  `;
  try {
    const options = { program, front: "plugin", emulator: cloud.emulator, env: cloud.credentials() } as const;
    const prepare = async ({ folder, root }: { folder: string; root: string }) => {
      const flags = ["--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", root];
      const [packed] = JSON.parse(await npm(["pack", ...flags, path.join(checkout, "dist/plugin/npm")], root));
      const user = path.join(root, "user");
      fs.mkdirSync(user);
      fs.writeFileSync(path.join(user, "package.json"), JSON.stringify({ private: true }));
      await npm(["install", "--offline", "--no-audit", "--no-fund", path.join(root, packed.filename)], user);
      const names = fs.readdirSync(path.join(user, "node_modules")).filter((name) => !name.startsWith("."));
      expect(names).toEqual([npmName]);
      fs.renameSync(path.join(user, "node_modules", npmName), path.join(folder, "node_modules", npmName));
      const file = path.join(folder, "Pulumi.yaml");
      const text = fs.readFileSync(file, "utf8");
      const inCheckout = path.join(checkout, "dist", "plugin", "bin");
      expect(text).toContain(`path: ${inCheckout}\n`);
      fs.writeFileSync(file, text.replace(inCheckout, `node_modules/${npmName}/bin`));
    };
    await withStack({ ...options, prepare }, async (stack) => {
      succeeded(await stack.up());
      expect(cloud.live().enabled).toBe(true);
      succeeded(await stack.destroy());
      expect(cloud.live().enabled).toBe(false);
    });
  } finally {
    await cloud.close();
  }
});
