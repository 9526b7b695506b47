// `npm run picture`: draws docs/preview.svg, what a reviewer sees of a key rotation: the real output of a real
// `pulumi preview --diff` of the quickstart, against the emulated cloud.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import Anser from "anser";
import { startEmulator } from "../emulator/server";
import { run } from "./command";
import { emulatedAccount, withoutCloudVariables } from "./emulatedAccount";
import { engineEnvironment, ensureEngine } from "./engine";

const root = path.resolve(__dirname, "../..");
const picture = path.join(root, "docs", "preview.svg");

const font = { family: "ui-monospace, Menlo, Consolas, monospace", size: 13, width: 7.83, height: 19 };
const margin = 16;
/** The terminal's colours, light enough for the dark ground. */
const light: Readonly<Record<string, string>> = {
  "187, 0, 0": "255, 123, 114",
  "0, 187, 0": "126, 231, 135",
  "187, 187, 0": "227, 179, 65",
  "255, 85, 255": "210, 168, 255",
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  fs.writeFileSync(picture, draw(await preview()));
  process.stderr.write(`written: ${path.relative(root, picture)}\n`);
}

/** What the command prints, colours and all. */
async function preview(): Promise<string> {
  const engine = await ensureEngine();
  const emulator = await startEmulator();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-picture-"));
  try {
    const { env: credentials, keys } = emulatedAccount(emulator.describe());
    const env = engineEnvironment(engine, {
      ...withoutCloudVariables(process.env),
      ...credentials,
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "picture",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_STACK: "production",
    });
    const example = fs.readFileSync(path.join(root, "examples", "quickstart", "Pulumi.yaml"), "utf8");
    const main = path.relative(folder, path.join(root, "examples", "quickstart"));
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), `${example.trimEnd()}\nmain: ${main}\n`);
    const pulumi = (...args: string[]) =>
      run(engine.command, [...args, "--non-interactive", "--color", "always"], folder, env);
    await pulumi("stack", "init", "production");
    for (const key of keys.slice(0, 2)) {
      await pulumi("config", "set", "kmsKeyId", key.keyId);
      if (key === keys[0]) await pulumi("up", "--yes", "--skip-preview");
    }
    return await pulumi("preview", "--diff", "--suppress-progress");
  } finally {
    await emulator.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function draw(output: string): string {
  const lines = ["$ pulumi preview --diff", ...output.trimEnd().split("\n")];
  const columns = Math.max(...lines.map((line) => Anser.ansiToText(line).length));
  const width = Math.ceil(columns * font.width + 2 * margin);
  const height = lines.length * font.height + 2 * margin;
  const texts = lines.map((line, index) => {
    const y = margin + (index + 0.75) * font.height;
    return `<text x="${margin}" y="${y}" xml:space="preserve">${spans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>pulumi preview --diff: the default encryption key changes</title>
<rect width="100%" height="100%" rx="8" fill="#1b1f24"/>
<g font-family="${font.family}" font-size="${font.size}" fill="#d7dde4">
${texts.join("\n")}
</g>
</svg>
`;
}

function spans(line: string): string {
  return Anser.ansiToJson(line, { remove_empty: true })
    .map(({ content, fg, decorations }) => {
      const colour = fg ? ` fill="rgb(${light[fg] ?? fg})"` : "";
      const weight = decorations.includes("bold") ? ' font-weight="bold"' : "";
      return `<tspan${colour}${weight}>${Anser.escapeForHtml(content)}</tspan>`;
    })
    .join("");
}
