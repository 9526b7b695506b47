// The state on disk: read once, and written whole on every change.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { CloudState } from "./cloud/state";

/** Undefined: there is no such file yet. */
export function readState(file: string): CloudState | undefined {
  if (!existsSync(file)) return undefined;
  let state: unknown;
  try {
    state = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new Error(`The state file ${file} is not JSON. Remove it to start afresh.`);
  }
  if ((state as Partial<CloudState> | null)?.version !== 1)
    throw new Error(`The state file ${file} is not one of this emulator. Remove it, or name another.`);
  return state as CloudState;
}

/** A reader sees the old state or the new one, never half of it. */
export function writeState(file: string, state: CloudState): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    throw new Error(`Cannot write the state file ${file}: ${(error as Error).message}`);
  }
}
