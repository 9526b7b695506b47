// Runs jest to its end, whatever the tests say, and counts.

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The numbers of jest's `--json` that are looked at. */
interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numRuntimeErrorTestSuites: number;
}

const root = path.resolve(__dirname, "../..");

export async function runJest(given: readonly string[], env: NodeJS.ProcessEnv): Promise<Counts> {
  const resultsFile = path.join(root, "dist", `.jest-results-${process.pid}.json`);
  try {
    const args = ["--json", "--outputFile", resultsFile, ...given];
    const ended = await runsJest(args, env);
    if (!fs.existsSync(resultsFile)) return { passed: 0, failed: 1, skipped: 0 };
    const results: JestResults = JSON.parse(fs.readFileSync(resultsFile, "utf8"));
    // A suite that cannot even be loaded has no failed tests to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return {
      passed: results.numPassedTests,
      // Something else that jest objects to, such as a missed coverage threshold.
      failed: failed === 0 && !ended ? 1 : failed,
      skipped: results.numPendingTests + results.numTodoTests,
    };
  } finally {
    fs.rmSync(resultsFile, { force: true });
  }
}

/** The last line of every command that tests. */
export function line({ passed, failed, skipped }: Counts): string {
  return `\n${passed} passed, ${failed} failed, ${skipped} skipped\n`;
}

/** With no more open files and connections than the least that machines allow, so that a leak of them is noticed on all. */
function runsJest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const command = [process.execPath, path.join(root, "node_modules", "jest/bin/jest.js"), ...args];
  if (process.platform !== "win32") command.unshift("sh", "-c", 'ulimit -n 1024 2>/dev/null; exec "$@"', "sh");
  const [program = "", ...words] = command;
  return new Promise((resolve, reject) => {
    // Without this, --json prints the results on stdout as well.
    const child = spawn(program, words, { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] });
    child.once("error", reject);
    child.once("exit", (code) => resolve(code === 0));
  });
}
