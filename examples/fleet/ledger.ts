// What a run has done, on disk: a killed run goes on from here. `ledger.jsonl` is a file that is only appended to: a line when
// an account begins and one when it ends, each on the disk (fdatasync) before anything else happens. A database would bring a
// native module, or Node.js 22, for two kinds of lines that are never looked up but at a start.
//
// `claims.jsonl` keeps two runs apart. Each appends its claim; the first whose process still runs is the owner. Appends have an
// order, so there is no moment in which both believe that they are.
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { UsageError } from "pulumi-huaweicloud-evs-cli";
import type { Operation, Outcome } from "./account";

export type Ended = Outcome & { seconds: number };

type Line = { run: Operation } | { begun: string } | ({ ended: string } & Ended);
type Claim = { id: string; pid: number; start: string } | { released: string };

export class Ledger {
  readonly #begun = new Set<string>();
  readonly #ended = new Map<string, Ended>();
  readonly #file: number;
  readonly #claim: string;

  /** Throws a `UsageError` if another run works in this folder, or if there is nothing of this operation to resume. */
  constructor(
    private readonly folder: string,
    operation: Operation,
    resume: boolean,
  ) {
    fs.mkdirSync(folder, { recursive: true });
    this.#claim = claim(path.join(folder, "claims.jsonl"));
    try {
      const file = path.join(folder, "ledger.jsonl");
      if (resume) this.#load(file, operation);
      else fs.writeFileSync(file, "");
      this.#file = fs.openSync(file, "a");
    } catch (error) {
      this.#release();
      throw error;
    }
    if (!resume) this.#append({ run: operation });
  }

  /** How the account ended last, in this run or in the one that is resumed. */
  endOf(stack: string): Ended | undefined {
    return this.#ended.get(stack);
  }

  /** In this run, or in the one that is resumed. */
  hasBegun(stack: string): boolean {
    return this.#begun.has(stack);
  }

  begin(stack: string): void {
    this.#append({ begun: stack });
    this.#begun.add(stack);
  }

  end(stack: string, ended: Ended): void {
    this.#append({ ended: stack, ...ended });
    this.#ended.set(stack, ended);
  }

  close(): void {
    fs.closeSync(this.#file);
    this.#release();
  }

  #append(line: Line): void {
    fs.writeSync(this.#file, `${JSON.stringify(line)}\n`);
    fs.fdatasyncSync(this.#file);
  }

  #load(file: string, operation: Operation): void {
    const [first, ...lines] = readLines<Line>(file);
    if (first === undefined || !("run" in first)) throw new UsageError(`${file} has no run to resume.`);
    if (first.run !== operation)
      throw new UsageError(`${file} is of a run of ${first.run}: resume that, or begin anew.`);
    for (const [index, line] of lines.entries()) {
      if (line === undefined) throw new UsageError(`${file} is damaged in line ${index + 2}: begin anew.`);
      if ("begun" in line) this.#begun.add(line.begun);
      if (!("ended" in line)) continue;
      const { ended: stack, ...ended } = line;
      this.#ended.set(stack, ended);
    }
    // What a kill has left of a last line would spoil the next one.
    const text = fs.readFileSync(file);
    fs.truncateSync(file, text.lastIndexOf("\n") + 1);
  }

  #release(): void {
    appendLine(path.join(this.folder, "claims.jsonl"), { released: this.#claim });
  }
}

function claim(file: string): string {
  const id = randomUUID();
  appendLine(file, { id, pid: process.pid, start: startOf(process.pid) });
  const claims = readLines<Claim>(file).filter((line) => line !== undefined);
  const released = new Set(claims.map((line) => ("released" in line ? line.released : undefined)));
  for (const one of claims) {
    if (!("id" in one) || released.has(one.id) || one.start === "" || one.start !== startOf(one.pid)) continue;
    if (one.id === id) return id;
    appendLine(file, { released: id });
    throw new UsageError(
      `Another run, process ${one.pid}, works in ${path.dirname(file)}: wait for its end, or stop it.`,
    );
  }
  throw new Error(`${file} lost a line that was just written.`);
}

function appendLine(file: string, line: Claim): void {
  // One write, so that lines of two processes do not mix; a newline first, in case a kill has left half of one.
  fs.appendFileSync(file, `\n${JSON.stringify(line)}\n`);
}

/** Whole lines only: the last may be torn. `undefined` for one that is no JSON. */
function readLines<T>(file: string): (T | undefined)[] {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole
    .split("\n")
    .filter((line) => line !== "")
    .map((line): T | undefined => {
      try {
        return JSON.parse(line);
      } catch {
        return undefined;
      }
    });
}

/** When the process was started, as the system says it: a number that is used again is another process. Empty if there is none. */
export function startOf(pid: number): string {
  try {
    if (process.platform === "win32") return process.kill(pid, 0) ? "running" : "";
    if (process.platform !== "linux")
      return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, state, ...more] = stat.slice(stat.lastIndexOf(")")).split(" ");
    return state === "Z" ? "" : (more[18] ?? "");
  } catch {
    return "";
  }
}
