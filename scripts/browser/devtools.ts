// A headless browser with one page, driven by the DevTools protocol over a pipe: messages of JSON, each with a zero byte behind it.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import type { Readable, Writable } from "node:stream";

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Keys that are pressed by name; others are characters. */
const keys: Readonly<Record<string, { code: number; text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: "\r" },
  Space: { code: 32, text: " " },
  ArrowDown: { code: 40 },
  ArrowRight: { code: 39 },
};

export class Page {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #rest = "";
  #last = 0;
  #session: string | undefined;
  #loaded: () => void = () => {};
  /** Messages of the console that are errors or warnings, exceptions, and what the policy of the page has refused. */
  readonly problems: string[] = [];
  /** The address of each request, also of one that the page's policy has refused. */
  readonly requests: string[] = [];
  readonly refused: string[] = [];
  readonly #addresses = new Map<unknown, string>();

  private constructor(command: string) {
    this.#profile = fs.mkdtempSync(path.join(os.tmpdir(), "evs-browser-"));
    const args = ["--headless", "--remote-debugging-pipe", `--user-data-dir=${this.#profile}`, "--disable-gpu"];
    // Chromium's sandbox refuses root, and the pages here are the project's own.
    const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    this.#child = spawn(command, [...args, ...asRoot, "--hide-scrollbars", "about:blank"], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
      // Debian's command is a shell script: a group can be ended with what it has started.
      detached: true,
    });
    (this.#child.stdio[4] as Readable).setEncoding("utf8").on("data", (text: string) => this.#receive(text));
    this.#child.once("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("The browser has ended."));
    });
  }

  static async start(command: string): Promise<Page> {
    const page = new Page(command);
    await once(page.#child, "spawn");
    const { targetId } = await page.send<{ targetId: string }>("Target.createTarget", { url: "about:blank" });
    const attach = { targetId, flatten: true };
    const { sessionId } = await page.send<{ sessionId: string }>("Target.attachToTarget", attach);
    page.#session = sessionId;
    for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility", "DOM"])
      await page.send(`${domain}.enable`);
    return page;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    process.kill(-(this.#child.pid ?? 0), "SIGKILL");
    await ended;
    fs.rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  send<T>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#last;
    const message = { id, method, params, ...(this.#session === undefined ? {} : { sessionId: this.#session }) };
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      (this.#child.stdio[3] as Writable).write(`${JSON.stringify(message)}\0`);
    });
  }

  async open(url: string): Promise<void> {
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.send("Page.navigate", { url });
    await loaded;
  }

  /** Returns the value of an expression, which must survive JSON. A promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const asked = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send<{
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    }>("Runtime.evaluate", asked);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Named keys, or characters. */
  async press(...pressed: string[]): Promise<void> {
    for (const key of pressed) {
      const { code, text } = keys[key] ?? { code: key.toUpperCase().charCodeAt(0), text: key };
      const event = { key: key === "Space" ? " " : key, windowsVirtualKeyCode: code, ...(text ? { text } : {}) };
      await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
      await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    }
  }

  async resize(width: number, height: number, scale = 1): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: scale, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
  }

  async setMedia(media: "screen" | "print", colours: "light" | "dark"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: colours }];
    await this.send("Emulation.setEmulatedMedia", { media, features });
  }

  /** A PNG of what is seen. */
  async picture(): Promise<Buffer> {
    const { data } = await this.send<{ data: string }>("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data, "base64");
  }

  #receive(text: string): void {
    const parts = (this.#rest + text).split("\0");
    this.#rest = parts.pop() ?? "";
    for (const part of parts) this.#handle(JSON.parse(part));
  }

  #handle({ id, method, params = {}, result, error }: Message): void {
    const waiting = this.#waiting.get(id ?? 0);
    if (id !== undefined && waiting !== undefined) {
      this.#waiting.delete(id);
      if (error) waiting.reject(new Error(error.message));
      else waiting.resolve(result as never);
    }
    switch (method) {
      case "Page.loadEventFired":
        this.#loaded();
        return;
      case "Network.requestWillBeSent":
        this.requests.push((params.request as { url: string }).url);
        this.#addresses.set(params.requestId, (params.request as { url: string }).url);
        return;
      case "Network.loadingFailed":
        if (params.blockedReason === "csp") this.refused.push(this.#addresses.get(params.requestId) ?? "");
        return;
      case "Log.entryAdded":
        this.problems.push((params.entry as { text: string }).text);
        return;
      case "Runtime.exceptionThrown":
      case "Runtime.consoleAPICalled":
        this.problems.push(JSON.stringify(params));
        return;
    }
  }
}
