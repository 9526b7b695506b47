// What `npm run test:fleet` runs: the tests of the fleet, which take minutes, and one line of counts. Further arguments go to
// jest: `npm run test:fleet -- ledger`.

import process from "node:process";
import { ensureEngine } from "./engine";
import { line, runJest } from "./jest";
import { ensureTemporal, whyNoTemporal } from "./temporal/build";

async function main(): Promise<void> {
  await ensureEngine();
  // Before the tests, because it takes minutes. They say what is skipped without it.
  if (whyNoTemporal() === undefined) await ensureTemporal();
  // One file after the other: each keeps all processors busy.
  const counts = await runJest(
    ["--config", "tests/fleet/jest.config.js", "--runInBand", ...process.argv.slice(2)],
    process.env.CI ? { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined } : process.env,
  );
  process.stdout.write(line(counts));
  if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
