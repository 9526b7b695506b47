// `npm run picture`: draws docs/audit.png, the HTML report of an audit as a browser shows it.

import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { toHtml } from "../cli/report/html";
import { findBrowser, howToGet } from "./browser";
import { Page } from "./browser/devtools";
import { sampleReport } from "./sampleReport";

const root = path.resolve(__dirname, "../..");
const picture = path.join(root, "docs", "audit.png");

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const browser = findBrowser();
  if (browser === undefined) throw new Error(howToGet);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "evs-picture-"));
  const page = await Page.start(browser);
  try {
    const file = path.join(folder, "report.html");
    fs.writeFileSync(file, toHtml(sampleReport()));
    await page.resize(1440, 1150);
    await page.setMedia("screen", "light");
    await page.open(pathToFileURL(file).href);
    fs.writeFileSync(picture, await page.picture());
  } finally {
    await page.close();
    fs.rmSync(folder, { recursive: true, force: true });
  }
  process.stderr.write(`written: ${path.relative(root, picture)}\n`);
}
