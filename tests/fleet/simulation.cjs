// Runs in a process of its own, so that its memory is its own: `node simulation.cjs DIST FOLDER ACCOUNTS`. The ledger, the waves
// and the progress are those of the compiled example; only the work on an account is faked. Prints what it has measured as JSON.
const path = require("node:path");
const { PassThrough } = require("node:stream");

const [dist, folder, size] = process.argv.slice(2);
const { Ledger } = require(path.join(dist, "ledger.js"));
const { Progress } = require(path.join(dist, "progress.js"));
const { toReport } = require(path.join(dist, "report.js"));
const { runWaves } = require(path.join(dist, "waves.js"));

const targets = Array.from({ length: Number(size) }, (_, index) => {
  const name = `fleet-${String(index + 1).padStart(5, "0")}`;
  return { stack: name, account: { id: null, name }, role: { agencyName: "deployer", domainName: name } };
});
let working = 0;
let most = 0;
let failing = true;

// Some fail the first time, with an error as long as any that is shown.
const work = async ({ stack }) => {
  most = Math.max(most, ++working);
  await new Promise((resolve) => setImmediate(resolve));
  working -= 1;
  const fails = failing && stack.endsWith("00");
  return fails
    ? { status: "failed", changes: {}, error: "x".repeat(2000) }
    : { status: "done", changes: { create: 6 } };
};

/** Milliseconds that each call of the ledger takes. */
class Timed extends Ledger {
  times = [];
  begin(stack) {
    this.#time(() => super.begin(stack));
  }
  end(stack, ended) {
    this.#time(() => super.end(stack, ended));
  }
  #time(call) {
    const start = performance.now();
    call();
    this.times.push(performance.now() - start);
  }
}

async function run(resume) {
  const start = performance.now();
  const ledger = new Timed(folder, "up", resume);
  const openMs = performance.now() - start;
  const progress = new Progress(new PassThrough().resume());
  const signal = new AbortController().signal;
  const waves = [1, 10, 100];
  const ran = await runWaves({ targets, waves, concurrency: 16, maxFailures: 1000, work, ledger, progress, signal });
  ledger.close();
  const text = JSON.stringify(toReport("up", new Date(), ran));
  return { openMs, times: ledger.times, summary: JSON.parse(text).summary };
}

async function main() {
  const first = await run(false);
  failing = false;
  const second = await run(true);
  const { maxRSS } = process.resourceUsage();
  process.stdout.write(JSON.stringify({ first, second, most, mb: maxRSS / 1024 }));
}

void main();
