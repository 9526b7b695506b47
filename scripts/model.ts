// `npm run model -- [--runs 20000] [--seed N]`: the model of tests/model for long, one process for each processor. Prints
// progress, then how many runs and violations there were, and the seed that does it again. Ends with code 1 at a violation.
import { spawn } from "node:child_process";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

const root = path.resolve(__dirname, "../..");

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { runs: { type: "string" }, seed: { type: "string" } } });
  const runs = wholeNumber("--runs", values.runs ?? "20000");
  const seed = wholeNumber("--seed", values.seed ?? String(Math.floor(Math.random() * 1e9)));
  const processes = Math.min(os.availableParallelism(), runs);
  const startedAt = Date.now();
  const shares = Array.from({ length: processes }, (_, index) => Math.floor((runs + index) / processes));
  const results = await Promise.all(shares.map((share, index) => run(share, seed + index)));
  const done = results.reduce((sum, result) => sum + result.runs, 0);
  const violations = results.filter(({ ok }) => !ok).length;
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  process.stdout.write(
    `${done} runs, ${violations} violations, seed ${seed} (${processes} processes, ${minutes} minutes)\n`,
  );
  if (violations > 0 || done < runs) process.exitCode = 1;
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new Error(`${option} must be a whole number, such as 20000 (got ${text})`);
}

/** One process. It stops at its first violation, and prints the smallest counterexample. */
function run(runs: number, seed: number): Promise<{ runs: number; ok: boolean }> {
  const args = [path.join(root, "node_modules/jest/bin/jest.js"), "--maxWorkers", "1", "tests/model/model.test.ts"];
  const env = { ...process.env, MODEL_RUNS: String(runs), MODEL_SEED: String(seed) };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const progress = /^\d+ runs$/m.exec(text)?.[0];
      if (progress) process.stderr.write(`seed ${seed}: ${progress} of ${runs}\n`);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      const counted = /^Model: (\d+) runs/m.exec(output)?.[1];
      if (code !== 0) process.stdout.write(`${output}${errors}\n`);
      resolve({ runs: Number(counted ?? 0), ok: code === 0 });
    });
  });
}
