// At most one worker works a stack, also if Temporal believes one dead that is not, or if one is killed while its engine goes on.
// A lease is a file in a folder that all workers share: `leases/STACK/N.json`. Who has the highest N has the stack, until its
// file says that it is released. The next one takes N + 1, and whoever creates that file first has it.

import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { startOf } from "../fleet/ledger";

interface Holder {
  id: string;
  host: string;
  pid: number;
  /** When the process was started: its number may be that of another process later. */
  started: string;
  released?: true;
}

interface Found {
  holder: Holder;
  renewedAt: number;
}

export interface Lease {
  /** The host of the last holder, if it has died without releasing it. Its engine may still run, and its lock be there. */
  leftBy?: string;
  /** Throws if another has taken the lease over: the engine must end. */
  renew(): void;
  release(): void;
}

/**
 * A lease of another host is not taken over until it was not renewed for so long: whether its worker lives cannot be seen from
 * here, nor can its engine be ended. An engine must not outlive its worker for longer (see README.md).
 */
export const expiryMs = 10 * 60_000;

/** Returns `undefined` if another worker has the stack, or was faster. `host` and `now` are for tests. */
export function tryLease(folder: string, stack: string, host = os.hostname(), now = Date.now()): Lease | undefined {
  const home = path.join(folder, "leases", stack);
  fs.mkdirSync(home, { recursive: true });
  const fileOf = (number: number): string => path.join(home, `${number}.json`);
  const last = Math.max(0, ...numbersIn(home));
  const before = last === 0 ? undefined : read(fileOf(last));
  if (last > 0 && (before === undefined || !isOver(before, host, now))) return undefined;

  const own: Holder = { id: randomUUID(), host, pid: process.pid, started: startOf(process.pid) };
  const file = fileOf(last + 1);
  if (!create(file, own)) return undefined;
  const numbers = numbersIn(home);
  // Somebody has taken and removed this number since the look above.
  if (numbers.some((number) => number > last + 1)) {
    fs.rmSync(file, { force: true });
    return undefined;
  }
  for (const number of numbers) if (number <= last) fs.rmSync(fileOf(number), { force: true });
  return {
    ...(before !== undefined && before.holder.released !== true && { leftBy: before.holder.host }),
    renew: () => fs.utimesSync(file, new Date(), new Date()),
    release: () => {
      // Not if it was taken over.
      if (fs.existsSync(file)) fs.renameSync(written(file, { ...own, released: true }), file);
    },
  };
}

function isOver({ holder, renewedAt }: Found, here: string, now: number): boolean {
  if (holder.released) return true;
  return holder.host === here ? startOf(holder.pid) !== holder.started : now - renewedAt > expiryMs;
}

function numbersIn(home: string): number[] {
  return fs.readdirSync(home).flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []));
}

/** `undefined` if it has just been removed. */
function read(file: string): Found | undefined {
  try {
    return { holder: JSON.parse(fs.readFileSync(file, "utf8")), renewedAt: fs.statSync(file).mtimeMs };
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Whole or not at all, and not if it is there. */
function create(file: string, holder: Holder): boolean {
  const whole = written(file, holder);
  try {
    fs.linkSync(whole, file);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    fs.rmSync(whole);
  }
}

function written(file: string, holder: Holder): string {
  const partial = `${file}.${holder.id}`;
  fs.writeFileSync(partial, JSON.stringify(holder));
  return partial;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
