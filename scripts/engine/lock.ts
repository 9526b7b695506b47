// A lock among processes of one user that share a folder, perhaps from several containers or machines: the holder
// touches a file, and a lock whose file is no longer touched is taken over.

import fs from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

const HEARTBEAT_MS = 2_000;
const STALE_MS = 20_000;
const POLL_MS = 500;

/** Runs `work` while holding the lock `file`. Safe against a holder that was killed; waiting is reported on stderr once. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let waited = false; !tryLock(file); ) {
    if (!waited) process.stderr.write("engine: another process is getting it, waiting\n");
    waited = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => touch(file), HEARTBEAT_MS);
  heartbeat.unref();
  const release = (): void => fs.rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    process.removeListener("exit", release);
    release();
  }
}

// Two that take over a stale lock at the same moment may both get it. Then the work is done twice, which it must
// bear anyway: a holder that slept (a closed laptop) looks dead too.
function tryLock(file: string): boolean {
  try {
    fs.writeFileSync(file, `${process.pid}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if (!isExisting(error)) throw error;
  }
  try {
    if (Date.now() - fs.statSync(file).mtimeMs > STALE_MS) fs.rmSync(file, { force: true });
  } catch {
    // Released in between.
  }
  return false;
}

function touch(file: string): void {
  try {
    fs.utimesSync(file, new Date(), new Date());
  } catch {
    // Taken over while this process slept.
  }
}

function isExisting(error: unknown): boolean {
  // Not by its class: in a test, Jest's Error is not that of Node.js.
  return (error as NodeJS.ErrnoException | undefined)?.code === "EEXIST";
}
