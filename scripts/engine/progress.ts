// Shows on stderr what takes minutes: the phase and the time since its start, in place on a terminal, else as a line
// now and then, so that a log shows that nothing hangs.

import process from "node:process";

export interface Progress {
  phase(text: string): void;
  end(text: string): void;
}

const TERMINAL_INTERVAL_MS = 1_000;
const LOG_INTERVAL_MS = 30_000;

export function startProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  const inPlace = Boolean(stream.isTTY);
  const start = Date.now();
  let phase = "";
  const elapsed = (): string => `${Math.round((Date.now() - start) / 1_000)} s`;
  const show = (): void => {
    if (phase === "") return;
    stream.write(inPlace ? `\r\u001b[Kengine: ${phase} (${elapsed()})` : `engine: ${phase} (${elapsed()})\n`);
  };
  const timer = setInterval(show, inPlace ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  timer.unref();
  return {
    phase(text) {
      phase = text;
      show();
    },
    end(text) {
      clearInterval(timer);
      stream.write(`${inPlace ? "\r\u001b[K" : ""}engine: ${text}\n`);
    },
  };
}

/** The first line of what went wrong. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.trim();
}
