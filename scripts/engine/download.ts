// The official download, by the Automation API's own installer.

import path from "node:path";
import process from "node:process";
import type { MakeEngine } from "./build";
import { run } from "./run";

const ANSWER_TIMEOUT_MS = 5_000;
// If Go is there to build with, a download that crawls is not worth the wait.
const TIMEOUT_WITH_GO_MS = 180_000;
const TIMEOUT_MS = 900_000;

export const downloadEngine: MakeEngine = async ({ folder, version, go, env, progress }) => {
  progress.phase(`asking get.pulumi.com for Pulumi ${version}`);
  await assertReachable();
  progress.phase(`downloading Pulumi ${version}`);
  // In a process of its own, for the installer takes neither a time limit nor a signal, and has children.
  const installer = [
    `const { PulumiCommand } = require(${JSON.stringify(path.dirname(require.resolve("@pulumi/pulumi/automation")))});`,
    "const [root, version] = process.argv.slice(1);",
    "PulumiCommand.install({ root, version }).catch((error) => { console.error(String(error)); process.exit(1); });",
  ].join("\n");
  const timeoutMs = go === undefined ? TIMEOUT_MS : TIMEOUT_WITH_GO_MS;
  await run(process.execPath, ["-e", installer, folder, version], { cwd: folder, env, timeoutMs });
};

// If the network drops packets silently, the installer alone would wait for minutes.
async function assertReachable(): Promise<void> {
  try {
    const response = await fetch("https://get.pulumi.com/install.sh", {
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    await response.text();
    if (!response.ok) throw new Error(`status ${response.status}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(`get.pulumi.com does not answer (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}
